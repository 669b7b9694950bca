"""The population as CSV: a row for each resource and control that was asked of it, nothing else, and no formula."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import pytest

from assay.reports import csv_population
from assay.scanner.results import formats
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Coverage
from tests.reports import samples
from tests.reports.test_csv_report import FORMULAS


def rows(report: Report, context: Context | None = None) -> list[dict[str, str]]:
    content = b"".join(formats.parts("csv-population")(report, context or samples.context())).decode()
    lines = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert tuple(lines[0]) == csv_population.COLUMNS and content.count("\r\n") == len(lines)
    return [dict(zip(csv_population.COLUMNS, line, strict=True)) for line in lines[1:]]


@pytest.mark.parametrize(
    "report", [samples.report(), samples.compared(), samples.empty(), samples.many(2_500)], ids=["one", "compared", "empty", "many"]
)
def test_a_row_is_a_resource_and_a_control(report: Report) -> None:
    table = rows(report)
    pairs = [(row["control"], row["root"], row["address"]) for row in table]
    assert sorted(pairs) == sorted({(result.control, result.resource.root, result.resource.address) for result in report.results})
    assert len({row["item"] for row in table}) == len(table)
    assert sum(int(row["results"]) for row in table) == len(report.results)


def test_every_verdict_is_there() -> None:
    verdicts: list[Any] = ["pass", "fail", "unknown", "not_applicable", "waived", "error"]
    results = [samples.result("keys.rotation", verdict, samples.resource(f"aws_kms_key.{verdict}")) for verdict in verdicts]
    assert Counter(row["verdict"] for row in rows(samples.report(results, Coverage()))) == dict.fromkeys(verdicts, 1)


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [(["pass", "fail"], "fail"), (["fail", "error"], "error"), (["waived", "unknown"], "unknown"), (["waived", "pass"], "waived")],
)
def test_the_verdict_is_the_worst_and_the_words_are_of_it(verdicts: list[Any], verdict: str) -> None:
    results = [samples.result("keys.rotation", verdict, samples.LOGS, f"it is {verdict}", element=verdict) for verdict in verdicts]
    (row,) = rows(samples.report(results, Coverage()))
    assert (row["verdict"], row["message"], row["results"]) == (verdict, f"it is {verdict}", "2")
    assert len(row["fingerprints"].split(" | ")) == 2


def test_a_row_says_where_when_and_who_accepts_it() -> None:
    table = rows(samples.compared())
    live = next(row for row in table if row["cloud"] == "google")
    assert (live["account"], live["observed_at"]) == ("trade-prod", "2026-11-20T08:00:01.000Z")
    assert live["seen"] == "storage.buckets.get at 2026-11-20T08:00:01Z by auditor@trade-prod"
    waived = next(row for row in table if row["verdict"] == "waived")
    assert [waived[name] for name in ("waived_by", "owner", "ticket", "expires")] == ["configuration", "platform", "OPS-7", "2027-03-31"]
    edge = next(row for row in table if row["control"] == "edge.lb-https-only")
    assert (edge["standing"], edge["results"], edge["frameworks"]) == ("new", "2", "pci_dss_4_0 4.2.1")
    assert any("checkov 3.2.1 differs: pass: CKV_AWS_53" in row["other_scanners"] for row in table)


def test_items_are_the_same_in_another_run() -> None:
    assert [row["item"] for row in rows(samples.report())] == [row["item"] for row in rows(samples.compared())]


@pytest.mark.parametrize("text", [*FORMULAS, *samples.HOSTILE])
def test_no_cell_is_a_formula_and_none_breaks_a_row(text: str) -> None:
    for row in rows(*samples.hostile(text)):
        for cell in row.values():
            assert len(cell) < 32_767
            for part in cell.split(";"):
                assert part.lstrip(' \t"')[:1] not in ("=", "+", "-", "@", "＝"), cell
