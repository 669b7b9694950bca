"""Reasons and places that a report shows beside a verdict."""

from __future__ import annotations

from typing import Any

import pytest

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.network.defaults.google import machine
from tests.scans import ROOT, judge

FIXTURES = ROOT / "fixtures" / "controls"


def results(control: str, case: str, **options: Any) -> list[Any]:
    return judge(FIXTURES / control.replace(".", "/", 1) / case, control, **options)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("terraform/gcp-unknown-policy", "is not in this code"),
        ("deployment_manager/gcp-unknown-policy.yaml", "is not in this template"),
        ("assets/gcp-unknown-policy.ndjson", "is not in the assets that were read"),
    ],
)
def test_what_another_resource_is_missing_from(case: str, words: str) -> None:
    judgements = results("access.user-network-allowlist", case, params={"user_vpn_cidrs": ["203.0.113.0/28"]})
    assert [words in fact.reason for result in judgements for fact in result.unknown] == [True]


def test_a_boundary_that_is_named_otherwise_than_by_its_arn() -> None:
    (result,) = results("iam.no-wildcard-privilege", "terraform/aws-unknown-permission-set-boundary-by-name")
    assert [fact.reason.partition(": ")[2] for fact in result.unknown] == ["it is named, and not by its ARN"]


def test_what_no_perimeter_holds_is_shown_where_it_is_declared() -> None:
    (result,) = results("network.vpc-service-controls", "terraform/gcp-fail")
    assert {fact.fact: fact.location is not None for fact in result.evidence}["held"]


def test_a_machine_is_told_of_only_where_it_stands_in_a_default_network() -> None:
    """So that code and cloud do not differ by those that are not told of."""
    for name in ("terraform_gcp", "google_api"):
        assert {reader.always for reader in catalogue(name).all_readers() if reader.meaning is machine} == {False}
