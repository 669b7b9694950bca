"""What is alike of the databases of all services: their copies, and what they are copies of."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from assay.scanner.facts.data.kinds import DataStore, Follower, Replica
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Identity
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, any_of, places


def database(
    view: View,
    identity: Identity,
    *,
    region: Value[Any],
    key: Value[KeyRef | None],
    days: Value[Any],
    copy_of: Value[Any],
    followers: Iterable[Value[Any] | Unknown] = (),
) -> DataStore:
    """A database in one region. `days`: how far it can be rewound, 0 or absent where it cannot.

    `followers` are the regions of its copies, and why there may be more of them.
    """
    followers = list(followers)
    doubts = [follower for follower in followers if isinstance(follower, Unknown)]
    regions = [follower for follower in followers if isinstance(follower, Value)]
    return DataStore(
        identity=identity,
        replicas=view.says([Replica(region=region, home=view.says(True), encryption_key=key, pitr_enabled=days.then(_some))]),
        followers=view.says([*(Follower(region=place) for place in regions), *doubts]),
        copy_of=copy_of,
        replicated=any_of([spread([region, *regions]), *(view.says(doubt) for doubt in doubts)]),
        multi_region=view.says(False),
        location=region,
        rewindable=copy_of.then(lambda source: source is None),
        recovery_days=days.then(lambda number: number if _some(number) else None),
    )


def _some(number: Any) -> bool:
    return isinstance(number, (int, float)) and number > 0


def spread(regions: list[Value[Any]]) -> Value[bool]:
    """Whether any two of some regions differ."""
    return any_of([Value(False, places(regions)), *(_differ(one, other) for one, other in itertools.combinations(regions, 2))])


def _differ(one: Value[Any], other: Value[Any]) -> Value[bool]:
    return Value(other.unknown, other.seen) if other.unknown else one.then(lambda region: region != other.data)


def source(value: Value[Any]) -> Value[Any]:
    """What a database is a read copy of, in words; None where nothing is written."""
    return value.then(lambda data: None if data in (None, "") else describe(data))


def naming(types: tuple[str, ...], path: str) -> Index:
    """Items by what they name at a path as what they are copies of: an address, or the last name of a text."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        named = item.why if isinstance(item, Unlisted) else next((data for at in path.split("|") if (data := item.link(at).data)), None)
        if isinstance(named, Reference):
            yield named.address, item
        elif isinstance(named, str):
            yield last(named), item
        elif isinstance(named, Unknown):
            yield None, Unknown(f"{item.address} may be a copy of it: {named.reason}", named.settles_it, item.location())

    return Index(types, records)


def last(name: str) -> str:
    """`reports` of `trade-prod:reports`, as Cloud SQL writes it, `locations/L/clusters/history` of a relative name."""
    return "/".join(name.rpartition(":")[2].rsplit("/", 4)[-4:])


def copies(view: View, index: Index, *names: str) -> tuple[list[View], list[Unknown]]:
    """The items that name a resource by its address or a name as what they are copies of, and why there may be more of them."""
    known = view.index(index)
    by_address = {item.address: item for name in (view.item.address, *names) for item in known.get(name, ())}
    return [view.of(item) for item in by_address.values() if view.item.same_account(item) is not False], list(known.get(None, ()))
