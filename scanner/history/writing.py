"""Writes what became of findings in a run."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection

from assay.scanner.diff.scopes import Scopes
from assay.scanner.facts.model import BlockRef
from assay.scanner.history import known as stored
from assay.scanner.history.known import EndedFinding, KnownFinding, short, state_of
from assay.scanner.history.tables import EVENTS, FIXED, GONE, OPEN, RULES, SETTLED, change, control, finding, place
from assay.scanner.results.model import Result

OVER = {"fixed": FIXED, "gone": GONE, "settled": SETTLED}
"""Events that end a finding, with the state that it has then."""


class Event(msgspec.Struct):
    """What became of one finding in a run."""

    name: str
    result: Result
    reason: str = ""
    rule: str = ""
    known: KnownFinding | None = None
    past: EndedFinding | None = None

    @property
    def before(self) -> KnownFinding | EndedFinding | None:
        """The finding as it was; None of one that nobody found before."""
        return self.known or self.past


class Writing:
    """Writes the events of a run."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection, self._run = connection, number
        rows = connection.execute(sqlalchemy.select(control.c.control, control.c.id, control.c.title, control.c.severity))
        self._controls: dict[str, tuple[int, str, str]] = {name: (id_, title, severity) for name, id_, title, severity in rows}
        columns = (place.c.cloud, place.c.account, place.c.region, place.c.root, place.c.owner, place.c.id)
        self._places: dict[tuple[str, ...], int] = {tuple(row[:5]): row[5] for row in connection.execute(sqlalchemy.select(*columns))}
        self._next = (connection.scalar(sqlalchemy.select(sqlalchemy.func.max(finding.c.id))) or 0) + 1

    def write(self, events: list[Event], scopes: Scopes) -> None:
        """Write all events of the run. `scopes`: what names roots and files as fingerprints do."""
        inserts: list[dict[str, Any]] = []
        updates: list[dict[str, Any]] = []
        changes: list[dict[str, Any]] = []
        for event in events:
            row = self._row(event, scopes)
            (updates if event.before else inserts).append(row)
            was = event.known
            since = (
                (was.opened or was.first if event.name in OVER else was.since) if was else event.past.closed if event.past else self._run
            )
            changes.append(
                {
                    "run": self._run, "finding": row["id"], "event": EVENTS.index(event.name), "since": since,
                    "rule": RULES.index(event.rule), "reason": event.reason[:500] or None,
                }
            )  # fmt: skip
        if inserts:
            self._connection.execute(finding.insert(), inserts)
        if updates:
            values: dict[str, Any] = {name: sqlalchemy.bindparam(name) for name in updates[0] if name != "id"}
            statement = sqlalchemy.update(finding).where(finding.c.id == sqlalchemy.bindparam("key")).values(values)
            self._connection.execute(statement, [{**row, "key": row.pop("id")} for row in updates])
        if changes:
            self._connection.execute(change.insert(), changes)

    def _row(self, event: Event, scopes: Scopes) -> dict[str, Any]:
        """A finding as it is after an event. Every row has every column, so that many are written at once."""
        known, past, over = event.known, event.past, event.name in OVER
        unseen = event.name in ("unobserved", "left_scope")
        state = OVER[event.name] if over else known.state if known and unseen else state_of(event.result.verdict)
        opened, openings = (known.opened, known.openings) if known else (None, past.openings if past else 0)
        if opened is None and state == OPEN:
            opened, openings = self._run, openings + 1
        result = event.result if known is not None and event.result is known.result else self._in_scope(event.result, scopes)
        before = event.before
        if before is None:
            id_, self._next = self._next, self._next + 1
        else:
            id_ = before.id
        return {
            "id": id_, "fingerprint": known.fingerprint if known else short(result.fingerprint), "control": self._control(result),
            "place": self._place(result), "address": result.resource.address, "element": result.element, "state": state,
            "observed": not unseen, "first": before.first if before else self._run,
            "since": known.since if known and (unseen or over or (event.name == "seen" and known.state == state)) else self._run,
            "opened": opened,
            "closed": self._run if over else None,
            "openings": openings,
            "detail": None if over else stored.detail(result),
        }  # fmt: skip

    @staticmethod
    def _in_scope(result: Result, scopes: Scopes) -> Result:
        """A result whose root and files are named as fingerprints name them."""
        ref = result.resource
        blocks = [
            BlockRef(block.address, scopes.of(block.file) if block.file else "", block.start_line, block.end_line) for block in ref.blocks
        ]
        return msgspec.structs.replace(result, resource=msgspec.structs.replace(ref, root=scopes.of(ref.root), blocks=blocks))

    def _control(self, result: Result) -> int:
        known = self._controls.get(result.control)
        if known is None:
            id_ = len(self._controls) + 1
            self._connection.execute(
                control.insert(), [{"id": id_, "control": result.control, "title": result.title, "severity": result.severity}]
            )
        elif known[1:] != (result.title, result.severity):
            id_ = known[0]
            statement = sqlalchemy.update(control).where(control.c.id == id_).values(title=result.title, severity=result.severity)
            self._connection.execute(statement)
        else:
            return known[0]
        self._controls[result.control] = (id_, result.title, result.severity)
        return id_

    def _place(self, result: Result) -> int:
        ref = result.resource
        key = (ref.cloud, ref.account or "", ref.region or "", ref.root, result.owner or "")
        if key not in self._places:
            self._places[key] = len(self._places) + 1
            names = ("cloud", "account", "region", "root", "owner")
            self._connection.execute(place.insert(), [{"id": self._places[key], **dict(zip(names, key, strict=True))}])
        return self._places[key]
