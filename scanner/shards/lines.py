"""What a shard says, as JSON lines: a head, one line for each collection that was judged, and an end.

Of a collection, each resource stands once, and results name it by its number. The lines are those of a run before its gate: what is waived
or known is decided where everything comes together. They hold no time, and no text that an input marks as sensitive.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.analysis.estate.summary import Component, Store, Summary
from assay.scanner.judge import Judged, SourceDigest
from assay.scanner.results.model import ResourceRef, Result
from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.interface import Contributions
from assay.scanner.sources.listing import Fate

PIECE = 10_000
"""Results of a line."""
_NOBODY = ResourceRef("", "", "", "", None, None, "", "", [])
"""Stands in the results for the resource, which stands beside them."""
_Tables: Any = msgspec.defstruct(
    "_Tables",
    [
        (name, list[tuple[typing.get_args(table)]])  # type: ignore[misc]
        for name, table in typing.get_type_hints(Summary).items()
    ],
    frozen=True,
)
"""A Summary whose tables are lists of pairs, since keys of JSON are texts."""


class ShardHead(msgspec.Struct, frozen=True):
    """The first line."""

    plan: str
    """The id of the plan."""
    index: int
    """Which shard it is, from 0."""
    of: int


class CollectionLine(msgspec.Struct, omit_defaults=True):
    """One collection that was judged, or a piece of it: the first of them says all that is not of its results."""

    at: tuple[int, int]
    name: str
    source: str
    judged: int = 0
    """How many resources some control was asked of."""
    coverage: Coverage = msgspec.field(default_factory=Coverage)
    fates: list[tuple[tuple[str, str], Fate]] = []
    """Those of the coverage."""
    resources: list[ResourceRef] = []
    results: list[Result] = []
    of: list[int] = []
    """For each result, which of the resources it speaks of."""
    summary: _Tables | None = None
    more: bool = False
    """The next line is a further piece of the same collection."""
    hides: bool = False
    """There are sensitive texts, which stand nowhere: no line of code may be shown that could hold one."""


class ShardEnd(msgspec.Struct, frozen=True):
    """The last line."""

    collections: int
    results: int
    seen: list[SourceDigest]
    lines: str
    """Digest of everything before it."""


class _AnyLine(msgspec.Struct):
    shard: ShardHead | None = None
    judged: CollectionLine | None = None
    end: ShardEnd | None = None


_decoder = msgspec.json.Decoder(_AnyLine)


def encoded(part: ShardHead | CollectionLine | ShardEnd) -> bytes:
    """A line."""
    name = "shard" if isinstance(part, ShardHead) else "end" if isinstance(part, ShardEnd) else "judged"
    try:
        return msgspec.json.encode({name: part}) + b"\n"
    except UnicodeEncodeError:  # half of a pair of UTF-16 in a name: as reports write it
        return msgspec.json.encode({name: _encodable(msgspec.to_builtins(part))}) + b"\n"


def decoded(line: bytes) -> ShardHead | CollectionLine | ShardEnd:
    """What a line says. Raises ValueError."""
    record = _decoder.decode(line)
    part = record.judged or record.shard or record.end
    if part is None:
        raise ValueError("a line that says nothing")
    return part


def lines_of(judged: Judged) -> Iterator[CollectionLine]:
    """What was judged, as lines of no more than PIECE results."""
    line = CollectionLine(
        at=judged.at,
        name=judged.name,
        source=judged.source,
        judged=judged.resources,
        coverage=msgspec.structs.replace(judged.coverage, fates=msgspec.UNSET),
        fates=sorted((judged.coverage.fates or {}).items(), key=lambda entry: entry[0]),
        summary=None if judged.summary is None else _tables(judged.summary),
        hides=bool(judged.sensitive),
    )
    for start in range(0, len(judged.results) or 1, PIECE):
        _fill(line, judged.results[start : start + PIECE])
        line.more = start + PIECE < len(judged.results)
        yield line
        line = CollectionLine(judged.at, judged.name, judged.source)


def _fill(line: CollectionLine, results: list[Result]) -> None:
    numbers: dict[int, int] = {}
    for result in results:
        if id(result.resource) not in numbers:
            numbers[id(result.resource)] = len(line.resources)
            line.resources.append(result.resource)
        line.of.append(numbers[id(result.resource)])
    line.results = [msgspec.structs.replace(result, resource=_NOBODY) for result in results]


def judged_of(line: CollectionLine) -> Judged:
    """What a line says was judged. Raises ValueError where its parts do not fit each other."""
    if len(line.of) != len(line.results) or any(not 0 <= number < len(line.resources) for number in line.of):
        raise ValueError("a line whose results are of no resource")
    coverage = line.coverage
    coverage.fates = dict(line.fates) or msgspec.UNSET
    return Judged(
        line.name,
        [msgspec.structs.replace(result, resource=line.resources[of]) for result, of in zip(line.results, line.of, strict=True)],
        coverage,
        line.judged,
        Contributions(),
        line.source,
        None if line.summary is None else Summary(**{name: dict(getattr(line.summary, name)) for name in line.summary.__struct_fields__}),
        [""] if line.hides else [],  # as Sensitive.texts: there are too many to be told
        at=line.at,
    )


def _tables(summary: Summary) -> Any:
    tables = ([(key, _ordered(value)) for key, value in getattr(summary, name).items()] for name in summary.__struct_fields__)
    return _Tables(*tables)


def _ordered(value: Any) -> Any:
    """The same with lists for sets, whose order is another in each process."""
    if isinstance(value, Component):
        return msgspec.structs.replace(value, facts={name: sorted(facts) for name, facts in sorted(value.facts.items())})
    return msgspec.structs.replace(value, deleted=sorted(value.deleted, key=str)) if isinstance(value, Store) else value


def _encodable(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode()
    if isinstance(data, (list, tuple)):
        return [_encodable(element) for element in data]
    if isinstance(data, dict):
        return {_encodable(key): _encodable(value) for key, value in data.items()}
    return data
