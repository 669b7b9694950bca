"""The CloudFormation cases of the controls are templates that CloudFormation would take, by cfn-lint."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.rules.judgement import worst
from fixtures.mutations import is_of_estate
from tests.linted import LINTED, of_file, to_check
from tests.scans import ROOT
from tests.test_fixtures import CONTROLS, LIVE_ALONE, NOT_IN_CLOUDFORMATION, NOT_POSSIBLE, OF_FILES, expected

FIXTURES = ROOT / "fixtures" / "controls"
REFUSED = {
    "aws-fail-service-name", "aws-unknown-no-key", "aws-unknown-two-policies", "aws-unknown-acl", "aws-fail-wildcard-source",
    "aws-pass-output-reference", "aws-unknown-targets", "aws-fail-serverless-condition", "aws-unknown-serverless",
}  # fmt: skip
"""Cases of what the provider refuses, or the linter takes for that: text that names no key, two policies of one bucket, an ACL that a new
bucket cannot have, an account that is a wildcard, a reference to a secret in an output, a list that a parameter gives; and parts of a template that the Serverless Framework fills in."""
CASES = sorted(
    path
    for suffix in ("yaml", "template.json")
    for path in FIXTURES.glob(f"*/*/cloudformation/**/*.{suffix}")
    if path.stem not in REFUSED and path.name != "assay.yaml"
)


def errors(*templates: Path) -> list[str]:
    """Errors only: a warning, as for a resource type of an old service, may be what a case is about."""
    api = pytest.importorskip("cfnlint.api")
    config = api.ManualArgs(templates=[str(path) for path in templates], regions=["us-east-1"], ignore_checks=["W", "I"])
    return [f"{Path(match.filename).name}:{match.linenumber}: {match.rule.id} {match.message}" for match in api.lint_by_config(config)]


def test_there_are_cases_of_every_area() -> None:
    assert {case.relative_to(FIXTURES).parts[0] for case in CASES} == {
        "access", "accounts", "audit", "compute", "data", "edge", "estate", "iam", "keys", "messaging", "network", "observe", "resilience", "secrets", "storage", "supply",
    }  # fmt: skip
    assert len(CASES) > 300


def test_every_template_is_valid_and_an_error_would_be_found(tmp_path: Path) -> None:
    """What is new or changed is linted here; the record says what was linted before, and a part of that is linted again."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketNam: orders}\n", encoding="utf-8")
    (problem,) = errors(*to_check(LINTED, [*CASES, broken], of_file))
    assert problem.startswith("broken.yaml:4: E3002")


OTHERWISE = {*LIVE_ALONE, *OF_FILES, *NOT_IN_CLOUDFORMATION}
ON_AWS = [control for control in CONTROLS if (control, "aws", "fail") not in NOT_POSSIBLE and control not in OTHERWISE]


def cases(control: str, input_: str) -> dict[str, dict[str, str]]:
    """The cases of one input, by their names without the file's suffix."""
    verdicts_of = {Path(name): verdicts for name, verdicts in expected(control).items()}
    return {name.stem: verdicts for name, verdicts in verdicts_of.items() if name.parts[0] == input_}


@pytest.mark.parametrize("control", ON_AWS)
def test_every_control_is_shown_to_pass_fail_and_not_know(control: str) -> None:
    judged = cases(control, "cloudformation")
    assert {verdict for verdicts in judged.values() for verdict in verdicts.values()} >= {"pass", "fail", "unknown"}
    for name, verdicts in judged.items():
        wanted = name.removeprefix("aws-").replace("not-applicable", "not_applicable").split("-")[0]
        assert wanted in verdicts.values(), name
    here = {path.stem for path in (FIXTURES / control.replace(".", "/", 1) / "cloudformation").iterdir()}
    assert here == set(judged)


@pytest.mark.parametrize("control", ON_AWS)
def test_cases_of_one_name_have_the_same_verdicts_in_terraform(control: str) -> None:
    terraform = cases(control, "terraform")
    twins = {name: verdicts for name, verdicts in cases(control, "cloudformation").items() if name in terraform}
    # What the deployment is as a whole is put together alike, whatever told its parts.
    assert len(twins) >= (2 if is_of_estate(control) else 4)
    for name, verdicts in twins.items():
        # A template has resources of its own that say the same thing: three policies where code has one, a group that it cannot take over.
        assert worst(verdicts.values()) == worst(terraform[name].values()), name
