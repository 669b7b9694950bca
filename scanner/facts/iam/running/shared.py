"""Which services run as the same identity."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

from assay.scanner.facts.iam.running.kinds import Other
from assay.scanner.facts.item_index import spelled
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value


class Named(NamedTuple):
    """Where a type of what runs code tells its name, and the identities that its code may have."""

    names: tuple[str, ...]
    identities: tuple[str, ...]


def by_identity(types: Mapping[str, Named], calls: tuple[str, ...] = ()) -> Index:
    """What runs code, by the identity that it runs as; under None what has one that is not known."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        named = types[item.type]
        value = next((value for path in named.identities if not (value := item.link(path)).absent), None)
        if value is not None and value.data != "":
            name = next((name for path in named.names if not (name := item[path]).absent), Value(None))
            key = spelled(value.data)
            yield key or None, (item, name)
            if key and value.unknown:  # a variable is the same wherever it is named, and may be any other identity too
                yield None, (item, name)

    return Index(tuple(types), records, calls)


def others(view: View, index: Index, runs_as: Value[Any], name: Value[Any]) -> Value[list[Any]]:
    """What else runs as an identity. The same service in each region is one: its name may have the region in it."""
    if runs_as.absent or runs_as.data == "":
        return view.says([])
    known = view.index(index)
    key, own = spelled(runs_as.data), logical(view.item, name)
    same = known.get(key, []) if key else []
    perhaps = known.get(None, []) if key and not runs_as.unknown else [record for records in known.values() for record in records]
    found: dict[str, Other] = {}
    for records, sure in ((same, True), (perhaps, False)):
        for item, called in records:
            other = logical(item, called)
            if item is view.item or other in (own, *found) or view.item.same_account(item) is False:
                continue
            doubt = (None if view.item.coexists(item) else item.template) if sure else _untold(view, item, other)
            found[other] = Other(name=Value(other, (item.location(),)), same=Value(doubt or True, (item.location(),)))
    if view.item.template is not None and name.unknown and key and not runs_as.unknown and not _one_each(view, runs_as.data):
        found[""] = Other(name=Value(f"another of {view.item.address}", (view.location,)), same=Value(view.item.template, (view.location,)))
    return view.says(list(found.values()))


def _one_each(view: View, identity: Any) -> bool:
    """Whether an identity is made with `for_each` or `count`, so that each of several services may have one."""
    parts = identity.parts if isinstance(identity, Text) else (identity,)
    items = [view.items.at(part.address) for part in parts if isinstance(part, Reference)]
    return any(item is not None and item.template is not None for item in items)


def _untold(view: View, item: Item, other: str) -> Unknown:
    if isinstance(item, Unlisted):
        return item.why
    way = "give the variable, or scan the plan"
    return Unknown(f"whether {other} runs as the same identity: one of the two is not known", way, view.location)


def logical(item: Item, name: Value[Any]) -> str:
    """What a service is called in every region; by the label of its block where its name is not known."""
    region = item.region.data
    text = name.data.rpartition("/")[2] if isinstance(name.data, str) and name.data else item.label
    if isinstance(region, str) and region and region in text:
        text = text.replace(region, "").strip("-_")
    return text


def account(value: Value[Any]) -> Value[Any]:
    """The identity that is named, as text; None where none is."""
    if value.absent or value.data == "":
        return Value(None, value.seen)
    return Value(value.data if isinstance(value.data, Unknown) else describe(value.data), value.seen)
