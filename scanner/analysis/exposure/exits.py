"""How traffic for the internet leaves a subnet of AWS: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.network.ranges import is_world, listed
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe, references_in
from assay.scanner.sources.values import Value, agreed, all_of, any_of

from .routing import RouteEntry, RoutingAt, entries_of
from .targets import PUBLIC, Via, declared_target, met

_ELSEWHERE = "scan the code that declares it together with this, or the live account"


class ExitsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells how traffic leaves a subnet."""

    subnets: Index
    """Subnets by what names them."""
    gateways: Index
    """NAT gateways by what names them."""
    subnet: str
    """Of a NAT gateway: where it stands."""
    connectivity: str
    """`private` of one that leads to other networks only."""
    availability: str
    """`regional` of one that stands in no subnet."""
    state: str = ""
    """Of a live one."""
    firewalls: Index
    """What stands in a way, by what names it, to the subnets that its interfaces are in (`standing`)."""


class Exit(msgspec.Struct):
    """How traffic for the internet leaves a subnet."""

    leaves: Value[bool]
    through_nat: Value[bool]
    steps: list[Step]
    """The way that it takes, from the subnet on."""


def standing(paths: dict[str, str], id_path: str = "") -> Index:
    """Items by what names them, to the subnets that they stand in. `paths`: types to where these are, as `listed` takes them."""
    return Index(tuple(paths), functools.partial(_standing, paths, id_path))


def _standing(paths: dict[str, str], id_path: str, item: Item) -> Iterator[tuple[Hashable, Any]]:
    name = item[id_path].data if id_path else item.address
    for subnet in listed(item, paths[item.type], linked=True):
        yield name, subnet


_KNOWN: weakref.WeakKeyDictionary[ItemIndex, dict[str, Exit]] = weakref.WeakKeyDictionary()
"""Of the subnets of a collection that were looked at before: many workloads stand in one, and firewalls lead to one again."""


def exit_of(view: View, routing: RoutingAt, at: ExitsAt, subnet: Item) -> Exit:
    """How traffic for the internet leaves a subnet. `view`: of what stands in it."""
    known = _KNOWN.setdefault(view.items, {})
    if subnet.address not in known:
        circle: Value[Any] = Value(Unknown(f"traffic of {subnet.address} comes back to it", "correct the routes", subnet.location()))
        known[subnet.address] = Exit(circle, circle, [_of(subnet), step("a circle")])
        known[subnet.address] = _exit(view.of(subnet), routing, at, subnet)
    return known[subnet.address]


def _exit(view: View, routing: RoutingAt, at: ExitsAt, subnet: Item) -> Exit:
    entries, doubt = entries_of(view, routing, subnet)
    outward = [entry for entry in entries if entry.hop.via is not Via.LOCAL and (_is_default(entry).data is True or _may_be(entry))]
    seen = (subnet.location(),)
    if not outward:
        unknown: Value[Any] = Value(doubt or _elsewhere(entries) or False, seen)
        return Exit(unknown, unknown, [_of(subnet), step("no route to the internet")])
    told = [_through(view, routing, at, subnet, entry) for entry in outward]
    through: list[Value[Any]] = []
    leaves: list[Value[Any]] = []
    for entry, (value, _) in zip(outward, told, strict=True):
        owner, default = view.of(entry.item), _is_default(entry)
        through.append(any_of([owner.weighed(value, absence=True), default.negate()]))
        leaves.append(all_of([default, Value(owner.doubt or True)]))
    through += [Value(doubt, seen)] if doubt else []
    steps = next((steps for value, steps in told if value.data is not True), told[0][1])
    return Exit(Value(any_of(leaves).data, seen), all_of(through), steps)


def _of(subnet: Item, entry: RouteEntry | None = None) -> Step:
    """A subnet as a step of a way, which goes on by a route."""
    if entry is None:
        return step(subnet.address, (subnet.location(),))
    route = f"route {', '.join(describe(one.data) for one in entry.destination.elements())}"
    return step(subnet.address, (subnet.location(),), route, (entry.node.location(),))


def _is_default(entry: RouteEntry) -> Value[bool]:
    return entry.destination.then(is_world)


def _may_be(entry: RouteEntry) -> bool:
    """Whether a route is for addresses that are not known and leads somewhere that matters: those to endpoints are for services of AWS."""
    unknown = any(one.unknown for one in entry.destination.elements()) or _is_default(entry).unknown
    return bool(unknown) and (entry.hop.via in (*PUBLIC, Via.INTERFACE, Via.NAT) or isinstance(entry.hop.via, Unknown))


def _elsewhere(entries: list[RouteEntry]) -> Unknown | None:
    """Why a route to another network may be for the internet: where none is known to be, such a network may have the way out.

    A list of prefixes (`pl-0a1b…`) is one of some networks.
    """
    doubts = (_is_default(entry).unknown for entry in entries if entry.hop.via in _ONWARD and not isinstance(entry.destination.data, str))
    return next(filter(None, doubts), None)


_ONWARD = (Via.TRANSIT, Via.CORE, Via.VPN, Via.OUTPOST)
"""What traffic for the internet can be sent on to, to leave somewhere else. A peered network sends none on:
https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations"""


def _through(view: View, routing: RoutingAt, at: ExitsAt, subnet: Item, entry: RouteEntry) -> tuple[Value[Any], list[Step]]:
    """Whether one route of a subnet leads out through a NAT gateway, and the way that it takes."""
    via, target, seen = entry.hop.via, entry.hop.target, entry.hop.target.seen
    start = _of(subnet, entry)
    if isinstance(via, Unknown):
        return Value(via, seen), [start, step("something that is not known")]
    if via is Via.NAT:
        value, on = _gateway(view, routing, at, target)
        return value, [start, *on]
    way = [start, met(view, via, target)]
    if via is Via.EGRESS_ONLY:  # IPv6 has no NAT: https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
        return Value(True, seen), way
    if via is Via.ENDPOINT:
        value, on = _beyond(view, routing, at, target)
        return value, [*way, *on]
    if via in PUBLIC or via is Via.INTERFACE:
        return Value(False, seen), way
    return Value(Unknown(f"where {via.value} leads is not among what was read", _ELSEWHERE, entry.item.location()), seen), way


def _gateway(view: View, routing: RoutingAt, at: ExitsAt, target: Value[Any]) -> tuple[Value[Any], list[Step]]:
    """Whether a NAT gateway leads to the internet: a public one in a subnet that has a way there, or a regional one.

    Of several of which a plan does not say which one it is, what all of them do.
    """
    if isinstance(target.data, list):
        told = [_gateway(view, routing, at, Value(one, target.seen)) for one in target.data]
        why = Unknown(f"which of {describe(target.data)[:200]} it is", "scan the source beside the plan (--source DIR)")
        either = step(f"{Via.NAT.value} {describe(target.data[0])} or another", target.seen)
        return Value.of(agreed(why, [value.data for value, _ in told]), target.seen), [either]
    gateway = declared_target(view, at.gateways, target)
    if gateway is None:
        why = target.unknown or Unknown(f"the NAT gateway {describe(target.data)} is not among what was read", _ELSEWHERE)
        return Value(why, target.seen), [met(view, Via.NAT, target)]
    words, declared = f"{Via.NAT.value} {gateway.address}", (gateway.location(),)
    if gateway[at.connectivity].default("public").equals("private").data is not False:
        private = gateway[at.connectivity].equals("private").negate()
        return private, [step(f"{words}, a private one", declared)]
    if at.state and gateway[at.state].equals("deleted", "deleting", "failed").data is True:
        return Value(False, target.seen), [step(f"{words}, which is {gateway[at.state].data}", declared)]
    where = gateway.link(at.subnet)
    if where.absent and gateway[at.availability].equals("regional").data is True:
        return Value(True, target.seen), [step(words, declared), step(Via.INTERNET.value)]
    subnet = declared_target(view, at.subnets, where)
    if subnet is None:
        why = where.unknown or Unknown(f"the subnet of {gateway.address} is not among what was read", _ELSEWHERE, gateway.location())
        return Value(why, where.seen), [step(words, declared)]
    value, on = _public(view, routing, subnet)
    return value, [step(words, declared), *on]


def _public(view: View, routing: RoutingAt, subnet: Item) -> tuple[Value[Any], list[Step]]:
    """Whether the subnet of a NAT gateway has a way to the internet: an internet gateway, or a firewall before that."""
    entries, doubt = entries_of(view, routing, subnet)
    ways = [entry for entry in entries if entry.hop.via in (*PUBLIC, Via.ENDPOINT) and _is_default(entry).data is not False]
    if ways:
        leading = ways[0].hop.via
        assert isinstance(leading, Via)
        way = [_of(subnet, ways[0]), met(view, leading, ways[0].hop.target)]
        return Value(any_of(map(_is_default, ways)).data, (subnet.location(),)), way
    unknown = next((entry.hop.via for entry in entries if isinstance(entry.hop.via, Unknown)), doubt)
    transit = next((entry for entry in entries if entry.hop.via is Via.TRANSIT), None)
    if transit is not None:
        unknown = Unknown(f"where a transit gateway leads from {subnet.address} is not among what was read", _ELSEWHERE)
    return Value(unknown or False, (subnet.location(),)), [_of(subnet), step("no way to the internet")]


def _beyond(view: View, routing: RoutingAt, at: ExitsAt, target: Value[Any]) -> tuple[Value[Any], list[Step]]:
    """Whether what stands behind an endpoint, such as a firewall, leads out through a NAT gateway."""
    by_name = view.index(at.firewalls)
    names = [spelled(target.data), *(reference.address for reference in references_in(target.data))]
    subnets = [declared_target(view, at.subnets, where) for name in dict.fromkeys(names) for where in by_name.get(name, ())]
    if not subnets or None in subnets:
        why = target.unknown or Unknown(f"where the endpoint {describe(target.data)} leads is not among what was read", _ELSEWHERE)
        return Value(why, target.seen), []
    exits = [exit_of(view, routing, at, subnet) for subnet in subnets if subnet is not None]
    return all_of([value for one in exits for value in (one.leaves, one.through_nat)]), exits[0].steps
