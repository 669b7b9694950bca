"""Writes the tables: python -m assay.scanner.facts.iam.tables.make aws | google CHECKOUT

`aws` takes the documents of AWS-managed policies from moto, which is among the dependencies of the tests
(https://github.com/getmoto/moto/blob/master/moto/iam/aws_managed_policies.py). `google` takes the permissions of predefined roles from a
checkout of https://github.com/iann0036/iam-dataset (MIT), whose history says when they were read.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assay.scanner.facts.denials import denied
from assay.scanner.facts.iam.becoming import AWS_BECOMING, GOOGLE_BECOMING
from assay.scanner.facts.iam.erasing import AWS_ERASING, GOOGLE_ERASING
from assay.scanner.facts.iam.escalation import ESCALATING, escalating, set_more
from assay.scanner.facts.iam.permissions import every_action, statement_permission
from assay.scanner.facts.iam.raising import RAISING
from assay.scanner.facts.iam.trust import ACTING
from assay.scanner.facts.statements import Statement, allowed_of, statements
from assay.scanner.sources.values import Value

HERE = Path(__file__).parent
AWS_INTEREST = AWS_ERASING | AWS_BECOMING | RAISING
GOOGLE_INTEREST = GOOGLE_ERASING | GOOGLE_BECOMING | ACTING


def aws() -> dict[str, Any]:
    """The table of AWS-managed policies."""
    from moto.iam import aws_managed_policies

    documents = json.loads(aws_managed_policies.aws_managed_policies_data)
    read = {name: [one for one in statements(Value(entry["Document"])) if isinstance(one, Statement)] for name, entry in documents.items()}
    wide = {name: actions for name, written in sorted(read.items()) if (actions := ", ".join(dict.fromkeys(_wide(written))))}
    denying = sorted(name for name, written in read.items() if _everything_denied(written))
    return {
        "as_of": max(entry["UpdateDate"] for entry in documents.values())[:10],
        "source": f"moto {version('moto')}",
        "wide": wide,
        "denying": denying,
        "narrow": sorted(read.keys() - wide.keys() - set(denying)),
        "telling": {name: told for name, entry in sorted(documents.items()) if (told := _telling(read[name], entry["Document"]))},
    }


def _wide(written: list[Statement]) -> Iterator[str]:
    """The actions by which statements are wide."""
    denials = [statement for statement in written if statement.allows is False]
    for statement in written:
        permission = statement_permission(statement, denials)
        if permission is not None and permission.wildcard.data is True:  # type: ignore[union-attr]
            if statement.not_action:
                yield "everything but " + ", ".join(statement.actions)
            yield from (action for action in statement.actions if not statement.not_action and every_action(action) is True)


def _telling(written: list[Statement], document: dict[str, Any]) -> list[dict[str, Any]]:
    """What statements allow of the actions that are asked about, less all others."""
    kept: list[dict[str, Any]] = []
    statements_as_written = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    for statement, raw in zip(written, statements_as_written, strict=True):
        actions, _ = allowed_of(statement, AWS_INTEREST)
        if statement.allows and actions:
            condition = {"Condition": raw["Condition"]} if "Condition" in raw else {}
            kept.append({"Effect": "Allow", "Action": sorted(actions), "Resource": raw.get("Resource", "*"), **condition})
    return kept


def _everything_denied(written: list[Statement]) -> bool:
    (everything,) = statements(Value({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    assert isinstance(everything, Statement)
    return denied(everything, [statement for statement in written if not statement.conditions]).data is True


def google(checkout: Path) -> dict[str, Any]:
    """The table of Google's predefined roles. Raises CalledProcessError where `checkout` is no repository of git."""
    permissions: dict[str, list[str]] = {}
    for path in _git(checkout, "ls-tree", "-r", "--name-only", "HEAD", "gcp/roles").split():
        role = json.loads(_git(checkout, "show", f"HEAD:{path}"))
        permissions[role["name"]] = role.get("includedPermissions", [])
    every = frozenset(permission for granted in permissions.values() for permission in granted)
    missing = [permission for permission in ESCALATING if permission not in every]
    if missing:
        raise SystemExit(f"no role holds {', '.join(missing)}: look whether Google has renamed it")
    worst = {role: escalating(granted) or set_more(granted, every) for role, granted in sorted(permissions.items()) if granted}
    return {
        "as_of": _git(checkout, "log", "-1", "--format=%cs").strip(),
        "source": "iann0036/iam-dataset " + _git(checkout, "rev-parse", "--short=12", "HEAD").strip(),
        "escalating": {role: permission for role, permission in worst.items() if permission},
        "narrow": [role for role, permission in worst.items() if not permission],
        "telling": {role: told for role, granted in sorted(permissions.items()) if (told := sorted(GOOGLE_INTEREST & set(granted)))},
    }


def _lines(table: dict[str, Any]) -> str:
    """JSON with a line for each entry, so that what changes is seen."""
    parts = []
    for key, value in table.items():
        if isinstance(value, list):
            text = "[\n" + ",\n".join(json.dumps(entry) for entry in value) + "\n]"
        elif isinstance(value, dict):
            text = "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in value.items()) + "\n}"
        else:
            text = json.dumps(value)
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", checkout, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["aws"]:
            name, table = "aws_policies.json", aws()
        case ["google", checkout]:
            name, table = "google_roles.json", google(Path(checkout))
        case _:
            raise SystemExit(__doc__)
    (HERE / name).write_text(_lines(table), encoding="utf-8")
