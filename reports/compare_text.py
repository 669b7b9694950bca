"""A comparison for terminals, pipes and logs: the worst status first, each with its rows."""

from __future__ import annotations

from assay.reports.compare_view import EXISTENCE, WORDS, StatusRows, by_resource, outcome, places, sections
from assay.reports.in_force import in_force
from assay.reports.page import Page
from assay.scanner.compare.model import ComparedRow, Comparison, Half, Side
from assay.scanner.results.ledger import told
from assay.scanner.words import many

COUNTED = ("passes_both", "not_applicable")
"""Statuses of which the text tells the number only."""
MESSAGES = 3
"""Messages that are shown of one side of a row."""


def render(comparison: Comparison, *, width: int = 100, color: bool = False, quiet: bool = False) -> bytes:
    """UTF-8 text. With `quiet` only the failures of the live side and the outcome."""
    page = Page(width, color)
    for section in sections(comparison):
        if section.status in COUNTED or (quiet and not section.status.startswith(("fails_live", "fails_both"))):
            continue
        _section(page, section)
    if not quiet:
        _counts(page, comparison)
        _unseen(page, comparison)
    page.blank()
    said = outcome(comparison)
    page.prose(said.sentence, lead=f"{said.word.upper()}:", style=said.word)
    return page.encoded()


def _section(page: Page, section: StatusRows) -> None:
    page.blank()
    page.prose(f"{len(section.rows)} ({section.meaning})", lead=f"{section.title.upper()}:", style=WORDS[section.status])
    if section.status in EXISTENCE:
        for rows in by_resource(section.rows):
            _resource(page, rows)
        return
    for row in section.rows:
        page.blank()
        page.prose(f"{row.control}: {row.title}", 2, row.severity.upper(), row.severity)
        _half(page, "code", row.code)
        _half(page, "live", row.live)
        _said(page, row)


def _half(page: Page, side: str, half: Half) -> None:
    """The verdict of one side, its resources, and what is found on them."""
    verdict = (half.verdict or "no result").replace("_", " ")
    names = places(half, side)
    page.verbatim(f"{side}  {verdict:<9}  {names[0] if names else ''}".rstrip(), 4)
    for name in names[1:]:
        page.verbatim(name, 21)
    if half.verdict in ("fail", "waived", "unknown", "error"):
        messages = list(dict.fromkeys(finding.message for finding in half.findings if finding.verdict == half.verdict and finding.message))
        for message in messages[:MESSAGES]:
            page.prose(message, 21)
        if len(messages) > MESSAGES:
            page.prose(f"and {many(len(messages) - MESSAGES, 'more finding')}, all in the json report", 21)


def _said(page: Page, row: ComparedRow) -> None:
    if row.reason:
        page.prose(row.reason, 4)
    if row.settles_it and row.status != "fails_both":
        page.prose(row.settles_it, 4, "Settles it:", "heading")


def _resource(page: Page, rows: list[ComparedRow]) -> None:
    """A resource of which one thing is said, with the verdicts of all controls."""
    first = rows[0]
    page.blank()
    for side, half in (("code", first.code), ("live", first.live)):
        for name in places(half, side):
            page.verbatim(f"{side}  {first.kind}  {name}", 2)
    page.prose(first.reason, 4)
    for side in ("code", "live"):
        verdicts: dict[str, list[str]] = {}
        for row in rows:
            half = row.code if side == "code" else row.live
            if half.verdict:
                verdicts.setdefault(half.verdict, []).append(row.control)
        for verdict in sorted(verdicts, key=lambda name: name != "fail"):
            page.prose(", ".join(sorted(verdicts[verdict])), 4, f"{verdict.replace('_', ' ')}:", verdict)
    ways = list(dict.fromkeys(row.settles_it for row in rows if row.settles_it))
    if ways:
        page.prose("; ".join(ways), 4, "Settles it:", "heading")


def _counts(page: Page, comparison: Comparison) -> None:
    page.blank()
    page.prose("", lead="Rows:", style="heading")
    for section in sections(comparison):
        page.prose(f"{len(section.rows):>6}  {section.title}", 2)
    summary = comparison.summary
    page.prose(
        f"{summary.joined} in both, {summary.code_only} in code only, {summary.live_only} live only",
        lead="Resources, by kind:",
        style="heading",
    )
    for state in comparison.states:
        where = f"of {state.root}" if state.root is not None else "not used"
        page.prose(
            f"{state.file}, {where}: {state.identified} of its {many(state.resources, 'resource')} in the code",
            lead="State:",
            style="heading",
        )


def _unseen(page: Page, comparison: Comparison) -> None:
    for name, side in (("Code", comparison.code), ("Live", comparison.live)):
        page.prose(_side(side), lead=f"{name}:", style="heading")
        for sentence in told(side.gaps):
            page.prose(sentence, 2)
    if comparison.gaps:
        page.prose("", lead="Not compared:", style="heading")
        for sentence in told(comparison.gaps):
            page.prose(sentence, 2)


def _side(side: Side) -> str:
    gaps = f", not seen: {many(len(side.gaps), 'gap')}" if side.gaps else ""
    by = "; ".join(f"{heading}: {text}" for heading, text in in_force(side.in_force))
    return f"{', '.join(side.targets) or '(live)'} at {side.finished}: {many(side.results, 'verdict')}{gaps}. {by}"
