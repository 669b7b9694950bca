"""The CloudFormation cases of the controls are templates that CloudFormation would take, by cfn-lint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scans import ROOT

FIXTURES = ROOT / "fixtures" / "controls"
CASES = sorted(FIXTURES.glob("*/*/cloudformation/**/*.yaml"))


def errors(*templates: Path) -> list[str]:
    """Errors only: a warning, as for a resource type of an old service, may be what a case is about."""
    api = pytest.importorskip("cfnlint.api")
    config = api.ManualArgs(templates=[str(each) for each in templates], regions=["us-east-1"], ignore_checks=["W", "I"])
    return [f"{Path(each.filename).name}:{each.linenumber}: {each.rule.id} {each.message}" for each in api.lint_by_config(config)]


def test_there_are_cases_of_every_area() -> None:
    assert {case.relative_to(FIXTURES).parts[0] for case in CASES} == {
        "data", "edge", "iam", "keys", "network", "secrets", "storage", "supply",
    }  # fmt: skip
    assert len(CASES) > 300


def test_every_template_is_valid_and_an_error_would_be_found(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketNam: orders}\n", encoding="utf-8")
    (problem,) = errors(*CASES, broken)
    assert problem.startswith("broken.yaml:4: E3002")
