"""What a history knows, as the formats say it: how old a finding is, and what a run changed. Where none is kept, nothing of it is said.

Ages are counted to the beginning of the run, so that the same run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.reports.times import moment, started
from assay.reports.view import shortly
from assay.scanner.results.model import Course, HistoryChange, Report, Result
from assay.scanner.results.remembered import EVENTS, changed, unseen
from assay.scanner.words import many

STATES = {"new": "new", "regressed": "back", "known": "known"}
"""The state of a finding to what it is called."""
OVER = ("fixed", "gone", "settled")
"""Events of findings that are no more."""
COLOURS: Mapping[str, str] = {"fixed": "pass", "settled": "pass", "gone": "not_applicable"}
"""An event to the verdict whose colour it has; `unknown` for the others, which say that something was not seen."""


def is_kept(report: Report) -> bool:
    """Whether a history is kept of runs like this one, also where it could not take this one in."""
    return bool(report.history) or any(result.course for result in report.results)


def lasting(since: str, report: Report) -> str:
    """How long something is so at the beginning of a run, in words; empty where no time can be read."""
    begun = moment(since)
    if begun is None:
        return ""
    seconds = (started(report.run) - begun).total_seconds()
    if seconds <= 0:
        return "since this run"
    if seconds < 3_600:
        return "for less than an hour"
    return f"for {many(int(seconds // 86_400), 'day') if seconds >= 86_400 else many(int(seconds // 3_600), 'hour')}"


def age(result: Result, report: Report) -> str:
    """`new`, `back (2nd time)`, or how long a finding is as it is; empty without a history."""
    course = result.course
    if not course:
        return ""
    if course.state == "regressed":
        return f"{STATES['regressed']} ({_ordinal(course.times)} time)"
    return STATES["new"] if course.state == "new" else lasting(course.since, report) or STATES["known"]


def aged(text: str, result: Result, report: Report) -> str:
    """A text with the age of the finding behind it."""
    said = age(result, report)
    return f"{text}, {said}" if said else text


def mark(result: Result, report: Report) -> str:
    """The beginning of a fingerprint, with the age of the finding beside it."""
    return ", ".join(filter(None, (shortly(result), age(result, report))))


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def word(course: Course) -> str:
    """The state of a finding in a word."""
    return STATES.get(course.state, course.state)


def fields(result: Result) -> dict[str, str]:
    """What is known of a finding by the names that formats give it; empty without a history."""
    return course_fields(result.course) if result.course else {}


def course_fields(course: Course | None) -> dict[str, str]:
    """The same of a course."""
    return {"state": course.state, "first-seen": course.first, "since": course.since, "times": str(course.times)} if course else {}


def summary(report: Report) -> str:
    """What a run changed, what is open and for how long, in a sentence; empty without a history."""
    history = report.history
    if not history:
        return ""
    longest = lasting(history.oldest, report)
    oldest = f", the oldest {longest}" if longest.startswith("for ") else ""
    return f"{changed(history)}; {many(history.open, 'finding')} open{oldest}{unseen(history)}"


def previous(report: Report) -> str:
    """The run that this one is compared with, in words; empty without a history."""
    if not report.history:
        return ""
    return f"since the run of {report.history.previous}" if report.history.previous else "the first run"


def changes(report: Report) -> list[HistoryChange]:
    """The findings that the run has no result of, by what became of them: those first that are over."""
    order = {event: rank for rank, event in enumerate(dict.fromkeys((*OVER, *EVENTS)))}
    remembered = report.history.changes if report.history else []
    return sorted(
        remembered, key=lambda change: (order.get(change.event, len(order)), change.control, change.root, change.address, change.element)
    )


def event(change: HistoryChange) -> str:
    """What became of a finding in a word."""
    return EVENTS.get(change.event, change.event)


def subject(change: HistoryChange) -> str:
    """Which resource a finding was about, and where."""
    address = change.address if change.root in ("", ".") else f"{change.root}: {change.address}"
    place = ", ".join(filter(None, (change.account, change.region)))
    return address + (f" [{change.element}]" if change.element else "") + (f" in {place}" if place else "")


def why(change: HistoryChange, report: Report) -> str:
    """How long a finding was known, why it is what it is now, and whether another rule says so."""
    lasted = lasting(change.since, report)
    rule = "another rule judged than before" if change.rule_changed else ""
    return "; ".join(filter(None, (f"known {lasted}" if lasted else "", change.reason, rule)))


def told(change: HistoryChange, report: Report) -> str:
    """A finding that the run has no result of, in a sentence without what became of it."""
    because = why(change, report)
    return f"{change.severity} {change.control}: {subject(change)}" + (f": {because}" if because else "")


def sentences(report: Report) -> Iterator[str]:
    """The findings that the run has no result of, a sentence for each; none without a history."""
    return (f"{event(change)}: {told(change, report)}" for change in changes(report))
