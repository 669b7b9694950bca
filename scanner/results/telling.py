"""A result in words, and where it points."""

from __future__ import annotations

from assay.scanner import lazy_re
from assay.scanner.results.model import Evidence, Result
from assay.scanner.sources.raw import Location


def place(result: Result) -> Location | None:
    """The one place to look at: where the attribute stands that decided, else the first block that has a file."""
    reasons = [unknown.location for unknown in result.unknown] if result.verdict == "unknown" else []
    candidates = [*reasons, *(evidence.location for evidence in result.evidence)]
    seen = [location for location in candidates if location is not None]
    for location in seen:
        if location.file and location.line:
            return location
    for block in result.resource.blocks:
        if block.file:
            return Location(block.file, block.start_line or 0, block.end_line or 0)
    return seen[0] if seen else None


def told(result: Result) -> str:
    """What is so, in words, with the way that it stands on in a line: for whoever does not show its steps."""
    message = result.message or result.title
    return f"{message}: {' > '.join(way_of(result))}" if result.steps else message


def observed(fact: Evidence) -> str:
    """A fact in words, with what was expected of it, where that decides something."""
    return f"{fact.fact} is {fact.observed}" + (f", expected {fact.expected}" if fact.expected else "")


def way_of(result: Result) -> list[str]:
    """The steps of the way that a finding stands on, each with by what it goes on; without the resource itself at its end."""
    steps, resource = result.steps or [], result.resource
    last = len(steps) - 1 if steps and steps[-1].what in (resource.name, resource.address) else len(steps)
    return [f"{step.what} ({step.by})" if step.by else step.what for step in steps[:last]]


def message_of(result: Result) -> str:
    """What is so, in words, with the element that it is so for, unless these words name all of it: `TCP port 22` says `tcp, 22, 22`."""
    message = told(result)
    if result.steps:  # the steps tell the element
        return message
    if not result.element or result.element in message or _words(result.element) <= _words(message):
        return message
    return f"{message} ({result.element})"


_BETWEEN_WORDS = lazy_re.pattern(r"[\s,()]+")


def _words(text: str) -> set[str]:
    return {word for word in _BETWEEN_WORDS.split(text.casefold()) if word}
