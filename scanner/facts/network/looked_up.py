"""Subnets of the default VPC that code looks up, which it then works in.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/subnets and …/data-sources/vpc; what the default VPC is:
https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_PLAIN = ("vpc-id", "availability-zone", "availability-zone-id", "default-for-az", "defaultForAz", "state")
"""Filters that leave the subnets of a default VPC as they come: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html"""
_NARROWING = ("tags", "cidr_block", "ipv6_cidr_block", "id")


class LookedUp(msgspec.Struct, frozen=True):
    """Subnets that a data source looks up."""

    networks: tuple[Value[Any], ...]
    """What names their VPC."""
    default: Value[bool]
    """They are those that a default VPC comes with."""
    narrowed: bool
    """Some are chosen by what somebody gave them, so that they may be others than those."""


class LookedUpAt(msgspec.Struct, frozen=True, eq=False):
    """The data sources that look up subnets and VPCs."""

    subnets: Index
    networks: Index


def in_default_network(view: View, at: LookedUpAt, target: Value[Any]) -> Value[bool]:
    """Whether something that names a subnet names one that is looked up in the default VPC."""
    default = any_of([_in_default(view, at, subnets) for subnets in _records(view, at, target)])
    return Value(default.data, (*target.seen, *default.seen))


def is_default(view: View, at: LookedUpAt, target: Value[Any]) -> bool:
    """Whether it is, for certain, one of those that the default VPC comes with."""
    several = _records(view, at, target)
    return bool(several) and all(not subnets.narrowed and _in_default(view, at, subnets).data is True for subnets in several)


def _records(view: View, at: LookedUpAt, target: Value[Any]) -> list[LookedUp]:
    name = spelled(target.data) if not target.unknown else ""
    return view.index(at.subnets).get(name, []) if name else []


def _in_default(view: View, at: LookedUpAt, subnets: LookedUp) -> Value[bool]:
    named = [network for network in subnets.networks if not network.absent and not network.unknown]
    told = [any_of(view.index(at.networks).get(spelled(network.data), [])) for network in named]
    some = any_of(told)
    if told and some.data is not all_of(told).data:
        some = Value(Unknown("subnets of several networks are looked up, of which some are the default one", "name one network"), some.seen)
    return any_of([subnets.default, some])


def _subnets(item: Item) -> Iterator[tuple[Hashable, Any]]:
    filters, more = item.blocks("filter")
    by_name = {block["name"].data: listed(block, "values", linked=True) for block in filters}
    networks = [item.link("vpc_id"), *by_name.get("vpc-id", [])]
    default = any_of([item["default_for_az"].default(False).truth(), *_true(by_name, "default-for-az", "defaultForAz")])
    narrowed = more is not None or not by_name.keys() <= set(_PLAIN) or any(not item[path].absent for path in _NARROWING)
    yield item.address, LookedUp(tuple(networks), default, narrowed)


def _networks(item: Item) -> Iterator[tuple[Hashable, Any]]:
    if item.type == "aws_default_vpc":
        yield item.address, Value(True, (item.location(),))
        return
    by_name = {block["name"].data: listed(block, "values") for block in item.blocks("filter")[0]}
    yield item.address, any_of([item["default"].default(False).truth(), *_true(by_name, "is-default", "isDefault")])


def _true(by_name: dict[Any, list[Value[Any]]], *names: str) -> list[Value[bool]]:
    return [value.equals("true") for name in names for value in by_name.get(name, [])]


LOOKED_UP = LookedUpAt(
    subnets=Index(("data.aws_subnet", "data.aws_subnets", "data.aws_subnet_ids"), _subnets),
    networks=Index(("data.aws_vpc", "aws_default_vpc"), _networks),
)
