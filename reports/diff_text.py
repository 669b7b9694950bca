"""A diff of two runs for terminals, pipes and logs: the sums first, then what is new, then the rest in short."""

from __future__ import annotations

from collections.abc import Iterable

from assay.reports import diff_view, findings
from assay.reports.diff_view import WORDS, StateChanges
from assay.reports.page import Page
from assay.scanner.diff.model import COUNTING, Change, Diff
from assay.scanner.rules.model import SEVERITIES

LISTED = 10
"""Changes of a state that are told in short, and sentences of a list; all of them with --verbose, and in the JSON report."""


def render(diff: Diff, *, width: int = 100, color: bool = False, quiet: bool = False, verbose: bool = False) -> bytes:
    """UTF-8 text. With `quiet` only the sums, what is new and the outcome."""
    page, most = Page(width, color), 0 if verbose else LISTED
    _sums(page, diff)
    if not quiet:
        _sides(page, diff, most)
    for section in diff_view.sections(diff):
        if section.state in COUNTING:
            _whole(page, section)
        elif not quiet:
            _short(page, section, most)
    page.blank()
    said = diff_view.outcome(diff)
    page.prose(said.sentence, lead="DIFF:", style=said.word)
    return page.encoded()


def _sums(page: Page, diff: Diff) -> None:
    rows = diff_view.table(diff)
    if rows:
        page.verbatim(f"{'':<18}" + "".join(f"{severity:>10}" for severity in (*SEVERITIES, "all")), 0, "heading")
    for title, numbers in rows:
        page.verbatim(f"{title:<18}" + "".join(f"{number or '-':>10}" for number in numbers))
    page.verbatim(f"{'unchanged':<18}  {diff_view.unchanged(diff)}")


def _sides(page: Page, diff: Diff, most: int) -> None:
    page.blank()
    page.prose(diff_view.side(diff.old), lead="Old:", style="heading")
    page.prose(diff_view.side(diff.new), lead="New:", style="heading")
    for note in diff.notes:
        page.prose(note, lead="Note:", style="unknown")
    _listed(page, "Not judged alike:", diff_view.rules(diff), most)
    _listed(page, "Not seen:", diff_view.gaps(diff), most)


def _listed(page: Page, lead: str, sentences: Iterable[str], most: int) -> None:
    told = list(sentences)
    if told:
        page.prose("", lead=lead, style="heading")
        for sentence in told[: most or None]:
            page.prose(sentence, 2)
        _more(page, len(told), most)


def _more(page: Page, number: int, most: int) -> None:
    if most and number > most:
        page.prose(f"and {number - most} more: --verbose lists all", 2)


def _head(page: Page, section: StateChanges) -> None:
    page.blank()
    page.prose(f"{len(section.changes)} ({section.meaning})", lead=f"{section.title.upper()}:", style=WORDS[section.state])


def _whole(page: Page, section: StateChanges) -> None:
    _head(page, section)
    for change in section.changes:
        page.blank()
        page.prose(f"{change.control}: {change.title}", 2, change.severity.upper(), change.severity)
        if position := diff_view.position(change):
            page.verbatim(position, 4)
        page.prose(diff_view.headed(change), 4)
        if why := diff_view.why(change):
            page.prose(why, 4, style="dim")


def _short(page: Page, section: StateChanges, most: int) -> None:
    _head(page, section)
    for change in section.changes[: most or None]:
        page.verbatim(diff_view.shortly(change), 2)
        if reason := _reason(change):
            page.prose(reason, 4)
    _more(page, len(section.changes), most)


def _reason(change: Change) -> str:
    return "; ".join(filter(None, (diff_view.why(change), _waiver(change))))


def _waiver(change: Change) -> str:
    waiver = change.new.waiver if change.state == "waived" and change.new is not None else None
    return "" if waiver is None else findings.accepted(waiver)
