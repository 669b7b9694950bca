"""A diff of two runs in Markdown, for a comment on a pull request or the summary of a step, within what GitHub takes (markdown.py)."""

from __future__ import annotations

from collections.abc import Iterable

from assay.reports import diff_view
from assay.reports.diff_view import StateChanges
from assay.reports.markdown_text import span
from assay.scanner.diff.model import COUNTING, Change, Diff
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.words import many

MARK = "<!-- assay diff -->"
"""The first line: how the comment of an earlier diff is found again."""
COUNTED, OTHERS = 32_000, 2_500
"""Bytes of what is new, and of each other list. With the headings, all of them stay below 65,536."""


def render(diff: Diff, *, width: int = 0, color: bool = False, quiet: bool = False, verbose: bool = False) -> bytes:
    """UTF-8; what others wrote stands in code spans alone."""
    said = diff_view.outcome(diff)
    lines = [MARK, f"## Assay: {said.sentence}", "", *_table(diff), f"Unchanged: {diff_view.unchanged(diff)}."]
    lines += _told("Beware", diff.notes)
    room = COUNTED
    for section in diff_view.sections(diff):
        if section.state in COUNTING:
            made, room = _list(section, room)
            lines += ["", f"### {section.title}: {section.meaning}", "", *made]
    for section in diff_view.sections(diff):
        if section.state not in COUNTING:
            made, _ = _list(section, OTHERS)
            heading = f"{section.title}: {len(section.changes)} ({section.meaning})"
            lines += ["", f"<details><summary>{heading}</summary>", "", *made, "", "</details>"]
    lines += _told("Not judged alike", diff_view.rules(diff))
    lines += _told("Not seen", diff_view.gaps(diff))
    lines += ["", f"Assay {span(diff.version)}; old {span(diff_view.side(diff.old))}, new {span(diff_view.side(diff.new))}"]
    return ("\n".join(lines) + "\n").encode()


def _table(diff: Diff) -> list[str]:
    rows = [f"| {title} | {' | '.join(str(number or '') for number in numbers)} |" for title, numbers in diff_view.table(diff)]
    if not rows:
        return []
    return [f"| | {' | '.join(SEVERITIES)} | all |", f"| --- |{' ---: |' * (len(SEVERITIES) + 1)}", *rows, ""]


def _list(section: StateChanges, room: int) -> tuple[list[str], int]:
    """The changes of a state as far as they fit, and the room that is left."""
    lines: list[str] = []
    for number, change in enumerate(section.changes):
        entry = _entry(change)
        room -= len(entry.encode()) + 1
        if room < 0:
            return [*lines, "", f"and {many(len(section.changes) - number, 'more change')}; the json report has all"], 0
        lines.append(entry)
    return lines, room


def _entry(change: Change) -> str:
    severity = change.severity if change.severity in SEVERITIES else "other"
    position, why = diff_view.position(change), diff_view.why(change)
    said = diff_view.headed(change) if change.state in COUNTING else diff_view.shortly(change)
    named = f"{severity} {span(change.control)} " if change.state in COUNTING else ""
    return f"- {named}{span(position) + ' ' if position else ''}{span(said)}" + (f" ({span(why)})" if why else "")


def _told(heading: str, sentences: Iterable[str]) -> list[str]:
    """A short list of sentences; what does not fit is counted."""
    lines, room, told = [f"- {span(sentence)}" for sentence in sentences], OTHERS, 0
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        told += 1
    more = [f"- and {len(lines) - told} more"] if told < len(lines) else []
    return ["", f"### {heading}", "", *lines[:told], *more] if lines else []
