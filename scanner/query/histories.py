"""A history as rows: runs, findings and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.sources.secret_text import without_secrets
from assay.scanner.tables.columns import CHANGES, FINDINGS, RUNS
from assay.scanner.tables.rows import Row, Values, time

_AT_ONCE = 2_000


def rows(where: str, wanted: frozenset[str]) -> Iterator[Row]:
    """The rows of a history, read as they come. Raises HistoryError."""
    from assay.scanner.history.database import HistoryError, opened

    source = without_secrets(where)
    with opened(where) as connection:
        for name, made in ((RUNS.name, _runs), (FINDINGS.name, _findings), (CHANGES.name, _changes)):
            if name in wanted:
                try:
                    yield from ((name, {"source": source, **values}) for values in made(connection))
                except (TypeError, ValueError, AttributeError, LookupError) as error:
                    raise HistoryError(f"{source}: not as assay writes a history: {error}") from None


def _streamed(connection: Any, statement: Any) -> Iterator[Any]:
    return iter(connection.execution_options(yield_per=_AT_ONCE).execute(statement))


def _runs(connection: Any) -> Iterator[Values]:
    import sqlalchemy

    from assay.scanner.history.tables import run

    names = ("series", "version", "rules", "complete", "results", "open", "waived", "unknown", "unobserved")
    columns = [run.c[name] for name in names]
    for row in _streamed(connection, sqlalchemy.select(run.c.uuid, run.c.started, run.c.finished, *columns).order_by(run.c.id)):
        values = {name: getattr(row, name) for name in names}
        yield {"run": row.uuid, "started": time(row.started), "finished": time(row.finished), **values}


def _findings(connection: Any) -> Iterator[Values]:
    import sqlalchemy

    from assay.scanner.history.tables import STATES, control, finding, place

    began = _began(connection)
    of_place = ("cloud", "account", "region", "root", "owner")
    columns = [
        *(finding.c[name] for name in ("fingerprint", "address", "element", "state", "observed", "first", "since", "opened", "closed"))
    ]
    columns += [finding.c.openings, control.c.control, control.c.title, control.c.severity, *(place.c[name] for name in of_place)]
    joined = finding.join(control, finding.c.control == control.c.id).join(place, finding.c.place == place.c.id)
    for row in _streamed(connection, sqlalchemy.select(*columns).select_from(joined).order_by(finding.c.id)):
        yield {
            "fingerprint": bytes(row.fingerprint).hex(), "control": row.control, "title": row.title, "severity": row.severity,
            "state": STATES[row.state], "observed": row.observed, **{name: getattr(row, name) or None for name in of_place},
            "address": row.address, "element": row.element, "first_seen": began.get(row.first), "since": began.get(row.since),
            "opened": began.get(row.opened), "closed": began.get(row.closed), "times": row.openings,
        }  # fmt: skip


def _changes(connection: Any) -> Iterator[Values]:
    import sqlalchemy

    from assay.scanner.history.tables import EVENTS, RULES, change, control, finding, run

    began = _began(connection)
    joined = change.join(finding, change.c.finding == finding.c.id).join(control, finding.c.control == control.c.id)
    joined = joined.join(run, change.c.run == run.c.id)
    columns = [
        run.c.uuid,
        run.c.started,
        finding.c.fingerprint,
        control.c.control,
        change.c.event,
        change.c.since,
        change.c.rule,
        change.c.reason,
    ]
    for row in _streamed(connection, sqlalchemy.select(*columns).select_from(joined).order_by(change.c.run, change.c.finding)):
        yield {
            "run": row.uuid, "started": time(row.started), "fingerprint": bytes(row.fingerprint).hex(), "control": row.control,
            "event": EVENTS[row.event], "since": began.get(row.since), "rule_changed": RULES[row.rule], "reason": row.reason,
        }  # fmt: skip


def _began(connection: Any) -> dict[int, str | None]:
    """When each run began."""
    import sqlalchemy

    from assay.scanner.history.tables import run

    return {id_: time(started) for id_, started in connection.execute(sqlalchemy.select(run.c.id, run.c.started))}
