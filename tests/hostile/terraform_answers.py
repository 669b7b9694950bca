"""Records what terraform makes of every variant that has no answer: `python -m tests.hostile.terraform_answers`.

An answer is `open` or `closed`, by what a plan of the AWS provider would create, or `refused`. Needs the terraform program and a mirror of
its AWS provider, as fixtures/plans.py does.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from fixtures.plans import OFFLINE, find_mirror
from tests.hostile.terraform_variants import Files, variants

ANSWERS = Path(__file__).with_suffix(".json")
PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n  access_key = "none"\n  secret_key = "none"\n' + OFFLINE + "}\n"


def recorded() -> dict[str, str]:
    """Name of a variant to the answer."""
    known: dict[str, str] = json.loads(ANSWERS.read_text("utf-8")) if ANSWERS.exists() else {}
    return known


class Terraform:
    """The program, without network: each tree in a directory of its own below one root module, so that one plan answers for all."""

    def __init__(self, top: Path, mirror: Path) -> None:
        self.top = top
        (top / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
        self.environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(top / "rc"), "CHECKPOINT_DISABLE": "1"}

    def run(self, directory: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["terraform", *command], cwd=directory, env=self.environment, capture_output=True, check=False)

    def parses(self, files: Files) -> bool:
        """Whether the configuration can be loaded: nothing of what providers say."""
        with tempfile.TemporaryDirectory(dir=self.top) as scratch:
            _write(Path(scratch), files)
            said = self.run(Path(scratch), "init", "-input=false", "-no-color", "-plugin-dir=/nonexistent")
            return b"Terraform encountered problems during initialisation" not in said.stderr and b"Error: Invalid" not in said.stderr

    def opens(self, trees: dict[str, tuple[str, Files]]) -> dict[str, bool]:
        """Which of some trees (by names that a path may have, with the kind) plan something open; those that are refused are left out."""
        root = self.top / "root"
        root.mkdir(parents=True)
        for name, (_, files) in trees.items():
            _write(root / name, files)
        accepted = dict(trees)
        while True:
            calls = "".join(f'module "{name}" {{\n  source = "./{name}"\n}}\n' for name in accepted)
            _write(root, {"main.tf": (PROVIDER + calls).encode()})
            self.run(root, "init", "-input=false")
            said = json.loads(self.run(root, "validate", "-json").stdout)
            faults = [fault for fault in said["diagnostics"] if fault["severity"] == "error"]
            if not faults:
                break
            for name in {fault["range"]["filename"].partition("/")[0] for fault in faults}:
                del accepted[name]
        planned = self.run(root, "plan", "-input=false", "-refresh=false", "-out=plan.bin")
        assert planned.returncode == 0, planned.stderr.decode()
        plan: dict[str, Any] = json.loads(self.run(root, "show", "-json", "plan.bin").stdout)
        by_name = dict.fromkeys(accepted, False)
        for change in plan.get("resource_changes", ()):
            name = change["address"].split(".")[1]
            by_name[name] = by_name[name] or _open(accepted[name][0], change["type"], change["change"]["after"] or {})
        return by_name


def _write(directory: Path, files: Files) -> None:
    for name, content in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)


def _may_be_called(files: Files) -> bool:
    """Whether a tree says the same as a module: values of variables are read in root modules alone."""
    return not any(".tfvars" in name for name in files)


def _open(kind: str, type_: str, planned: dict[str, Any]) -> bool:
    if kind == "group":
        return type_ == "aws_security_group" and any("0.0.0.0/0" in (rule["cidr_blocks"] or ()) for rule in planned.get("ingress") or ())
    if kind == "bucket":
        return type_ == "aws_s3_bucket_acl" and planned["acl"] == "public-read"
    return type_ == "aws_iam_policy" and any(statement["Action"] == "*" for statement in json.loads(planned["policy"])["Statement"])


def answers(top: Path, mirror: Path, trees: list[tuple[str, str, Files]]) -> dict[str, str]:
    """Name of a variant to the answer."""
    terraform = Terraform(top, mirror)
    built: dict[str, str] = {}
    shared: dict[str, tuple[str, Files]] = {}
    for number, (name, kind, files) in enumerate(trees):
        if not terraform.parses(files):
            built[name] = "refused"
        elif _may_be_called(files):
            shared[f"v{number}"] = kind, files
    opened = terraform.opens(shared)
    for number, (name, kind, files) in enumerate(trees):
        if f"v{number}" in shared:
            built[name] = {True: "open", False: "closed", None: "refused"}[opened.get(f"v{number}")]
        elif name not in built:
            built[name] = _alone(Terraform(Path(tempfile.mkdtemp(dir=top)), mirror), kind, files)
    return {name: built[name] for name, _, _ in trees}


def _alone(terraform: Terraform, kind: str, files: Files) -> str:
    """The answer for a tree that is a root module."""
    root = terraform.top / "root"
    _write(root, {**files, "zz_provider.tf": PROVIDER.encode()})
    terraform.run(root, "init", "-input=false")
    if terraform.run(root, "plan", "-input=false", "-refresh=false", "-out=plan.bin").returncode:
        return "refused"
    plan: dict[str, Any] = json.loads(terraform.run(root, "show", "-json", "plan.bin").stdout)
    return "open" if any(_open(kind, one["type"], one["change"]["after"] or {}) for one in plan["resource_changes"]) else "closed"


def main() -> None:
    with tempfile.TemporaryDirectory() as top:
        known = recorded()
        built = answers(Path(top), find_mirror(), [variant for variant in variants() if variant[0] not in known])
        built = {name: known.get(name) or built[name] for name, _, _ in variants()}
    ANSWERS.write_text(json.dumps(built, indent=0, ensure_ascii=False) + "\n", "utf-8")
    print({word: list(built.values()).count(word) for word in ("open", "closed", "refused")})


if __name__ == "__main__":
    main()
