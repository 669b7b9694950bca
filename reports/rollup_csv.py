"""The roll-up as CSV: a row for each account, organisational unit, owner, control and section of a framework that has a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.reports import history_view
from assay.reports.csv_report import written
from assay.reports.rollup_rows import GROUPS, rows
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.rules.model import SEVERITIES

IN_PASSES = True
COLUMNS = ("by", "name", "title", "path", *SEVERITIES, "unknown", "waived", "pass")


def render(report: Report, context: Context) -> bytes:
    """UTF-8, a line of headings first, as of the other CSV report."""
    columns = (*COLUMNS, "new") if history_view.is_kept(report) else COLUMNS
    return b"".join(written(columns, _rows(report)))


def _rows(report: Report) -> Iterator[Mapping[str, object]]:
    for by in GROUPS:
        for row in rows(report, by):
            failing: dict[str, object] = {severity: row.failing.get(severity, 0) for severity in SEVERITIES}
            told = {"by": by, "name": row.name, "title": row.title, "path": row.path, **failing}
            yield {**told, "unknown": row.unknown, "waived": row.waived, "pass": row.passing, "new": row.new}
