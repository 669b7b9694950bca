"""Roles of resources, and what people state of controls that no input shows (docs/configuration.md)."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from assay.scanner import config
from assay.scanner.errors import SelectionError
from assay.scanner.options import Attestation, Options, Selector
from assay.scanner.results.model import Result
from assay.scanner.run import Scan
from tests.scans import write

TODAY = datetime.date(2026, 11, 2)
BALANCER = """
variable "tags" {
  type = map(string)
}
variable "role" {
  type = string
}
resource "aws_lb" "tagged" {
  name = "trade-ui"
  tags = { role = "ui" }
}
resource "aws_lb" "open" {
  name = "trade-open"
  tags = var.tags
}
resource "aws_lb" "open_value" {
  name = "trade-open-value"
  tags = { role = var.role }
}
resource "aws_lb" "plain" {
  name = "trade-plain"
}
"""
ROLE_RULE = """
id: test.role
title: It is the user interface
severity: low
origin: test
applies_to: EntryPoint
assert: [{that: "resource.roles.exists(role, role == 'ui')", message: "{name} has the roles {roles}"}]
why: test
remediation: {}
"""
STATED = "access.rbac-in-app"


def stated(**changes: object) -> Attestation:
    fields: dict[str, object] = {
        "control": STATED,
        "statement": "roles are tested",
        "owner": "owner@example.com",
        "date": datetime.date(2026, 10, 1),
        "expires": datetime.date(2027, 4, 1),
        "file": "assay.yaml",
        "line": 3,
    }
    return Attestation(**{**fields, **changes})  # type: ignore[arg-type]


def judged(folder: Path, *attestations: Attestation) -> dict[str, Result]:
    options = Options(paths=str(write(folder, {"main.tf": BALANCER})), controls=STATED, attestations=attestations, today=TODAY)
    return {result.resource.address.removeprefix("aws_lb."): result for result in Scan(options)}


def test_roles_come_from_selectors_and_never_from_names(tmp_path: Path) -> None:
    code = write(tmp_path / "code", {"main.tf": BALANCER})
    rules = write(tmp_path / "rules", {"role.yaml": ROLE_RULE})

    def roles(*selectors: Selector) -> dict[str, str]:
        chosen = {"ui": selectors} if selectors else {}
        scan = Scan(Options(paths=str(code), policies=str(rules), controls="test.role", roles=chosen))
        return {result.resource.address.removeprefix("aws_lb."): result.verdict for result in scan}

    assert set(roles().values()) == {"fail"}
    by_tag = {"tagged": "pass", "open": "unknown", "open_value": "unknown", "plain": "fail"}
    assert roles(Selector(tags={"role": "ui"})) == by_tag
    assert roles(Selector(tags={"role": "ui"}), Selector(resource="trade-p*")) == {**by_tag, "plain": "pass"}
    assert roles(Selector(tags={"role": "u?"}, type="aws_lb", resource="*open")) == {**by_tag, "tagged": "fail", "open_value": "fail"}
    assert set(roles(Selector(type="aws_alb")).values()) == {"fail"}


def test_a_statement_is_for_what_it_selects(tmp_path: Path) -> None:
    by_address = judged(tmp_path, stated(covers=Selector(tags={"role": "ui"})))
    assert {name: result.verdict for name, result in by_address.items()} == {
        "tagged": "pass", "open": "unknown", "open_value": "unknown", "plain": "unknown",
    }  # fmt: skip
    evidence = by_address["tagged"].evidence[0]
    assert (
        evidence.fact == "statement"
        and "roles are tested, stated by owner@example.com on 2026-10-01, until 2027-04-01" in evidence.observed
    )
    assert evidence.location is not None and (evidence.location.file, evidence.location.line) == ("assay.yaml", 3)
    assert "may be for others" in by_address["open"].unknown[0].reason
    assert by_address["plain"].unknown[0].reason == "no input shows it, and nobody states it"


@pytest.mark.parametrize(
    ("attestations", "verdict", "told"),
    [
        ([], "unknown", "nobody states it"),
        ([stated()], "pass", ""),
        ([stated(control="access.*")], "pass", ""),
        ([stated(expires=datetime.date(2026, 11, 1))], "unknown", "(assay.yaml:3) expired on 2026-11-01"),
        ([stated(expires=TODAY)], "pass", ""),
        ([stated(date=datetime.date(2026, 11, 3))], "unknown", "is dated 2026-11-03"),
        ([stated(expires=datetime.date(2027, 10, 3))], "unknown", "more than a year after its date"),
        ([stated(expires=datetime.date(2027, 10, 2))], "pass", ""),
        ([stated(), stated(holds=False, statement="every account may sell")], "fail", "every account may sell"),
        ([stated(holds=False, expires=datetime.date(2026, 11, 1)), stated()], "pass", ""),
    ],
)
def test_a_statement_counts_for_its_time(attestations: list[Attestation], verdict: str, told: str, tmp_path: Path) -> None:
    result = judged(tmp_path, *attestations)["plain"]
    assert result.verdict == verdict
    assert told in " ".join([result.message, *(fact.reason for fact in result.unknown)])


@pytest.mark.parametrize(
    ("attestation", "told"),
    [
        (stated(control="access.rbac"), "assay.yaml:3: attestations: there is no control 'access.rbac'; did you mean access.rbac-in-app?"),
        (stated(control="storage.versioning-enabled"), "no statement settles storage.versioning-enabled, which the inputs show"),
    ],
)
def test_a_statement_is_on_a_control_that_needs_one(attestation: Attestation, told: str, tmp_path: Path) -> None:
    with pytest.raises(SelectionError) as refused:
        judged(tmp_path, attestation)
    assert told in str(refused.value)


_BLANK = "' '"
_ENTRY = "control: access.rbac-in-app, statement: tested, owner: o@example.com, date: 2026-10-01, expires: 2027-04-01"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"attestations:\n- {{{_ENTRY.replace('statement: tested, ', '')}}}", "assay.yaml:2: Object missing required field `statement`"),
        (
            f"attestations:\n- {{{_ENTRY.replace('o@example.com', _BLANK)}}}",
            "assay.yaml:2: the attestation of access.rbac-in-app has no owner",
        ),
        (
            f"attestations:\n- {{{_ENTRY.replace('2027', '2025')}}}",
            "assay.yaml:2: the attestation of access.rbac-in-app expires before its date",
        ),
        (f"attestations:\n- {{{_ENTRY}, until: 2027-01-01}}", "assay.yaml:2: Object contains unknown field `until`"),
        ("roles:\n  ui:\n  - {}", "assay.yaml:3: roles.ui: says nothing of its resources"),
        ("roles:\n  ui:\n  - {tag: {a: b}}", "Object contains unknown field `tag`"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    file = write(tmp_path, {"assay.yaml": text}) / "assay.yaml"
    with pytest.raises(config.ConfigurationError) as refused:
        config.read(file)
    assert told in str(refused.value)


def test_statements_of_a_file_carry_their_place(tmp_path: Path) -> None:
    file = write(
        tmp_path, {"assay.yaml": f"fail_on: high\nattestations:\n- {{{_ENTRY}, resource: 'trade-*', link: 'https://example.com'}}"}
    )
    (read,) = config.read(file / "assay.yaml").stated
    assert (read.line, read.covers.resource, read.link) == (3, "trade-*", "https://example.com")


def test_a_run_lists_every_statement_with_what_rests_on_it(tmp_path: Path) -> None:
    attestations = (
        stated(covers=Selector(tags={"role": "ui"})),
        stated(holds=False, expires=datetime.date(2026, 10, 2), owner="past@example.com"),
    )
    options = Options(paths=str(write(tmp_path, {"main.tf": BALANCER})), controls=STATED, attestations=attestations, today=TODAY)
    first, second = Scan(options).report().gate.attestations
    assert (first.results, first.resource, first.refused, first.expires) == (1, "tag role=ui", "", "2027-04-01")
    assert (second.results, second.resource, second.refused, second.holds) == (0, "every resource", "expired on 2026-10-02", False)
