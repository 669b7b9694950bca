"""Lists of the HTML report that are written out, each with a bound: what is beyond it stands in the table of all results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from assay.reports.html_sums import where
from assay.reports.view import failing, rank, remediation
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result, UnknownFact
from assay.scanner.sources.answers import AnswerKey
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


class First:
    """The first of what comes, in an order, as many as are shown; and how many there are."""

    def __init__(self, most: int, key: Callable[[Any], Any]) -> None:
        self.total = 0
        self._most, self._key = most, key
        self._held: list[Any] = []

    def add(self, one: Any) -> None:
        """One more. Hardly more is held than is shown."""
        self.total += 1
        self._held.append(one)
        if len(self._held) >= 2 * self._most + _SPARE:
            self._cut()

    @property
    def rows(self) -> list[Any]:
        """Those that are shown."""
        self._cut()
        return self._held

    @property
    def more(self) -> int:
        """How many there are beside these."""
        return self.total - len(self.rows)

    def _cut(self) -> None:
        self._held.sort(key=self._key)
        del self._held[self._most :]


_SPARE = 100


class FailedControl(msgspec.Struct):
    """A control that fails, with its failures and what its rule says about it."""

    number: int
    id: str
    title: str
    severity: str
    why: str
    tool: str
    way: str
    results: list[Result]
    """Results that are shown with their evidence."""
    briefly: list[Result]
    """Results that get one line."""
    more: int
    """How many further results there are, which are only counted."""


def failed_controls(report: Report, context: Context) -> list[FailedControl]:
    """Controls that fail, the most severe first."""
    inputs = failing(report)
    detailed, briefly = (max(3, most // max(1, len(inputs))) for most in (MOST_DETAILED, MOST_BRIEF))
    failures = {control: First(detailed + briefly, rank) for control in inputs}
    for result in report.results:
        if result.verdict == "fail":
            failures[result.control].add(result)
    failed: list[FailedControl] = []
    for first in sorted(failures.values(), key=lambda first: rank(first.rows[0])):
        one = first.rows[0]
        control = context.controls.get(one.control)
        why, (tool, way) = control.why if control else "", remediation(control, inputs[one.control])
        listed = (first.rows[:detailed], first.rows[detailed:], first.more)
        failed.append(FailedControl(len(failed) + 1, one.control, one.title, one.severity, why.strip(), tool, way.strip(), *listed))
    return failed


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
    texts, left = dict[AnswerKey, str](), MOST_ANSWERED
    for key, text in context.answers(asked).items() if asked else ():
        left -= len(text)
        if left >= 0:
            texts[key] = text
    return lambda result: [Answered(seen, texts[key]) for key, seen in _asked(result).items() if key in texts]


def _asked(result: Result) -> dict[AnswerKey, Location]:
    """The answers that the evidence of a result names, each once."""
    ref = result.resource
    seen = (fact.location for fact in result.evidence if fact.location is not None and fact.location.operation)
    return {AnswerKey(ref.root, ref.address, location.operation, location.time): location for location in seen}


class Settled(msgspec.Struct):
    """Results that one thing would settle."""

    way: str
    number: int
    rows: list[tuple[Result, UnknownFact | None, int]]
    """Each with a fact that is missing, and its place among those of the result."""


def settled(results: Iterable[Result]) -> list[Settled]:
    """Unknown results by what would settle them, the most frequent first."""
    by_way: dict[str, First] = {}
    for result in results:
        missed: list[UnknownFact | None] = [*result.unknown] or [None]
        for at, missing in enumerate(missed if result.verdict == "unknown" else ()):
            way = missing.settles_it if missing else ""
            by_way.setdefault(way, First(MOST_LISTED // 5, lambda row: (*rank(row[0]), row[2]))).add((result, missing, at))
    groups = [Settled(way, first.total, first.rows) for way, first in by_way.items()]
    return sorted(groups, key=lambda group: (-group.number, group.way))


def with_verdict(results: Iterable[Result], verdict: str) -> First:
    """The results that have it."""
    first = First(MOST_LISTED, rank)
    for result in results:
        if result.verdict == verdict:
            first.add(result)
    return first


def _by_address(result: Result) -> tuple[Any, ...]:
    return result.resource.address, result.element, *rank(result)


class Passed(msgspec.Struct):
    """What passes of a control, or does not apply to it."""

    id: str
    title: str
    number: int
    results: list[Result]


def passes(report: Report) -> list[Passed]:
    """What passes or does not apply, by control."""
    by_control: dict[str, First] = {}
    for result in report.results:
        if result.verdict in ("pass", "not_applicable"):
            by_control.setdefault(result.control, First(MOST_LISTED, _by_address)).add(result)
    return [Passed(control, first.rows[0].title, first.total, first.rows) for control, first in sorted(by_control.items())]


def callers(report: Report) -> list[str]:
    """As whom live accounts were asked, by what answered; a few of many."""
    names: dict[str, None] = {}
    for result in report.results:
        for fact in result.evidence:
            if fact.location is not None and fact.location.caller:
                names[fact.location.caller] = None
        if len(names) > MOST_LISTED:
            break
    return sorted(names)[:10]


def appendix(report: Report) -> dict[str, Any]:
    """`population`: type, place and number of resources; `answered`: operation, permission, outcome and number of calls."""
    resources: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    for result in report.results:
        ref = result.resource
        resources[ref.cloud, ref.root, ref.address, ref.id] = (ref.type or ref.kind, where(result))
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
