"""Who owns what was found stands in every report that a person reads; where nobody says it, nothing is said of owners."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
import pytest

from assay.reports import csv_population, csv_report, html, junit, markdown, text
from assay.scanner.results.model import Report
from tests.reports import samples

FORMATS: list[Any] = [csv_population, csv_report, html, junit, markdown, text]


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


@pytest.mark.parametrize("format_", [html, junit, markdown], ids=lambda format_: format_.__name__.rpartition(".")[2])
def test_a_hostile_owner_is_text(format_: Any) -> None:
    made = format_.render(owned("<script>alert(1)</script>\n::error::x"), samples.context()).decode()
    assert "\n::error" not in made
    assert "<script>alert" not in made or format_ is markdown and "`<script>alert" in made
