"""CSV: it reads back, everything is in it, and no cell is a formula."""

from __future__ import annotations

import csv
import io

import pytest

from assay.reports.csv_report import COLUMNS, render
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from tests.reports import samples


def rows(report: Report, context: Context | None = None) -> list[dict[str, str]]:
    content = render(report, context or samples.context()).decode()
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    lines = list(reader)
    assert tuple(lines[0]) == COLUMNS and all(len(line) == len(COLUMNS) for line in lines)
    assert content.endswith("\r\n") and content.count("\r\n") == len(lines)
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]]


@pytest.mark.parametrize("report", [samples.report(), samples.compared(), samples.many(2_500)], ids=["one", "compared", "many"])
def test_every_result_is_a_row(report: Report) -> None:
    records = [row for row in rows(report) if row["record"] == "result"]
    assert sorted((row["fingerprint"], row["verdict"], row["standing"]) for row in records) == sorted(
        (result.fingerprint, result.verdict, result.standing) for result in report.results
    )


def test_a_row_says_where_why_and_who_accepts_it() -> None:
    table = rows(samples.report())
    failed = next(row for row in table if row["message"] == "block_public_acls is false")
    assert (failed["file"], failed["line"], failed["evidence"]) == (
        "storage/main.tf",
        "7",
        "resource.public_access_blocked is false, expected true",
    )
    assert failed["frameworks"].endswith("| pci_dss_4_0 1.3.1")
    waived = next(row for row in table if row["verdict"] == "waived")
    assert [waived[name] for name in ("waived_by", "owner", "ticket", "expires")] == ["configuration", "platform", "OPS-7", "2027-03-31"]
    live = next(row for row in table if row["cloud"] == "google")
    assert (live["file"], live["seen"]) == ("", "storage.buckets.get at 2026-11-20T08:00:01Z by auditor@trade-prod")


def test_the_run_and_its_waivers_are_rows() -> None:
    run, *others = rows(samples.compared())
    assert run["record"] == "run" and run["message"].startswith(
        "3 fail, 6 unknown, 1 error, 1 pass, 1 waived (assay.yaml:12), 1 known from before, 2 gaps; beside"
    )
    waivers = [row for row in others if row["record"] == "waiver"]
    assert [(row["control"], row["verdict"], row["file"], row["line"]) for row in waivers] == [
        ("storage.*", "", "assay.yaml", "12"),
        ("edge.lb-https-only", "expired", "network/edge.tf", "1"),
    ]


def test_what_was_not_judged_is_there_too() -> None:
    table = rows(samples.report())
    assert [row["verdict"] for row in table if row["record"] == "gap"] == ["parse_error", "module_missing"]
    assert [row["message"] for row in table if row["record"] == "configuration"] == ["assay.yaml: fail_on is high, and was low"]


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_text_reads_back(text: str) -> None:
    report, context = samples.hostile(text)
    assert sum(row["record"] == "result" for row in rows(report, context)) == len(report.results)


FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '"=1',
    "  =1",
    "＝1",
    "'=1",
    "a;=1",
    'a"; =cmd',
    "a;\t@x",
    "-",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    report, context = samples.hostile(text)
    for row in rows(report, context):
        for cell in row.values():
            for part in cell.split(";"):  # what a spreadsheet of another language makes of it
                assert part.lstrip(' \t"')[:1] not in ("=", "+", "-", "@", "＝"), cell


def test_a_cell_is_not_longer_than_spreadsheets_take() -> None:
    report, context = samples.hostile("n" * 90_000)
    assert max(len(cell) for row in rows(report, context) for cell in row.values()) < 32_767


def test_a_build_server_takes_nothing_for_a_command() -> None:
    report, context = samples.hostile("x\n##vso[task.setvariable]y")
    assert b"##vso[" not in render(report, context)


def test_what_another_scanner_says_has_columns_of_its_own() -> None:
    records = [row for row in rows(samples.compared()) if row["record"] == "opinion"]
    assert {row["scanner"] for row in records} == {"checkov 3.2.1"}
    assert [(row["relation"], row["verdict"], row["theirs"]) for row in records if row["relation"]] == [
        ("differ", "fail", "pass"),
        ("only_theirs", "", "fail"),
        ("only_ours", "fail", ""),
    ]
    differs = next(row for row in records if row["relation"] == "differ")
    assert (differs["checks"], differs["file"], differs["line"]) == ("CKV_AWS_53 pass: the account blocks it", "storage/main.tf", "1")
    assert records[0]["message"].startswith("0 agree, 1 differ") and records[1]["message"] == "checkov could not parse broken.tf"
    assert records[-1]["checks"] == "CKV2_AWS_61 fail: no lifecycle"
