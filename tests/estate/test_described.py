"""What `assay.yaml` says of the estate: what is refused, and when what is not seen is missing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from assay.scanner import config
from assay.scanner.run import Options, Scan
from tests.scans import write

QUEUE = """provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "scans" {
  name = "scans"
}
"""
TIERS = {"control_params": {"estate.tier-coverage": {"tiers": ["queue", "objects"]}}, "controls": ["estate.tier-coverage"]}
WHOLE = "estate: {clouds: [aws], complete: [code]}\n"


def described(folder: Path, text: str) -> Any:
    write(folder, {"assay.yaml": text})
    return config.read(folder / "assay.yaml").described


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("estate:\n  environments:\n    prod: {}\n", ":3: estate.environments.prod: says nothing of what is in it"),
        (
            "estate:\n  production: live\n  environments:\n    prod: {paths: [a]}\n",
            ":2: estate.production: there is no environment 'live'; it is one of prod",
        ),
        (
            "estate:\n  differences:\n    - {control: estate.region-parity, what: x, owner: ' ', reason: r, expires: 2027-01-01}\n",
            ":3: estate.differences.0: the difference of estate.region-parity has no owner or no reason",
        ),
        ("estate:\n  clouds: [azure]\n", ":2: "),
        ("estate:\n  region: {}\n", ":2: Object contains unknown field `region`"),
        ("estate:\n  complete: [everything]\n", ":2: "),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError) as refused:
        described(tmp_path, text)
    assert told in str(refused.value)


def test_regions_are_those_of_the_params_where_none_are_named(tmp_path: Path) -> None:
    given = described(tmp_path, "params: {stack_regions: [eu-west-1]}\nestate: {}\n")
    assert given.regions == {"aws": ("eu-west-1",), "google": ("eu-west-1",)}
    named = described(tmp_path, "params: {stack_regions: [eu-west-1]}\nestate: {regions: {aws: [us-east-1]}}\n")
    assert named.regions == {"aws": ("us-east-1",)}
    assert described(tmp_path, "roles: {}\n") is None


def test_production_is_told_by_its_name_else_the_first(tmp_path: Path) -> None:
    assert described(tmp_path, "estate: {environments: {dev: {paths: [a]}, production: {paths: [b]}}}\n").production == "production"
    assert described(tmp_path, "estate: {environments: {blue: {paths: [a]}, green: {paths: [b]}}}\n").production == "blue"


def missing(folder: Path, paths: list[Path], **options: Any) -> str:
    """The verdict on a tier of which there is nothing."""
    estate = described(folder, WHOLE)
    results = list(Scan(Options(paths=[str(path) for path in paths], estate=estate, **TIERS, **options)))
    return next(result.verdict for result in results if result.resource.address.endswith("objects"))


def test_what_is_not_seen_is_missing_only_in_a_scan_of_everything(tmp_path: Path) -> None:
    whole = tmp_path / "deployment"
    write(whole, {"stack/main.tf": QUEUE, "other/main.tf": QUEUE})
    assert missing(whole, [whole]) == "fail"
    assert missing(whole, [tmp_path]) == "fail"
    assert missing(whole, [whole / "stack"]) == "unknown"
    assert missing(whole, [whole / "stack", whole / "other"]) == "unknown"
    assert missing(whole, [whole], changed=frozenset({str(whole / "stack" / "main.tf")})) == "unknown"


def test_what_could_not_be_read_may_have_it(tmp_path: Path) -> None:
    write(tmp_path, {"stack/main.tf": QUEUE, "other/main.tf": 'resource "aws_sqs_queue" "x" {\n'})
    assert missing(tmp_path, [tmp_path]) == "unknown"


def test_nothing_is_said_where_nobody_describes_an_estate(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": QUEUE})
    report = Scan(Options(paths=[str(tmp_path)], **TIERS, allow_empty=True)).report()
    assert report.results == []
    (outcome,) = report.controls
    assert outcome.verdict == "not_applicable"
    assert "estate in assay.yaml" in outcome.reason


def test_controls_that_are_compared_are_not_reported(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": QUEUE})
    estate = described(tmp_path, "estate: {regions: {aws: [us-east-1, us-west-2]}}\n")
    report = Scan(Options(paths=[str(tmp_path)], controls=["estate.region-parity"], estate=estate)).report()
    assert {result.control for result in report.results} == {"estate.region-parity"}
    assert [outcome.id for outcome in report.controls] == ["estate.region-parity"]


def test_a_waived_finding_is_no_difference(tmp_path: Path) -> None:
    from assay.scanner.gate.apply import Gate
    from assay.scanner.gate.waivers import Terms, Waiver, Waivers

    statement = '[{ Effect = "Allow", Principal = "*", Action = "sqs:*", Resource = "*" }]'
    open_queue = QUEUE.replace('"scans"\n', f'"scans"\n  policy = jsonencode({{ Statement = {statement} }})\n')
    write(tmp_path, {"prod/main.tf": QUEUE, "dev/main.tf": open_queue})
    estate = described(tmp_path, "estate: {environments: {prod: {paths: [prod]}, dev: {paths: [dev]}}}\n")
    control = "messaging.queue-not-public"

    def differs(gate: Gate) -> bool:
        scan = Scan(Options(paths=[str(tmp_path)], controls=["estate.environment-guardrail-parity"], estate=estate))
        scan.gate = gate
        return any(result.verdict == "fail" and control in result.element for result in scan)

    assert differs(Gate())
    until = datetime.date(2026, 12, 1)
    waiver = Waiver(control=control, resource="*", path="*", tags=(), owner="a", reason="b", ticket="", expires=until, file="w", line=1)
    assert not differs(Gate(Waivers([waiver], Terms(today=datetime.date(2026, 11, 2)))))


def test_controls_of_the_estate_alone_say_what_they_lack(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": QUEUE})
    (gap,) = Scan(Options(paths=[str(tmp_path)], controls=["estate.*"])).report().coverage.gaps
    assert "nothing describes the deployment as a whole" in gap.reason
    assert gap.code == "nothing_judged"
