"""What a history knows before a run: every finding that is not over, as a report would have it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import msgspec
import sqlalchemy
from sqlalchemy import Connection

from assay.scanner.facts.model import BlockRef
from assay.scanner.history.tables import OPEN, UNKNOWN, control, finding, place, run
from assay.scanner.results.model import Report, ResourceRef, Result, StandsFor, Verdict, Waived
from assay.scanner.results.telling import told

_VERDICTS: tuple[Verdict, ...] = ("fail", "unknown", "waived")
"""Of the states that are not over."""


class Detail(msgspec.Struct, frozen=True, array_like=True):
    """What of a finding is needed to hold it against another run, and to show it."""

    id: str
    kind: str
    name: str
    type: str
    named: bool
    stands_for: StandsFor
    blocks: list[tuple[str, str]]
    """Address and file."""
    message: str
    waiver: Waived | None = None
    rest: bytes = b""
    """The other half of its fingerprint, for reports of the run that finds it over."""


class KnownFinding(msgspec.Struct):
    """A finding that the history has."""

    id: int
    fingerprint: bytes
    state: int
    observed: bool
    first: int
    since: int
    opened: int | None
    openings: int
    result: Result
    """As the last run had it that saw it: without its evidence."""


class EndedFinding(msgspec.Struct, frozen=True):
    """A finding that is over."""

    id: int
    first: int
    closed: int
    openings: int


def short(fingerprint: str) -> bytes:
    """A fingerprint as the history has it: 128 bits of it."""
    return bytes.fromhex(fingerprint)[:16]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Detail)


def detail(result: Result, message_length: int = 300) -> bytes:
    """What is kept of a result."""
    ref = result.resource
    blocks = [(block.address, block.file) for block in ref.blocks]
    message, rest = told(result)[:message_length], bytes.fromhex(result.fingerprint)[16:]
    known = Detail(ref.id, ref.kind, ref.name, ref.type, ref.named, ref.stands_for, blocks, message, result.waiver, rest)
    return _encoder.encode(known)


def open_findings(connection: Connection) -> list[KnownFinding]:
    """Every finding that is not over."""
    columns = (
        *(finding.c[name] for name in ("id", "fingerprint", "state", "observed", "first", "since", "opened", "openings")),
        *(finding.c[name] for name in ("address", "element", "detail")),
        *(control.c[name] for name in ("control", "title", "severity")),
        *(place.c[name] for name in ("cloud", "account", "region", "root", "owner")),
    )
    rows = connection.execute(
        sqlalchemy.select(*columns)
        .join(control, control.c.id == finding.c.control)
        .join(place, place.c.id == finding.c.place)
        .where(finding.c.closed.is_(None))
    )
    known: list[KnownFinding] = []
    for id_, mark, state, observed, first, since, opened, openings, address, element, packed, name, title, severity, *where in rows:
        kept = _decoder.decode(packed)
        cloud, account, region, root, owner = where
        ref = ResourceRef(
            id=kept.id, kind=kept.kind, name=kept.name, cloud=cloud, account=account or None, region=region or None, address=address,
            root=root,
            blocks=[BlockRef(at, file, 0, 0) for at, file in kept.blocks], type=kept.type, named=kept.named, stands_for=kept.stands_for,
        )  # fmt: skip
        verdict = _VERDICTS[state]
        fingerprint, whose = (mark + kept.rest).hex(), owner or msgspec.UNSET
        result = Result(name, title, severity, verdict, fingerprint, kept.message, element, ref, [], [], kept.waiver, owner=whose)
        known.append(KnownFinding(id_, mark, state, observed, first, since, opened, openings, result))
    return known


def over(connection: Connection, fingerprints: Iterable[bytes]) -> dict[bytes, EndedFinding]:
    """Those of some findings that are over."""
    past: dict[bytes, EndedFinding] = {}
    wanted = list(fingerprints)
    columns = (finding.c.fingerprint, finding.c.id, finding.c.first, finding.c.closed, finding.c.openings)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = connection.execute(sqlalchemy.select(*columns).where(finding.c.closed.is_not(None), finding.c.fingerprint.in_(part)))
        past |= {mark: EndedFinding(id_, first, closed, openings) for mark, id_, first, closed, openings in rows}
    return past


def packed(report: Report) -> bytes:
    """A report without its results."""
    return zlib.compress(msgspec.json.encode(msgspec.structs.replace(report, results=[], opinions=[])), 6)


def header(connection: Connection, series: str) -> tuple[int, Report] | None:
    """The last run of a series, or of any where it has none, as a report without results; None before the first run."""
    for chosen in ([run.c.series == series], []):
        row = connection.execute(
            sqlalchemy.select(run.c.id, run.c.header).where(run.c.header.is_not(None), *chosen).order_by(run.c.id.desc()).limit(1)
        ).first()
        if row is not None:
            return row[0], msgspec.json.decode(zlib.decompress(row[1]), type=Report)
    return None


def state_of(verdict: Verdict) -> int:
    """The state of a finding with a verdict."""
    return OPEN if verdict == "fail" else _VERDICTS.index("waived") if verdict == "waived" else UNKNOWN
