"""All of a finding in a few lines of Markdown: what is so, on what that rests, and what would settle what is not known.

Names and values are of whoever wrote the code, and rules may be of the same tree: all text is escaped, so that none of it becomes a link,
an image or a heading. A backslash before punctuation makes it text (https://spec.commonmark.org/0.31.2/#backslash-escapes).
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping

from assay.scanner.editor.marks import EditorMark
from assay.scanner.results.model import Result
from assay.scanner.results.telling import message_of
from assay.scanner.sources.raw import Location
from assay.scanner.words import visible

_MOST_FACTS, _MOST_FINDINGS, _LONGEST = 12, 3, 600
_ESCAPES = str.maketrans({char: f"\\{char}" for char in string.punctuation})


def markdown(marks: Iterable[EditorMark], why: Mapping[str, str]) -> str:
    """What is told of some marks; empty for none that stands for a finding. `why`: control to why it asks what it asks."""
    told = [_mark(mark, why.get(mark.code, "")) for mark in marks if mark.findings]
    return "\n\n---\n\n".join(told)


def _mark(mark: EditorMark, why: str) -> str:
    first = mark.findings[0].result
    heading = f"[{escaped(mark.code)}]({mark.page})" if mark.page else escaped(mark.code)
    parts = [f"**{escaped(_verdict(first))}** {heading}", escaped(first.title)]
    for seen in mark.findings[:_MOST_FINDINGS]:
        parts += _finding(seen.result)
    if more := len(mark.findings) - _MOST_FINDINGS:
        parts += [f"and through {more} more root modules"] if more > 0 else []
    if why:
        parts.append(escaped(why))
    return "\n\n".join(parts)


def _verdict(result: Result) -> str:
    return f"{result.verdict.replace('_', ' ')}, {result.severity}"


def _finding(result: Result) -> Iterator[str]:
    root = f" in {escaped(result.resource.root)}" if result.resource.root not in ("", ".") else ""
    yield f"{escaped(result.resource.address)}{root}: {escaped(message_of(result))}"
    facts = [
        f"- {escaped(evidence.fact)} is {escaped(evidence.observed)}; expected: {escaped(evidence.expected)}{_at(evidence.location)}"
        for evidence in result.evidence[:_MOST_FACTS]
    ]
    facts += [
        f"- {escaped(fact.fact)} is not known: {escaped(fact.reason)}{_at(fact.location)}; settled by: {escaped(fact.settles_it)}"
        for fact in result.unknown[:_MOST_FACTS]
    ]
    if facts:
        yield "\n".join(facts)
    if result.waiver is not None:
        waiver = result.waiver
        state = "waived" if result.verdict == "waived" else "was waived"
        yield f"{state} until {escaped(waiver.expires or 'further notice')}: {escaped(waiver.reason)}"
    if result.standing:
        yield f"{escaped(result.standing)} beside the baseline"


def _at(location: Location | None) -> str:
    return f" ({escaped(str(location))})" if location is not None else ""


def escaped(text: str) -> str:
    """A text in one line, of which Markdown makes nothing."""
    shown = visible(" ".join(text.split())[:_LONGEST])
    return shown.translate(_ESCAPES)
