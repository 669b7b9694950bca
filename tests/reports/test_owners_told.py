"""Who owns what was found stands in every report that a person reads; where nobody says it, nothing is said of owners."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import msgspec
import pytest

from assay.reports import concise, csv_population, csv_report, gitlab, gitlab_sast, html, junit, markdown, sarif, text
from assay.scanner.results.model import Report
from tests.reports import samples

FORMATS: list[Any] = [concise, csv_population, csv_report, gitlab, gitlab_sast, html, junit, markdown, sarif, text]


def owned(by: str) -> Report:
    report = samples.report()
    return msgspec.structs.replace(report, results=[msgspec.structs.replace(result, owner=by) for result in report.results])


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.__name__.rpartition(".")[2])
def test_the_owner_of_a_failure_is_told(format_: Any) -> None:
    assert b"team-ledger" in format_.render(owned("team-ledger"), samples.context())
    assert b"owned_by" not in format_.render(samples.report(), samples.context())


def test_in_a_table_owners_have_a_column_of_their_own() -> None:
    for format_ in (csv_report, csv_population):
        rows = list(csv.DictReader(io.StringIO(format_.render(owned("=1+1"), samples.context()).decode())))
        told = {row["owned_by"] for row in rows if row["address"] and row.get("record", "result") == "result"}
        assert told == {"'=1+1"}


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.__name__.rpartition(".")[2])
def test_a_hostile_owner_is_text(format_: Any) -> None:
    made = format_.render(owned("<script>alert(1)</script>\n::error::x"), samples.context()).decode()
    assert "\n::error" not in made
    if format_ in (html, junit):
        assert "<script>alert" not in made
    if format_ in (markdown, gitlab_sast):
        assert made.count("<script>alert") == made.count("`<script>alert") > 0


def test_programs_find_the_owner_in_a_field_of_its_own() -> None:
    [run] = json.loads(sarif.render(owned("team-ledger"), samples.context()))["runs"]
    assert {result["properties"].get("owner") for result in run["results"]} == {"team-ledger"}
    [run] = json.loads(sarif.render(samples.report(), samples.context()))["runs"]
    assert not any("owner" in result["properties"] for result in run["results"])
