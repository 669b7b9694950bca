"""What stands in subnets, by the attributes that name them."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Node, Unlisted
from assay.scanner.sources.raw import Exported, Text, Unknown
from assay.scanner.sources.values import Value

_NAMED = 3


def placed(paths: Mapping[str, tuple[str, ...]]) -> Index:
    """Subnet to what stands in it. `paths`: types to where they name subnets; under None is why there may be more."""
    return Index(tuple(paths), functools.partial(_placed, paths))


def _placed(paths: Mapping[str, tuple[str, ...]], item: Item) -> Iterator[tuple[Hashable, Any]]:
    if isinstance(item, Unlisted) and item.of_other_regions:
        return  # a subnet is of one region
    for value in (value for path in paths[item.type] for value in subnets_at(item, path)):
        if isinstance(value.data, list):
            doubt = Unknown(f"whether {item.address} stands in it: {_SOME}", _BESIDE, item.location())
            yield from [(key, (item, doubt)) for one in value.data if (key := spelled(one))]
        elif why := value.unknown:
            if not isinstance(why, Exported):
                yield None, Unknown(f"whether {item.address} stands in it: {why.reason}", why.settles_it, item.location())
        elif key := spelled(value.data):
            yield key, (item, None)


_SOME = "a plan says of which subnets, and not of all of them"
_BESIDE = "scan the source beside the plan (--source DIR)"


def subnets_at(node: Node, path: str) -> list[Value[Any]]:
    """What a path names, each. What a plan gives for an expression over several that are not there yet is one list: it stands in some."""
    named = [one for value in listed(node, path, linked=True) for one in _apart(value)]
    inexact = len(named) > 1 and "[]" not in path and node[path].unknown is not None
    return [Value([value.data for value in named], named[0].seen)] if inexact else named


def _apart(value: Value[Any]) -> list[Value[Any]]:
    """The subnets that one text names with commas between them, as groups of instances may: no id of a subnet has one.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    """
    parts = value.data.parts if isinstance(value.data, Text) else (value.data,)
    if not any(isinstance(part, str) and "," in part for part in parts):
        return [value]
    names: list[list[Any]] = [[]]
    for part in parts:
        first, *rest = part.split(",") if isinstance(part, str) else (part,)
        names[-1].append(first)
        names += [[following] for following in rest]
    written = [[piece.strip() if isinstance(piece, str) else piece for piece in name] for name in names]
    pieces = [[piece for piece in name if piece != ""] for name in written]
    return [Value(name[0] if len(name) == 1 else Text(tuple(name)), value.seen) for name in pieces if name]


def inside(view: View, index: Index, subnet: str | None) -> tuple[Value[bool], Value[str]]:
    """Whether anything stands in a subnet, and what, in words."""
    by_subnet = view.index(index)
    records: list[tuple[Item, Unknown | None]] = by_subnet.get(subnet, [])
    items = list(dict.fromkeys(item for item, _ in records))
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    words: Value[str] = Value(", ".join(item.address for item in items[:_NAMED]) + more)
    certain = [item for item, doubt in records if doubt is None and view.of(item).doubt is None]
    if certain:
        return Value(True, tuple(dict.fromkeys(item.location() for item in certain))), words
    doubts = [doubt or view.of(item).doubt for item, doubt in records] + by_subnet.get(None, [])
    return view.says(next(filter(None, doubts), False)), words
