"""Lists of the HTML report that are written out, each with a bound: what is beyond it stands in the table of all results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from assay.reports.html_sums import where
from assay.reports.view import failing, ordered, remediation
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result, UnknownFact
from assay.scanner.sources.answers import Asked
from assay.scanner.sources.raw import Location

MOST_DETAILED = 300
"""Failures of the whole report that are shown with their evidence; each control has some of its own."""
MOST_BRIEF = 3000
"""Failures of the whole report that have a line each."""
MOST_LISTED = 500
"""Rows of one table."""
MOST_ANSWERED = 1_500_000
"""Characters of all answers of accounts that are shown."""
_AROUND = 2
"""Lines of code before and after those that decided."""
_LINES = 14


class FailedControl(msgspec.Struct):
    """A control that fails, with its failures and what its rule says about it."""

    number: int
    id: str
    title: str
    severity: str
    why: str
    tool: str
    way: str
    results: list[Result] = []
    """Results that are shown with their evidence."""
    briefly: list[Result] = []
    """Results that get one line."""
    more: int = 0
    """How many further results there are, which are only counted."""


def failed_controls(report: Report, context: Context) -> list[FailedControl]:
    """Controls that fail, the most severe first."""
    failed: dict[str, FailedControl] = {}
    inputs = failing(report)
    failures = ordered(result for result in report.results if result.verdict == "fail")
    each, briefly = (max(3, most // max(1, len(inputs))) for most in (MOST_DETAILED, MOST_BRIEF))
    for result in failures:
        if result.control not in failed:
            control = context.controls.get(result.control)
            why, (tool, way) = control.why if control else "", remediation(control, inputs[result.control])
            failed[result.control] = FailedControl(
                len(failed) + 1, result.control, result.title, result.severity, why.strip(), tool, way.strip()
            )
        group = failed[result.control]
        if len(group.results) < each:
            group.results.append(result)
        elif len(group.briefly) < briefly:
            group.briefly.append(result)
        else:
            group.more += 1
    return list(failed.values())


def excerpt(context: Context, seen: Location | None) -> list[tuple[int, str, bool]]:
    """The code at a place with some lines around it: number, text, whether it is of the place itself."""
    if seen is None or not seen.file or not seen.line:
        return []
    last = min(max(seen.line, seen.end_line), seen.line + _LINES)
    first = max(1, seen.line - _AROUND)
    lines = context.source(seen.file, first, last + _AROUND)
    return [(number, text, seen.line <= number <= last) for number, text in enumerate(lines, first)]


class Answered(msgspec.Struct, frozen=True):
    """What an account answered, as evidence of a finding."""

    seen: Location
    text: str


def answered(groups: Iterable[FailedControl], context: Context) -> Callable[[Result], list[Answered]]:
    """A function from a failure that is shown with its evidence to the answers that it rests on, as far as a snapshot holds them."""
    asked = dict.fromkeys(key for group in groups for result in group.results for key in _asked(result))
    found, left = dict[Asked, str](), MOST_ANSWERED
    for key, text in context.answers(asked).items() if asked else ():
        left -= len(text)
        if left >= 0:
            found[key] = text
    return lambda result: [Answered(seen, found[key]) for key, seen in _asked(result).items() if key in found]


def _asked(result: Result) -> dict[Asked, Location]:
    """The answers that the evidence of a result names, each once."""
    held = result.resource
    seen = (fact.location for fact in result.evidence if fact.location is not None and fact.location.operation)
    return {Asked(held.root, held.address, location.operation, location.time): location for location in seen}


class Settled(msgspec.Struct):
    """Results that one thing would settle."""

    way: str
    number: int = 0
    rows: list[tuple[Result, UnknownFact | None]] = []


def settled(unknown: Iterable[Result]) -> list[Settled]:
    """Unknown results by what would settle them, the most frequent first."""
    by_way: dict[str, Settled] = {}
    for result in unknown:
        missed: list[UnknownFact | None] = [*result.unknown] or [None]
        for missing in missed:
            way = missing.settles_it if missing else ""
            group = by_way.setdefault(way, Settled(way))
            group.number += 1
            if len(group.rows) < MOST_LISTED // 5:
                group.rows.append((result, missing))
    return sorted(by_way.values(), key=lambda group: (-group.number, group.way))


class Passed(msgspec.Struct):
    """What passes of a control, or does not apply to it."""

    id: str
    title: str
    number: int = 0
    results: list[Result] = []


def passes(report: Report) -> list[Passed]:
    """What passes or does not apply, by control."""
    by_control: dict[str, Passed] = {}
    for result in sorted(report.results, key=lambda result: (result.control, result.resource.address, result.element)):
        if result.verdict in ("pass", "not_applicable"):
            group = by_control.setdefault(result.control, Passed(result.control, result.title))
            group.number += 1
            if len(group.results) < MOST_LISTED:
                group.results.append(result)
    return list(by_control.values())


def callers(report: Report) -> list[str]:
    """As whom live accounts were asked, by what answered; a few of many."""
    found: dict[str, None] = {}
    for result in report.results:
        for fact in result.evidence:
            if fact.location is not None and fact.location.caller:
                found[fact.location.caller] = None
        if len(found) > MOST_LISTED:
            break
    return sorted(found)[:10]


def appendix(report: Report) -> dict[str, Any]:
    """`population`: type, place and number of resources; `answered`: operation, permission, outcome and number of calls."""
    resources: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    for result in report.results:
        held = result.resource
        resources[held.cloud, held.root, held.address, held.id] = (held.type or held.kind, where(result))
    counts: dict[tuple[str, str], int] = {}
    for key in resources.values():
        counts[key] = counts.get(key, 0) + 1
    calls: dict[tuple[str, str, str], int] = {}
    for call in report.coverage.calls:
        name = (f"{call.service}:{call.operation}", call.permission, call.outcome)
        calls[name] = calls.get(name, 0) + call.count
    return {
        "population": [(type_, place, number) for (type_, place), number in sorted(counts.items())],
        "answered": [(*name, number) for name, number in sorted(calls.items())],
    }
