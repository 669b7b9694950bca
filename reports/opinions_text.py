"""The section of the text report on what other scanners say."""

from __future__ import annotations

from collections.abc import Sequence

from assay.reports.opinions_view import HEADINGS, findings, ours, place, summary, theirs, title, where, worth_showing
from assay.reports.page import Page
from assay.scanner.results.model import Report
from assay.scanner.results.opinion import Check, Compared, Opinion


def opinions(page: Page, report: Report, most: int) -> None:
    """Each opinion: its counts, then at most `most` rows of each kind (0 for all). Nothing where there is none."""
    for opinion in report.opinions:
        page.blank()
        page.prose(summary(opinion), lead=f"Beside {title(opinion)}:", style="heading")
        for problem in opinion.problems:
            page.prose(problem, 2)
        for relation, heading in HEADINGS.items():
            _rows(page, heading.format(scanner=opinion.scanner), worth_showing(opinion, relation), most)
        _others(page, opinion, findings(opinion))


def _rows(page: Page, heading: str, rows: Sequence[Compared], most: int) -> None:
    if not rows:
        return
    page.prose(f"{heading} ({len(rows)}):", 2)
    titled = ""
    for row in rows[: most or len(rows)]:
        page.prose(row.control if row.control == titled else f"{row.control}: {row.title}", 4, row.severity.upper(), row.severity)
        titled = row.control
        page.verbatim(where(row), 6)
        page.prose(ours(row), 6, "ours")
        page.prose(theirs(row), 6, "theirs")
    if most and len(rows) > most:
        page.prose(f"and {len(rows) - most} more; --verbose lists all", 4)


def _others(page: Page, opinion: Opinion, checks: Sequence[Check]) -> None:
    """All of them: they were asked for."""
    if opinion.others:
        passing = len(opinion.others) - len(checks)
        page.prose(f"Checks of {opinion.scanner} without a control of this run ({len(checks)} fail or are unknown, {passing} do not):", 2)
    for check in checks:
        page.prose(f"{check.id}: {check.reason}", 4, check.verdict.upper(), check.verdict)
        page.verbatim(place(check), 6)
