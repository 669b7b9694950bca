"""`-`: one file from standard input, whatever it holds: what it is, where it may look, and that nothing in it is passed over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ONLY = ("--no-config", "--control", "storage.versioning-enabled")
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
TEMPLATE = 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  B:\n    Type: AWS::S3::Bucket\n'
PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.11.0",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_s3_bucket.b",
                    "mode": "managed",
                    "type": "aws_s3_bucket",
                    "name": "b",
                    "provider_name": "aws",
                    "values": {"bucket": "b"},
                }
            ]
        }
    },
    "configuration": {"root_module": {}},
}


def scan(content: str | bytes, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(folder for folder in sys.path if folder)
    given = content.encode() if isinstance(content, str) else content
    done = subprocess.run(
        [sys.executable, "-m", "assay", "scan", "-", *ONLY, *arguments],
        cwd=cwd,
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"], **environment},
        input=given,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    ("content", "address"),
    [
        (BUCKET, "aws_s3_bucket.b"),
        ("\ufeff" + BUCKET, "aws_s3_bucket.b"),
        ("# Resources: AWS::S3::Bucket\n// AWSTemplateFormatVersion\n" + BUCKET, "aws_s3_bucket.b"),
        ("/* Resources:\n  B: {Type: AWS::S3::Bucket} */\n" + BUCKET, "aws_s3_bucket.b"),
        ("resource /* a: b */ aws_s3_bucket b {\n}\n", "aws_s3_bucket.b"),
        ("\n\n   " + BUCKET, "aws_s3_bucket.b"),
        ('locals {}\nmodule "x" {\n  source = "./x"\n}\n' + BUCKET, "aws_s3_bucket.b"),
        (BUCKET.replace("\n", "\r\n"), "aws_s3_bucket.b"),
        (json.dumps({"resource": {"aws_s3_bucket": {"b": {}}}}), "aws_s3_bucket.b"),
        (json.dumps([{"//": "Resources AWS::", "resource": {"aws_s3_bucket": {"b": {}}}}]), "aws_s3_bucket.b"),
        (json.dumps(PLAN), "aws_s3_bucket.b"),
        (TEMPLATE, "AWS::S3::Bucket.B"),
        ("---\n# a comment\n" + TEMPLATE, "AWS::S3::Bucket.B"),
        (json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}), "AWS::S3::Bucket.B"),
    ],
)
def test_every_kind_is_told_by_its_content(content: str, address: str, tmp_path: Path) -> None:
    done = scan(content, "-r", "json", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert {result["resource"]["address"] for result in report["results"]} == {address}, done.stdout
    assert done.returncode == 1
    assert "assay-stdin-" not in done.stdout + done.stderr
    assert report["run"]["targets"][0] == "<stdin>"
    assert {block["file"] for result in report["results"] for block in result["resource"]["blocks"]} == {"<stdin>"}


@pytest.mark.parametrize("format_", ["text", "concise", "jsonl", "sarif", "html", "markdown", "csv", "github"])
def test_every_format_calls_it_so(format_: str, tmp_path: Path) -> None:
    done = scan(BUCKET, "-r", format_, "-v", cwd=tmp_path)
    assert "assay-stdin-" not in done.stdout + done.stderr
    assert "stdin" in done.stdout


def test_text_shows_its_code(tmp_path: Path) -> None:
    assert '> 1 | resource "aws_s3_bucket" "b" {' in scan(BUCKET, cwd=tmp_path).stdout


def test_the_same_content_has_the_same_fingerprints_wherever_temporary_files_are(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "temporary").mkdir()
    runs = [
        json.loads(scan(BUCKET, "-r", "json", cwd=tmp_path, **more).stdout) for more in ({}, {}, {"TMPDIR": str(tmp_path / "temporary")})
    ]
    assert len({run["results"][0]["fingerprint"] for run in runs}) == 1
    assert not list((tmp_path / "temporary").iterdir())


def test_it_has_no_neighbours(tmp_path: Path) -> None:
    """Neither code nor variables nor files of the working directory are read for it."""
    (tmp_path / "other.tf").write_text(BUCKET.replace('"b" {', '"other" {'))
    (tmp_path / "terraform.tfvars").write_text('name = "x"\n')
    (tmp_path / "secret.txt").write_text("top secret")
    code = BUCKET + 'variable "name" {}\nresource "aws_s3_bucket" "c" {\n  bucket = file("secret.txt")\n}\n'
    done = scan(code, "-r", "json", cwd=tmp_path)
    assert {result["resource"]["address"] for result in json.loads(done.stdout)["results"]} == {"aws_s3_bucket.b", "aws_s3_bucket.c"}
    assert "top secret" not in done.stdout


def test_what_may_be_two_kinds_is_judged_as_both_or_incomplete(tmp_path: Path) -> None:
    """Marks of a template in a comment hide no Terraform code, and words of Terraform in a template no template."""
    marked = '# Resources\n# AWS::S3::Bucket\n# AWSTemplateFormatVersion\n resource "aws_s3_bucket" "b" {\n }\n'
    assert "aws_s3_bucket.b" in scan(marked, "-r", "concise", cwd=tmp_path).stdout
    quoted = (
        TEMPLATE
        + '  C:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Value: |\n        resource "aws_s3_bucket" "x" {\n        }\n'
    )
    assert "AWS::S3::Bucket.B" in scan(quoted, "-r", "concise", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x00\xff\xfe", b"{", b'{"a": ' * 100_000, b"[" * 1_000_000, b"resource", b"/*", b"#" * 1_000_000]
)
def test_what_is_no_input_is_incomplete(content: bytes, tmp_path: Path) -> None:
    done = scan(content, cwd=tmp_path)
    assert done.returncode == 3, done.stdout
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"), [(("other",), "scanned alone"), (("-",), "scanned alone"), (("--since", "main"), "has no revisions")]
)
def test_what_cannot_be_meant_is_refused(arguments: tuple[str, ...], problem: str, tmp_path: Path) -> None:
    done = scan(BUCKET, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert problem in done.stderr


def test_waivers_and_comments_count(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    last = datetime.now(UTC).date() + timedelta(days=30)
    waived = f'# assay:waive storage.versioning-enabled until={last} reason="moved"\n{BUCKET}'
    done = scan(waived, "-r", "json", cwd=tmp_path)
    result = json.loads(done.stdout)["results"][0]
    assert (result["verdict"], result["waiver"]["file"], result["waiver"]["line"]) == ("waived", "<stdin>", 1)
    assert done.returncode == 0
