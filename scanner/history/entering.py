"""Enters a run in a history: what it says of every finding that was known, and what it found beside them.

The findings that the history knows are put together to a report, which `assay diff` holds against that of the run. Those that could not be
seen before are held against it apart: that another finding took the place of one is told by the run in which it did, and not by the next.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import msgspec
import sqlalchemy
from sqlalchemy import Connection

from assay.scanner.diff.join import FINDINGS, became
from assay.scanner.diff.model import Change, State
from assay.scanner.diff.scopes import Scopes
from assay.scanner.history import known as stored
from assay.scanner.history.known import KnownFinding, short, state_of
from assay.scanner.history.tables import EVENTS, OPEN, UNKNOWN, WAIVED, finding, meta, run
from assay.scanner.history.writing import Event, Writing
from assay.scanner.results.model import WORST, Report, Result
from assay.scanner.sources.paths import show

_CLOSING: frozenset[State] = frozenset({"fixed", "gone", "settled"})
_UNSEEN: dict[State, str] = {
    "unobserved": "unobserved",
    "left_scope": "left_scope",
    "became_unknown": "unobserved",
    "still_unknown": "unobserved",
}
"""What a finding without a result of its own became, to the event: none of them says that it is over."""


class RunChanges(msgspec.Struct):
    """What a run changed."""

    run: int
    previous: int | None
    """The run that it was compared with; None for the first."""
    events: dict[str, int]
    """How many of each."""
    open: int
    oldest: int | None
    """The first run that found one of them failing."""
    waived: int
    unknown: int
    unobserved: int
    """Of those that are not over, how many the run could not see."""
    without_result: list[Event]
    """The events of findings that the run has no result of."""


def enter(connection: Connection, report: Report, complete: bool) -> RunChanges:
    """Enter a run. It counts once: one that is there already changes nothing."""
    there = connection.scalar(sqlalchemy.select(run.c.id).where(run.c.uuid == report.run.id))
    if there is not None:
        return _entered(connection, there, None, [])
    number, report = _next(connection), _as_it_names_roots(report)
    series = " ".join(sorted(report.run.targets))
    before = stored.header(connection, series)
    results = _worst_results(report)
    known = {open_finding.fingerprint: open_finding for open_finding in stored.open_findings(connection)}
    _enter_run(connection, number, series, report, complete)
    events = _events(connection, report, before[1] if before else None, known, results)
    Writing(connection, number).write(events, Scopes(report))
    entered = _entered(connection, number, before[0] if before else None, events)
    sums = {name: getattr(entered, name) for name in ("open", "waived", "unknown", "unobserved")}
    connection.execute(sqlalchemy.update(run).where(run.c.id == number).values(sums))
    return entered


def _as_it_names_roots(report: Report) -> Report:
    """The report with targets that are named as its roots are, by which it is told what the run looked at."""
    targets = [show(target) if os.path.exists(target) else target for target in report.run.targets]
    return msgspec.structs.replace(report, run=msgspec.structs.replace(report.run, targets=targets))


def _next(connection: Connection) -> int:
    """The number of the run that is entered. Whoever else enters one waits until this transaction is over."""
    connection.execute(sqlalchemy.update(meta).where(meta.c.name == "runs").values(value=meta.c.value + 1))
    return int(connection.scalar(sqlalchemy.select(meta.c.value).where(meta.c.name == "runs")) or 0)


def _enter_run(connection: Connection, number: int, series: str, report: Report, complete: bool) -> None:
    connection.execute(sqlalchemy.update(run).where(run.c.series == series).values(header=None))
    row = {
        "id": number, "uuid": report.run.id, "series": series, "started": report.run.started, "finished": report.run.finished,
        "version": report.tool.version, "rules": report.tool.policies, "complete": complete,
        "results": sum(report.summary.verdicts.values()),
        "header": stored.packed(report),
    }  # fmt: skip
    connection.execute(run.insert(), [row])


def _entered(connection: Connection, number: int, previous: int | None, events: list[Event]) -> RunChanges:
    counts = {
        (state, observed): count
        for state, observed, count in connection.execute(
            sqlalchemy.select(finding.c.state, finding.c.observed, sqlalchemy.func.count())
            .where(finding.c.closed.is_(None))
            .group_by(finding.c.state, finding.c.observed)
        )
    }

    def of(*states: int) -> int:
        return sum(count for (state, _), count in counts.items() if state in states)

    return RunChanges(
        run=number,
        previous=previous,
        events={name: count for name in EVENTS if (count := sum(event.name == name for event in events))},
        open=of(OPEN),
        oldest=connection.scalar(
            sqlalchemy.select(sqlalchemy.func.min(finding.c.opened)).where(finding.c.closed.is_(None), finding.c.state == OPEN)
        ),
        waived=of(WAIVED),
        unknown=of(UNKNOWN),
        unobserved=sum(count for (_, observed), count in counts.items() if not observed),
        without_result=[event for event in events if event.known is not None and event.result is event.known.result],
    )


def _events(
    connection: Connection, report: Report, before: Report | None, known: Mapping[bytes, KnownFinding], results: Mapping[bytes, Result]
) -> list[Event]:
    events = [*_of_known(report, before, known, results)] if before is not None else []
    unknown_yet = [mark for mark in results if mark not in known]
    past = stored.over(connection, unknown_yet)
    for mark in unknown_yet:
        result = results[mark]
        name = "regressed" if mark in past and result.verdict == "fail" else _EVENT_OF[result.verdict]
        events.append(Event(name, result, past=past.get(mark)))
    return events


_EVENT_OF = {"fail": "new", "waived": "waived", "unknown": "unknown", "error": "unknown"}


def _worst_results(report: Report) -> dict[bytes, Result]:
    """The findings of a run, by their fingerprints; of several results with one, the worst."""
    results: dict[bytes, Result] = {}
    for result in report.results:
        if result.verdict in FINDINGS:
            mark = short(result.fingerprint)
            other = results.get(mark)
            if other is None or WORST.index(result.verdict) < WORST.index(other.verdict):
                results[mark] = result
    return results


def _of_known(report: Report, before: Report, known: Mapping[bytes, KnownFinding], results: Mapping[bytes, Result]) -> Iterable[Event]:
    """What became of the findings that the history knows."""
    for seen in (True, False):
        part = [open_finding for open_finding in known.values() if open_finding.observed is seen]
        if not part:
            continue
        old = msgspec.structs.replace(before, results=[open_finding.result for open_finding in part])
        changes = {short(changed.fingerprint): changed for changed in became(old, report)}
        for open_finding in part:
            event = _event(open_finding, changes.get(open_finding.fingerprint), results.get(open_finding.fingerprint))
            if event is not None:
                yield event


def _event(known: KnownFinding, changed: Change | None, now: Result | None) -> Event | None:
    """What became of one known finding; None where it is as it was."""
    rule = changed.rule_changed if changed is not None else ""
    if now is not None:
        state = state_of(now.verdict)
        if state == known.state:
            return None if known.observed else Event("seen", now, rule=rule, known=known)
        if known.state == UNKNOWN and state == OPEN and known.opened is not None:
            return Event("seen", now, rule=rule, known=known)
        name = _EVENT_OF[now.verdict]
        return Event(
            "unwaived" if name == "new" and changed is not None and changed.state == "unwaived" else name, now, rule=rule, known=known
        )
    if changed is None:
        return None
    if changed.state in _CLOSING:
        name = "fixed" if changed.state == "settled" and known.opened is not None else changed.state
        return Event(name, known.result, changed.reason, rule, known)
    name = _UNSEEN.get(changed.state, "unobserved")
    return Event(name, known.result, changed.reason, rule, known) if known.observed else None
