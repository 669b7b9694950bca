"""Why a control does not apply: a report says it, of a resource and of a control as a whole."""

from __future__ import annotations

from pathlib import Path

from assay.scanner.run import Options, Scan
from tests.scans import FAILING, rule, write

CODE = FAILING + 'resource "aws_s3_bucket" "c" {\n  bucket = "c"\n}\n'
WHEN = "resource.versioned &&\n  resource.name != 'x'"


def report(tmp_path: Path, **changes: object) -> Scan:
    write(tmp_path, {"storage.tf": CODE, "rules/team/r.yaml": rule(**changes)})
    return Scan(Options(paths=[str(tmp_path)], policies=[str(tmp_path / "rules")], controls=["team.rule"], allow_empty=True))


def test_a_result_says_which_condition_and_which_facts(tmp_path: Path) -> None:
    results = report(tmp_path, when=WHEN).report().results
    assert [result.verdict for result in results] == ["not_applicable"] * 2
    assert (
        results[0].message
        == "the control applies only where resource.versioned && resource.name != 'x' (name is orders, versioned is false)"
    )
    assert [fact.fact for fact in results[0].evidence] == ["name", "versioned"]


def test_a_control_says_that_its_condition_is_false_everywhere(tmp_path: Path) -> None:
    (outcome,) = report(tmp_path, when="resource.versioned").report().controls
    assert (outcome.verdict, outcome.resources) == ("not_applicable", 2)
    assert outcome.reason == "its condition (resource.versioned) is false for all of 2 resources"


def test_a_control_says_that_it_met_nothing(tmp_path: Path) -> None:
    changes = {"applies_to": "Secret", "assert": [{"that": "true", "message": "x"}]}
    (outcome,) = report(tmp_path, **changes).report().controls
    assert (outcome.verdict, outcome.reason) == ("not_applicable", "nothing of the kind that it asks of (Secret) is in what was judged")


def test_other_verdicts_have_no_reason_and_frameworks_are_those_of_the_rule(tmp_path: Path) -> None:
    (outcome,) = report(tmp_path, frameworks={"pci_dss_4_0": ["1.3.1"]}).report().controls
    assert (outcome.verdict, outcome.reason, outcome.frameworks) == ("fail", "", {"pci_dss_4_0": ["1.3.1"]})
