"""What a history knows, for terminals, pipes and logs: what a run changed, and the findings that it has no result of."""

from __future__ import annotations

import itertools

from assay.reports import history_view
from assay.reports.page import Page
from assay.scanner.results.model import Report

LISTED = 5
"""Findings of an event that are told; `--verbose` tells all."""
LONGEST = 400
"""Characters of a line."""


def history(page: Page, report: Report, most: int) -> None:
    """A section; nothing without a history. `most`: findings of an event, 0 for all."""
    if not report.history:
        return
    page.blank()
    page.prose(f"{history_view.previous(report)}: {history_view.summary(report)}", lead="History:", style="heading")
    for _, group in itertools.groupby(history_view.changes(report), key=lambda change: change.event):
        changes = list(group)
        shown = changes[: most or len(changes)]
        colour = history_view.COLOURS.get(changes[0].event, "unknown")
        page.prose("", 2, f"{len(changes)} {history_view.event(changes[0])}:", colour)
        for change in shown:
            page.verbatim(f"{change.severity} {change.control} {history_view.subject(change)}", 4)
            if because := history_view.why(change, report):
                page.prose(because, 6, style="dim")
        if len(changes) > len(shown):
            page.prose(f"and {len(changes) - len(shown)} more; --verbose lists all", 4)


def briefly(page: Page, report: Report, most: int) -> None:
    """The same with a line for each finding."""
    if not report.history:
        return
    changes = history_view.changes(report)
    for change in changes[: most or len(changes)]:
        colour, told = history_view.COLOURS.get(change.event, "unknown"), history_view.told(change, report)
        page.sentence(told if len(told) <= LONGEST else f"{told[:LONGEST]}…", f"{history_view.event(change)}:", colour)
    more = f"; {len(changes) - most} more findings without a result: --verbose lists all" if most and len(changes) > most else ""
    page.sentence(f"{history_view.previous(report)}: {history_view.summary(report)}{more}", "History:", "heading")
