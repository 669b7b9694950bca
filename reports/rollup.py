"""Where most is open: a line for each account, organisational unit, owner, control and section of a framework.

The worst stand first, as many as fit a screen.
"""

from __future__ import annotations

from assay.reports import history_view
from assay.reports.page import Page
from assay.reports.rollup_rows import GROUPS, RollupRow, rows
from assay.reports.view import outcome
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.words import many

IN_PASSES = True
SHOWN = 15
"""Rows of a group; all of them with --verbose, and in `rollup-csv`."""
_NAME = 44
_NOBODY = {"unit": "(not known)", "owner": "(nobody)"} | dict.fromkeys(("account", "control", "framework"), "")
_COLUMNS = (*SEVERITIES, "unknown", "waived")


def render(report: Report, context: Context) -> bytes:
    """UTF-8 text."""
    page = Page(context.width, context.color)
    for by in GROUPS:
        of_group = rows(report, by)
        if of_group:
            _group(page, by, of_group, 0 if context.verbose else SHOWN, history_view.is_kept(report))
    page.blank()
    if told := history_view.summary(report):
        page.sentence(told, "History:", "heading")
    said = outcome(report)
    page.sentence(said.sentence, f"{said.word.upper()}:", said.word)
    return page.encoded()


def _group(page: Page, by: str, of_group: list[RollupRow], most: int, history: bool) -> None:
    page.blank()
    columns = (*_COLUMNS, "new") if history else _COLUMNS
    page.verbatim(f"{f'by {by}':<{_NAME}}" + "".join(f"{name:>10}" for name in columns), 0, "heading")
    for row in of_group[: most or None]:
        name = " ".join(filter(None, (row.name or _NOBODY[by], row.title, row.path and f"({row.path.rpartition('/')[2]})")))
        numbers = (*(row.failing.get(severity, 0) for severity in SEVERITIES), row.unknown, row.waived, *([row.new] if history else []))
        told = name if len(name) < _NAME else f"{name[: _NAME - 2]}…"
        page.verbatim(f"{told:<{_NAME}}" + "".join(f"{number or '-':>10}" for number in numbers))
    if most and len(of_group) > most:
        rest = of_group[most:]
        failing = sum(sum(row.failing.values()) for row in rest)
        page.prose(f"and {len(rest)} more with {many(failing, 'failure')}: --verbose lists all", 2)
