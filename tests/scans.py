"""Scans of small inputs, for the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from click.testing import Result as Ran

from assay.scanner.cli import cli
from assay.scanner.results.model import Result, worst
from assay.scanner.run import Options, Scan

ROOT = Path(__file__).parents[1]

FAILING = 'resource "aws_s3_bucket" "b" {\n  bucket = "orders"\n}\n'
PASSING = f"""{FAILING}
resource "aws_s3_bucket_versioning" "b" {{
  bucket = aws_s3_bucket.b.id
  versioning_configuration {{
    status = "Enabled"
  }}
}}
"""
UNKNOWN = 'variable "status" {}\n' + PASSING.replace('"Enabled"', "var.status")
VERSIONING = ["--control", "storage.versioning-enabled"]

RULE = {
    "id": "team.rule",
    "title": "A rule",
    "severity": "high",
    "origin": "a test",
    "applies_to": "Bucket",
    "why": "because",
    "remediation": {"terraform": "change it"},
    "assert": [{"that": "resource.versioned", "message": "{name} keeps no versions"}],
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def rule(**changes: Any) -> str:
    """A rule file, as JSON that is YAML as well: one key a line. A field that is None is left out."""
    fields = {name: value for name, value in {**RULE, **changes}.items() if value is not None}
    return "\n".join(f"{json.dumps(name)[1:-1]}: {json.dumps(value)}" for name, value in fields.items()) + "\n"


def judge(path: Path, *controls: str, **options: Any) -> list[Result]:
    return list(Scan(Options(paths=[str(path)], controls=list(controls), **options)))


def verdicts(path: Path, *controls: str, **options: Any) -> dict[str, str]:
    """The worst verdict on each resource."""
    by_address: dict[str, list[str]] = {}
    for result in judge(path, *controls, **options):
        by_address.setdefault(result.resource.address, []).append(result.verdict)
    return {address: worst(verdicts_of) for address, verdicts_of in by_address.items()}


def assay(*arguments: Any, given: bytes | None = None) -> Ran:
    """The command line in this process; `given`: what stands on its standard input."""
    ran = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="assay", input=given)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran


def assay_json(*arguments: Any) -> tuple[int, dict[str, Any], str]:
    """(exit code, JSON report, standard error)."""
    ran = assay("scan", "--no-config", "-r", "json", *arguments)
    return ran.exit_code, json.loads(ran.stdout), ran.stderr


def assay_process(*arguments: Any, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assay", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
