"""The SARIF side of a history: how a result stands beside the runs before, and those of them that are no more (SARIF 2.1.0, 3.27.24, 3.48).

`baselineState` is of one comparison. Where the run stands beside a baseline or another revision, it is of that, which decides what counts,
and nothing is absent; the properties say what the history knows all the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from assay.reports import history_view
from assay.reports.sarif_gate import MOST, is_compared
from assay.reports.sarif_rules import LEVELS, Object, SarifRules, plain
from assay.reports.times import moment, stamp
from assay.scanner.results.model import Course, HistoryChange, Report
from assay.scanner.words import shown, visible


def is_baseline(report: Report) -> bool:
    """Whether results say how they stand beside the runs of a history."""
    return history_view.is_kept(report) and not is_compared(report)


def baseline_state(course: Course | None) -> str:
    """What is back is new again: the run before did not have it."""
    return "unchanged" if course is not None and course.state == "known" else "new"


def of_course(course: Course) -> Object:
    """The parts of a result that say what is known of it."""
    known: Object = {"state": course.state, "since": visible(course.since), "times": course.times}
    first = moment(course.first)
    return {"properties": {"history": known}, **({"provenance": {"firstDetectionTimeUtc": stamp(first)}} if first else {})}


def past(report: Report) -> list[HistoryChange]:
    """The findings that are results of the run because it is compared with those before, and they are no more."""
    return [change for change in history_view.changes(report) if change.event in history_view.OVER] if is_baseline(report) else []


def absent(report: Report, rules: SarifRules, physical: Callable[[str, int, int], Object], most: int) -> Iterator[Object]:
    """Findings that are no more, as far as there is room. Without a location, GitHub refuses the whole log."""
    for change in itertools.islice(past(report), max(most, 0)):
        fails = change.event != "settled"
        qualified = f"{change.root}/{change.address}" if change.root not in ("", ".") else change.address
        logical = {"name": shown(change.address), "fullyQualifiedName": shown(qualified), "kind": "resource"}
        place: Object = {"physicalLocation": physical(change.file, 0, 0)} if change.file else {}
        yield {
            "ruleId": visible(change.control),
            "ruleIndex": rules.index[change.control],
            "kind": "fail" if fails else "open",
            "level": LEVELS.get(change.severity, "warning") if fails else "none",
            "message": {"text": plain("; ".join([f"{history_view.subject(change)}: {change.event}", *_why(change, report)]))},
            "locations": [{"logicalLocations": [logical], **place}],
            "partialFingerprints": {"policyFingerprint/v1": visible(change.fingerprint)},
            "baselineState": "absent",
            "properties": {"severity": visible(change.severity), "history": {"state": change.event, "since": visible(change.since)}},
        }


def _why(change: HistoryChange, report: Report) -> list[str]:
    because = history_view.why(change, report)
    return [because] if because else []


def properties(report: Report) -> Object:
    """What the run changed, and which findings it has no result of, since not all of them are results."""
    history = report.history
    if not history:
        return {}
    told = list(history_view.sentences(report))
    counts = {name: getattr(history, name) for name in ("open", "waived", "unknown", "unobserved")}
    return {
        "history": {
            "previous": visible(history.previous), "summary": plain(history_view.summary(report)), **counts, "events": dict(history.events),
            "changes": [plain(sentence) for sentence in told[:MOST]], "leftOut": max(len(told) - MOST, 0),
        }
    }  # fmt: skip
