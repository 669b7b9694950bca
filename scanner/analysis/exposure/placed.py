"""What stands in subnets, by the attributes that name them."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.stack import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Exported, Unknown
from assay.scanner.sources.values import Value

_NAMED = 3


def placed(paths: Mapping[str, tuple[str, ...]]) -> Index:
    """Subnet to what stands in it. `paths`: types to where they name subnets; under None is why there may be more."""
    return Index(tuple(paths), functools.partial(_placed, paths))


def _placed(paths: Mapping[str, tuple[str, ...]], item: Item) -> Iterator[tuple[Hashable, Any]]:
    named = [value for path in paths[item.type] for value in listed(item, path, linked=True)]
    for key in dict.fromkeys(key for value in named if not value.unknown and (key := spelled(value.data))):
        yield key, item
    for value in named:
        if (why := value.unknown) and not isinstance(why, Exported):
            yield None, Unknown(f"whether {item.address} stands in it: {why.reason}", why.settles_it, item.location())


def inside(view: View, index: Index, subnet: str | None) -> tuple[Value[bool], Value[str]]:
    """Whether anything stands in a subnet, and what, in words."""
    by_subnet = view.index(index)
    items: list[Item] = by_subnet.get(subnet, [])
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    words: Value[str] = Value(", ".join(item.address for item in items[:_NAMED]) + more)
    certain = [item for item in items if view.of(item).doubt is None]
    if certain:
        return Value(True, tuple(dict.fromkeys(item.location() for item in certain))), words
    doubts = [view.of(item).doubt for item in items] + by_subnet.get(None, [])
    return view.says(next(filter(None, doubts), False)), words
