"""The runs of a history: when they were, and what they came to."""

from __future__ import annotations

import sqlalchemy
from sqlalchemy import Connection

from assay.scanner.history.tables import EVENTS, change, run
from assay.scanner.results.model import Night


def times(connection: Connection) -> dict[int, str]:
    """When each run began."""
    return {row.id: row.started for row in connection.execute(sqlalchemy.select(run.c.id, run.c.started))}


def nights(connection: Connection, last: int, until: int | None = None) -> list[Night]:
    """The last runs, those until a run of this number, the oldest first."""
    chosen = sqlalchemy.select(run).order_by(run.c.id.desc()).limit(last)
    rows = connection.execute(chosen.where(run.c.id <= until) if until is not None else chosen).all()
    asked = sqlalchemy.select(change.c.run, change.c.event, sqlalchemy.func.count()).group_by(change.c.run, change.c.event)
    counted = connection.execute(asked.where(change.c.run.in_([row.id for row in rows])))
    counts = {(number, EVENTS[event]): count for number, event, count in counted}
    return [
        Night(
            started=row.started,
            complete=row.complete,
            open=row.open or 0,
            new=counts.get((row.id, "new"), 0),
            regressed=counts.get((row.id, "regressed"), 0),
            fixed=counts.get((row.id, "fixed"), 0),
        )
        for row in reversed(rows)
    ]
