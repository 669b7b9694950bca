"""Prefix lists as sources of traffic, however an input names them. One of a customer may hold the whole internet."""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.base import Stack
from assay.scanner.facts.network.ranges import Span, closed, opening, unread
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Text, Unknown, Value, describe


class Names(msgspec.Struct, frozen=True):
    """How an input writes prefix lists."""

    lists: tuple[str, ...]
    """The types of lists of the customer."""
    entries: str
    """Where a list has its entries, and in each of them …"""
    cidr: str
    apart: tuple[str, str] | None = None
    """The type of entries that stand by themselves, and where one names its list."""
    looked_up: dict[str, str] = {}
    """Types that look a list up, to where they have its name."""
    of_services: tuple[str, ...] = ()
    """Types that have a list of AWS's as an attribute."""


# https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
OF_AWS = "com.amazonaws."


def openings(named: Value[Any], stack: Stack, names: Names, span: Span) -> list[Any]:
    """What a rule lets in by the prefix lists at an attribute that holds one or a list of them."""
    if named.absent:
        return []
    held = named.data if isinstance(named.data, list) else [named.data]
    return [found for each in held for found in _of(Value(each, named.seen), stack, names, span)]


def _of(named: Value[Any], stack: Stack, names: Names, span: Span) -> list[Any]:
    target = named.data
    item = stack.at(target.address) if isinstance(target, Reference) else None
    if item is not None and item.type in names.lists:
        return _entries(item, stack, names, span)
    if isinstance(target, Reference) and (target.type in names.of_services or _is_of_aws(item, names)):
        return [closed(f"prefix list {target}", *span, named.seen)]
    why = named.unknown or Unknown(
        f"what the prefix list {describe(target)} holds is not in this code", "look it up by its name, or scan the live account"
    )
    return [unread(f"prefix list {describe(target)}", why, *span, named.seen)]


def _is_of_aws(item: Item | None, names: Names) -> bool:
    """Whether a list that is looked up is one that AWS keeps for its services."""
    if item is None or item.type not in names.looked_up:
        return False
    filters = [block for block in item.blocks("filter")[0] if block["name"].data == "prefix-list-name"]
    given = [item[names.looked_up[item.type]].data, *(each for block in filters for each in _listed(block["values"].data))]
    named = [each.prefix if isinstance(each, Text) else each for each in given if each is not None]
    return bool(named) and all(isinstance(each, str) and each.startswith(OF_AWS) for each in named)


def _listed(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [data]


def _entries(item: Item, stack: Stack, names: Names, span: Span) -> list[Any]:
    blocks, more = item.blocks(names.entries)
    doubts = [more]
    ranges = [block[names.cidr] for block in blocks]
    if names.apart:
        separate = stack.companions(item, *names.apart)
        ranges += [node[names.cidr] for node in separate.nodes]
        doubts.append(separate.more)
    found: list[Any] = [opening(each.data, *span, each.seen) for each in ranges]
    return found + [unread(f"prefix list {item.address}", why, *span, (item.location(),)) for why in doubts if why]
