"""The roll-up: what is counted by account, owner, control and framework, for people and as CSV."""

from __future__ import annotations

import csv
import io

import msgspec

from assay.reports import rollup, rollup_csv
from assay.reports.rollup_rows import rows
from assay.scanner.results.model import Report
from tests.reports import samples


def estate(accounts: int) -> Report:
    """The sample in many accounts, each with one failure more of the first severity that it has."""
    report = samples.report()
    failing = next(result for result in report.results if result.verdict == "fail")
    results = list(report.results)
    for number in range(accounts):
        ref = msgspec.structs.replace(failing.resource, account=f"{number:012}", cloud="aws")
        results += [msgspec.structs.replace(failing, resource=ref, owner=f"team-{number % 7}")] * (number + 1)
    return msgspec.structs.replace(report, results=results)


def test_three_hundred_accounts_fit_a_screen() -> None:
    text = rollup.render(estate(300), samples.context()).decode()
    lines = text.splitlines()
    assert len(lines) < 80
    first = lines[lines.index(next(line for line in lines if line.startswith("by account"))) + 1]
    assert first.startswith("aws:000000000299") and "300" in first
    assert any(line.strip().startswith("and ") and "more with" in line for line in lines)


def test_the_counts_are_those_of_the_results() -> None:
    report = estate(5)
    assert {row.name: sum(row.failing.values()) for row in rows(report, "owner")} == {f"team-{number}": number + 1 for number in range(5)}
    failing = sum(result.verdict == "fail" and result.standing != "known" for result in report.results)
    assert sum(sum(row.failing.values()) for row in rows(report, "control")) == failing
    assert sum(sum(row.failing.values()) for row in rows(report, "account")) == failing


def test_without_owners_there_is_no_such_group() -> None:
    assert rows(samples.report(), "owner") == []
    assert "by owner" not in rollup.render(samples.report(), samples.context()).decode()


def test_as_csv_every_row_is_there_and_none_is_a_formula() -> None:
    report = estate(40)
    results = [msgspec.structs.replace(result, owner="=cmd|'/C calc'!A0") for result in report.results]
    read = list(
        csv.DictReader(io.StringIO(rollup_csv.render(msgspec.structs.replace(report, results=results), samples.context()).decode()))
    )
    assert sum(row["by"] == "account" for row in read) >= 40
    assert [row["name"] for row in read if row["by"] == "owner"] == ["'=cmd|'/C calc'!A0"]
