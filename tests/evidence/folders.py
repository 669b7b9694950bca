"""Run folders for the tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.scans import assay, write

CODE = """variable "db_password" {
  default = "hunter2-is-secret"
}

resource "aws_s3_bucket" "b" {
  bucket = "orders"
}

resource "aws_s3_bucket" "c" { # assay:waive storage.versioning-enabled owner=team reason=scratch expires=2999-01-01
  bucket = "scratch"
}

module "inner" {
  source = "../modules/inner"
}
"""
CONFIGURATION = """waivers:
  - control: storage.encrypted-cmk
    resource: aws_s3_bucket.b
    owner: team
    reason: it holds what is public
    expires: 2999-01-01
"""
FILES: dict[str, str | bytes] = {
    "infra/main.tf": CODE,
    "infra/README.md": "# read me\n",
    "infra/notes.env": "DB_PASSWORD=hunter2-is-secret\n",
    "infra/node_modules/x/main.tf": "",
    "infra/values.auto.tfvars": 'db_password = "another-secret"\n',
    "modules/inner/main.tf": 'resource "aws_sqs_queue" "q" {\n  policy = file("${path.module}/policy.json")\n}\n',
    "modules/inner/policy.json": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]}',
    "assay.yaml": CONFIGURATION,
}
CONTROLS = ("--control", "storage.*", "--control", "messaging.*")


def tree(folder: Path, **files: str | bytes) -> Path:
    """A repository with something of everything that a run reads."""
    write(folder, {**FILES, **files})
    (folder / ".git").mkdir(exist_ok=True)
    return folder


def run(out: Path, *arguments: Any) -> Path:
    """The run folder that a scan with `--evidence` makes."""
    before = set(os.listdir(out)) if out.exists() else set()
    ran = assay("scan", *arguments, "--evidence", out)
    made = set(os.listdir(out)) - before
    assert ran.exit_code in (0, 1, 3) and len(made) == 1, ran.stderr
    return out / made.pop()


def evidence(*arguments: Any) -> tuple[int, str]:
    """(exit code, all that is told) of `assay evidence`."""
    ran = assay("evidence", *arguments)
    return ran.exit_code, ran.stdout + ran.stderr
