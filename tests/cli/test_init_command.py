"""`assay init`: a first configuration, by what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assay.scanner import config
from assay.scanner.configuration_schema import schema
from tests.scans import assay, write

CODE = {
    "main.tf": """
provider "aws" {
  region = "eu-central-1"
}
provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}
resource "aws_s3_bucket" "ui" {
  bucket = "trade-ui"
  tags   = { Role = "ui", Note = "a: [b\\n# c" }
}
resource "aws_s3_bucket" "exports" {
  provider = aws.ireland
  bucket   = "trade-exports"
  tags     = { Role = "yes" }
}
resource "aws_lb" "ui" {
  name = "trade-ui"
}
"""
}


def test_it_holds_what_is_there_and_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, CODE))
    ran = assay("init")
    assert ran.exit_code == 0 and "assay.yaml is written" in ran.stderr and ran.stdout == ""
    text = (tmp_path / "assay.yaml").read_text()
    read = config.read(tmp_path / "assay.yaml")
    assert read.params == {"stack_regions": {"aws": ["eu-central-1", "eu-west-1"]}}
    assert "# attestations:\n#   - control: access.rbac-in-app" in text or "#   - control: access.rbac-in-app" in text
    assert '"yes"' in text and all(len(line) <= 115 for line in text.splitlines())
    assert assay("scan", ".", "--control", "access.rbac-in-app").exit_code == 0
    again = assay("init")
    assert again.exit_code == 2 and "assay.yaml is there already" in again.stderr
    assert assay("init", "--force", "--quiet").exit_code == 0


@pytest.mark.parametrize("regions", [["eu-west-1"], ["eu-west-1", "eu-west-2"], []])
def test_the_next_scan_takes_what_it_wrote(regions: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queues = "".join(
        f'provider "aws" {{\n  alias = "in{at}"\n  region = "{region}"\n}}\n'
        f'resource "aws_lb" "web{at}" {{\n  provider = aws.in{at}\n  name = "web{at}"\n}}\n'
        for at, region in enumerate(regions)
    )
    monkeypatch.chdir(write(tmp_path, {"main.tf": queues or 'resource "aws_s3_bucket" "logs" {}\n'}))
    assert assay("init").exit_code == 0
    assert config.read(tmp_path / "assay.yaml").params == ({"stack_regions": {"aws": regions}} if len(regions) > 1 else {})
    assert assay("scan", ".").exit_code == 1, "it is refused, or nothing of the code is judged"


def test_it_asks_only_for_what_is_unknown_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"main.tf": 'resource "aws_lb" "web" {\n  name = "web"\n}\nresource "aws_s3_bucket" "logs" {}\n'}))
    text = assay("init", "-o", "-").stdout
    assert "what stands in this directory." in text
    assert "#   - control: access.rbac-in-app" in text and "compute.autoscaling" not in text
    assert "so that access.user-network-allowlist is unknown" in text
    assert "so that storage.lifecycle-archival applies to nothing here" in text
    results = json.loads(assay("scan", ".", "-r", "json").stdout)["results"]
    assert {one["verdict"] for one in results if one["control"] == "storage.lifecycle-archival"} == {"not_applicable"}


def test_nothing_is_written_of_nothing(tmp_path: Path) -> None:
    ran = assay("init", str(tmp_path / "missing"), "-o", str(tmp_path / "assay.yaml"))
    assert ran.exit_code == 2 and "no such file or directory" in ran.stderr
    assert not (tmp_path / "assay.yaml").exists()


def test_the_schema_takes_what_is_read_and_nothing_else() -> None:
    import jsonschema_rs

    validator = jsonschema_rs.validator_for(schema())
    assert validator.is_valid({"roles": {"ui": [{"tags": {"Role": "ui"}}]}, "fail_on": "high"})
    assert validator.is_valid({"exclude": ["legacy", {"path": "a", "reason": "b"}]})
    assert not validator.is_valid({"role": {}})
    assert not validator.is_valid({"attestations": [{"control": "access.rbac-in-app"}]})
    assert json.loads(assay("init", "--schema").stdout) == schema()
