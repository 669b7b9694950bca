"""What a history is asked: how many findings there were night for night, how old they are, and how long it takes until one is fixed."""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterable

import msgspec
import sqlalchemy
from sqlalchemy import Column, Connection

from assay.scanner.history.nights import nights, times
from assay.scanner.history.tables import EVENTS, OPEN, RULES, STATES, change, control, finding, place
from assay.scanner.results.model import Night

GROUPS: dict[str, Column[str]] = {
    "control": control.c.control,
    "severity": control.c.severity,
    "account": place.c.account,
    "owner": place.c.owner,
    "region": place.c.region,
    "root": place.c.root,
}
"""What findings can be grouped by."""


class FindingGroup(msgspec.Struct, frozen=True):
    """The findings of one control, account, owner, …"""

    name: str
    open: int
    oldest_days: float | None
    """Age of the oldest that is open; None where none is."""
    fixed: int
    """How often one of them was fixed, by the same rule that found it failing."""
    median_days: float | None
    """Days after which half of those that failed are fixed, those that are still open counted with the time that they are; None where more
    than half are open, or none failed."""


class HistoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for a whole history."""

    runs: int
    nights: list[Night]
    by: str
    groups: list[FindingGroup]
    """Those with most that is open first."""


class Moment(msgspec.Struct, frozen=True):
    """What became of a finding in one run."""

    started: str
    event: str
    reason: str
    rule_changed: bool


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one finding."""

    fingerprint: str
    """The half of it that a history keeps."""
    control: str
    severity: str
    address: str
    element: str
    root: str
    account: str
    region: str
    owner: str
    state: str
    observed: bool
    moments: list[Moment]


def told(connection: Connection, by: str, last: int) -> HistoryAnswer:
    """The last nights, and all findings by one of GROUPS."""
    started = times(connection)
    return HistoryAnswer(runs=len(started), nights=nights(connection, last), by=by, groups=_groups(connection, by, started))


def _groups(connection: Connection, by: str, started: dict[int, str]) -> list[FindingGroup]:
    at = {number: datetime.datetime.fromisoformat(text) for number, text in started.items()}
    now = max(at.values(), default=datetime.datetime.now(datetime.UTC))
    column = GROUPS[by]
    joined = finding.join(control, control.c.id == finding.c.control).join(place, place.c.id == finding.c.place)
    still = connection.execute(
        sqlalchemy.select(column, finding.c.opened, sqlalchemy.func.count())
        .select_from(joined)
        .where(finding.c.closed.is_(None), finding.c.state == OPEN)
        .group_by(column, finding.c.opened)
    )
    ages: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for name, opened, count in still:
        ages[name].append((_days(now - at[opened]), count))
    over = connection.execute(
        sqlalchemy.select(column, change.c.since, change.c.run, sqlalchemy.func.count())
        .select_from(change.join(joined, finding.c.id == change.c.finding))
        .where(change.c.event == EVENTS.index("fixed"), change.c.rule != RULES.index("control"))
        .group_by(column, change.c.since, change.c.run)
    )
    lasted: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for name, since, ended, count in over:
        lasted[name].append((_days(at[ended] - at[since]), count))
    groups = [
        FindingGroup(
            name=name,
            open=sum(count for _, count in ages[name]),
            oldest_days=max((days for days, _ in ages[name]), default=None),
            fixed=sum(count for _, count in lasted[name]),
            median_days=median(lasted[name], ages[name]),
        )
        for name in sorted({*ages, *lasted})
    ]
    return sorted(groups, key=lambda group: (-group.open, -group.fixed, group.name))


def median(ended: Iterable[tuple[float, int]], still: Iterable[tuple[float, int]]) -> float | None:
    """The time after which half of what began is over; each list has times with how many lasted so long.

    What is not over is counted for as long as it lasted (the estimate of Kaplan and Meier): without that, who fixes what is easy and leaves
    the rest would look quick. https://en.wikipedia.org/wiki/Kaplan%E2%80%93Meier_estimator
    """
    events: list[tuple[float, int, int]] = sorted(
        [*((time, 0, count) for time, count in ended), *((time, 1, count) for time, count in still)]
    )
    left = sum(count for _, _, count in events)
    surviving = 1.0
    for time, group in itertools.groupby(events, key=lambda event: event[0]):
        here = list(group)
        over = sum(count for _, is_open, count in here if not is_open)
        surviving *= 1 - over / left
        if surviving <= 0.5:
            return float(time)
        left -= sum(count for _, _, count in here)
    return None


def lives(connection: Connection, fingerprint: str) -> list[Life]:
    """The findings whose fingerprint begins so, at most 20. `fingerprint`: hexadecimal digits."""
    digits = fingerprint[:32]
    low, high = (bytes.fromhex(digits.ljust(32, digit)) for digit in "0f")
    columns = (
        *(finding.c[name] for name in ("id", "fingerprint", "address", "element", "state", "observed")),
        *(control.c[name] for name in ("control", "severity")),
        *(place.c[name] for name in ("root", "account", "region", "owner")),
    )
    rows = connection.execute(
        sqlalchemy.select(*columns)
        .join(control, control.c.id == finding.c.control)
        .join(place, place.c.id == finding.c.place)
        .where(finding.c.fingerprint.between(low, high))
        .limit(20)
    ).all()
    started = times(connection)
    return [
        Life(
            fingerprint=bytes(row.fingerprint).hex(),
            control=row.control,
            severity=row.severity,
            address=row.address,
            element=row.element,
            root=row.root,
            account=row.account,
            region=row.region,
            owner=row.owner,
            state=STATES[row.state],
            observed=row.observed,
            moments=[
                Moment(started[entry.run], EVENTS[entry.event], entry.reason or "", entry.rule == RULES.index("control"))
                for entry in connection.execute(sqlalchemy.select(change).where(change.c.finding == row.id).order_by(change.c.run))
            ],
        )
        for row in rows
    ]


def _days(span: datetime.timedelta) -> float:
    return round(span.total_seconds() / 86_400, 1)
