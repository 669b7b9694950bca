"""The roll-up: what is counted by account, owner, control and framework, for people and as CSV."""

from __future__ import annotations

import csv
import io

import msgspec

from assay.reports import html, html_rollup, rollup, rollup_csv
from assay.reports.rollup_rows import rows
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Named
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


def named(accounts: int) -> Report:
    """The estate with names and units of its accounts, as an organisation has them."""
    report = estate(accounts)
    told = [Named(f"aws:{number:012}", f"workload-{number}", f"Root/Team {number % 3}") for number in range(accounts)]
    return msgspec.structs.replace(report, coverage=msgspec.structs.replace(report.coverage, accounts=told))


def in_units(report: Report) -> Report:
    """The same results, of thirty accounts that have names and units."""
    told = [Named(f"aws:{number:012}", f"workload-{number}", f"Root/Team {number % 3}") for number in range(30)]
    moved = [
        msgspec.structs.replace(result, resource=msgspec.structs.replace(result.resource, cloud="aws", account=f"{number % 30:012}"))
        for number, result in enumerate(report.results)
    ]
    return msgspec.structs.replace(report, results=moved, coverage=msgspec.structs.replace(report.coverage, accounts=told))


def test_accounts_have_their_names_and_their_units_a_group_of_their_own() -> None:
    report = named(30)
    lines = rollup.render(report, samples.context()).decode().splitlines()
    first = lines[lines.index(next(line for line in lines if line.startswith("by account"))) + 1]
    assert first.startswith("aws:000000000029 workload-29 (Team 2)")
    counted = {row.name: sum(row.failing.values()) for row in rows(report, "unit")}
    assert {name: counted[name] for name in counted if name} == {
        f"Root/Team {team}": sum(number + 1 for number in range(30) if number % 3 == team) for team in range(3)
    }
    assert any(line.startswith("(not known)") for line in lines), "the sample has results of no account"
    read = list(csv.DictReader(io.StringIO(rollup_csv.render(report, samples.context()).decode())))
    by_name = {row["name"]: (row["title"], row["path"]) for row in read if row["by"] == "account"}
    assert by_name["aws:000000000007"] == ("workload-7", "Root/Team 1")


def test_no_unit_is_known_there_is_no_such_group() -> None:
    assert rows(estate(3), "unit") == []


def test_the_page_has_the_rollup_with_a_bound_and_hostile_names_as_text() -> None:
    report = named(html_rollup.MOST_ROWS + 20)
    told = [msgspec.structs.replace(account, name="<script>alert(1)</script>", path="Root/<b>x") for account in report.coverage.accounts]
    report = msgspec.structs.replace(report, coverage=msgspec.structs.replace(report.coverage, accounts=told))
    page = html.render(report, samples.context()).decode()
    section = page[page.index('<h2 id="rollup">') :]
    section = section[: section.index("</section>")]
    assert section.count('<tr><th scope="row" class="address">aws:') == html_rollup.MOST_ROWS
    assert "more stand in the roll-up as CSV" in section
    assert "&lt;script&gt;alert(1)" in section and "<script>alert" not in page and "Root/&lt;b&gt;x" in section


def test_a_page_of_one_account_without_owners_has_none() -> None:
    report = samples.report()
    one = [
        msgspec.structs.replace(result, resource=msgspec.structs.replace(result.resource, account="1" * 12)) for result in report.results
    ]
    assert '<h2 id="rollup">' not in html.render(msgspec.structs.replace(report, results=one), samples.context()).decode()
