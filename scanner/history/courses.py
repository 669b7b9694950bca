"""What a history knows of findings, told to a run while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import sqlalchemy

from assay.scanner.diff.join import FINDINGS
from assay.scanner.history.database import opened
from assay.scanner.history.entering import RunChanges
from assay.scanner.history.known import short, state_of
from assay.scanner.history.nights import nights, times
from assay.scanner.history.tables import OPEN, WAIVED, finding
from assay.scanner.history.writing import Event
from assay.scanner.results.model import Course, HistoryChange, HistoryReport, Result

NIGHTS = 30
"""Runs that a report shows."""


class Courses:
    """The findings of a history as they are before a run."""

    def __init__(self, where: str, started: Callable[[], str]) -> None:
        """`where`: the history; `started`: when the run began. Raises HistoryError."""
        self._started = started
        with opened(where, make=True) as connection:
            self._runs = times(connection)
            names = ("fingerprint", "state", "closed", "first", "since", "opened", "openings")
            rows = connection.execute(sqlalchemy.select(*(finding.c[name] for name in names)))
            self._known = {bytes(mark): tuple(rest) for mark, *rest in rows}

    def told(self, result: Result) -> Result:
        """A result with what is known of it; what is no finding as it is."""
        return msgspec.structs.replace(result, course=self._of(result)) if result.verdict in FINDINGS else result

    def _of(self, result: Result) -> Course:
        now, state = self._started(), state_of(result.verdict)
        known = self._known.get(short(result.fingerprint))
        if known is None:
            return Course("new", now, now, int(state == OPEN))
        was, closed, first, since, opened_in, openings = known
        if state == OPEN and (closed is not None or opened_in is None):
            return Course("new" if closed is None else "regressed", self._runs[first], now, openings + 1)
        if state == OPEN and was == WAIVED:
            return Course("regressed", self._runs[first], self._runs[opened_in], openings)
        begun = opened_in if state == OPEN else since if state == was and closed is None else None
        return Course("known", self._runs[first], now if begun is None else self._runs[begun], openings)


def history_report(where: str, entered: RunChanges) -> HistoryReport:
    """What a report says of the history once its run is entered. Raises HistoryError."""
    with opened(where) as connection:
        started = times(connection)
        shown = nights(connection, NIGHTS, entered.run)
    changes = [_change(event, started) for event in entered.without_result]
    return HistoryReport(
        previous=started.get(entered.previous or 0, ""),
        open=entered.open,
        oldest=started.get(entered.oldest or 0, ""),
        waived=entered.waived,
        unknown=entered.unknown,
        unobserved=entered.unobserved,
        events=entered.events,
        nights=shown,
        changes=changes,
    )


def _change(event: Event, started: Mapping[int, str]) -> HistoryChange:
    known, ref = event.known, event.result.resource
    assert known is not None
    return HistoryChange(
        event=event.name,  # type: ignore[arg-type]
        fingerprint=event.result.fingerprint,
        control=event.result.control,
        severity=event.result.severity,
        address=ref.address,
        root=ref.root,
        file=next((block.file for block in ref.blocks if block.file), ""),
        element=event.result.element,
        account=ref.account or "",
        region=ref.region or "",
        since=started.get(known.opened or known.first, ""),
        reason=event.reason,
        rule_changed=event.rule == "control",
    )
