"""Where most is open, for the HTML report: a table for each of what a roll-up counts by."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from assay.reports import history_view
from assay.reports.rollup_rows import GROUPS, RollupRow, rows
from assay.scanner.results.model import Report
from assay.scanner.rules.model import SEVERITIES

MOST_ROWS = 400
"""Of one table; `-r rollup-csv` has all of them."""
_HEADINGS = {
    "account": "Accounts",
    "unit": "Organisational units",
    "owner": "Owners",
    "control": "Controls",
    "framework": "Sections of frameworks",
}
_UNKNOWN = {"unit": "not known", "owner": "nobody"}


class TableLine(msgspec.Struct, frozen=True):
    """A row as the table shows it."""

    name: str
    title: str
    path: str
    numbers: list[int]
    page: str = ""
    """The file that has its results, in a folder of pages."""


class RollupTable(msgspec.Struct, frozen=True):
    """A table of the roll-up."""

    by: str
    heading: str
    columns: list[str]
    lines: list[TableLine]
    """The worst first, MOST_ROWS at most."""
    more: int
    """How many there are beside these."""
    named: bool
    """Some have a name or a place in the organisation beside what they are counted by."""


def groups(report: Report, pages: Mapping[str, str]) -> list[RollupTable]:
    """The tables; none for a run over code or one account of which nobody says who owns what: the table of controls has it all.

    `pages`: account to the file that has its results, in a folder of pages.
    """
    accounts = {result.resource.account for result in report.results if result.resource.account}
    if len(accounts) < 2 and not any(isinstance(result.owner, str) for result in report.results):
        return []
    counted = {by: rows(report, by) for by in GROUPS}
    new = history_view.is_kept(report)
    columns = [*SEVERITIES, "unknown", "waived", *(["new"] if new else [])]
    return [_group(by, of_group, columns, new, pages) for by, of_group in counted.items() if of_group]


def _group(by: str, of_group: list[RollupRow], columns: list[str], new: bool, pages: Mapping[str, str]) -> RollupTable:
    lines = [_line(row, by, new, pages if by == "account" else {}) for row in of_group[:MOST_ROWS]]
    named = any(line.title or line.path for line in lines)
    return RollupTable(by, _HEADINGS[by], columns, lines, max(0, len(of_group) - MOST_ROWS), named)


def _line(row: RollupRow, by: str, new: bool, pages: Mapping[str, str]) -> TableLine:
    numbers = [*(row.failing.get(severity, 0) for severity in SEVERITIES), row.unknown, row.waived, *([row.new] if new else [])]
    return TableLine(row.name or _UNKNOWN.get(by, ""), row.title, row.path, numbers, pages.get(row.name, ""))
