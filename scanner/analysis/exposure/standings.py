"""The subnets that a workload of AWS stands in: those that it names, those that what it is launched by names, or the default ones."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.network.looked_up import LookedUpAt, is_default
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Location, Unknown, describe
from assay.scanner.sources.values import Value, agreed, any_of

from .exits import Exit, ExitsAt, exit_of
from .interfaces import InterfacesAt, attached_interfaces, given_interfaces, not_read
from .kinds import Standing
from .placed import subnets_at
from .routing import RoutingAt, routes_of
from .targets import declared_target


class SubnetsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells in which subnets a workload stands, and what these are."""

    subnets: tuple[str, ...] = ()
    subnet_decides: Annotated[bool, "public_address"] = False
    """Where nothing is written of a public address, the subnet says so; without any subnet, it stands in default ones."""
    interfaces: Annotated[InterfacesAt | None, "public_address", "subnets", "accepts"] = None
    """Network interfaces of its own, which stand in its subnets."""
    templates: Annotated[tuple[Link, ...], "public_address", "subnets"] = ()
    """What it is launched by, which says whether it gives an address, and in which subnets, where it does not itself."""
    subnets_there: tuple[str, ...] = ()
    """Where both of these name subnets, or interfaces whose subnets are then not known."""
    known: Annotated[Index, "subnets", "public_address"]
    """Subnets by what names them."""
    looked_up: Annotated[LookedUpAt | None, "subnets", "public_address"] = None
    """In code: data sources that look subnets up."""
    gives: Annotated[str, "public_address"]
    """Of a subnet: whether it gives public addresses."""
    routing: Annotated[RoutingAt, "subnets"]
    exits: Annotated[ExitsAt, "subnets.leaves", "subnets.through_nat", "subnets.exit"]


def subnets_of(view: View, at: SubnetsAt, views: list[View]) -> list[Value[Any]]:
    """What names the subnets of a workload, of which `views` are the parts. Without any, nothing does."""
    named = [target for one in views for path in at.subnets for target in subnets_at(one.node, path)]
    if not at.subnet_decides:
        return named
    named += _of_interfaces(at, given_interfaces(view, at.interfaces, views)) if at.interfaces else []
    if named:
        return named
    for one, link in ((one, link) for link in at.templates for one in views):
        if (target := one.link(link)).absent:
            continue
        holder = one.target(link)
        if holder is None:
            return [Value(target.unknown or not_read(view, f"{describe(target.data)}, which has the subnet"), target.seen)]
        named += [subnet for path in at.subnets_there for subnet in subnets_at(holder.surely.node, path)]
    return named


def attached_subnets(view: View, at: SubnetsAt) -> list[Value[Any]]:
    """What names the subnets of the interfaces that are attached to a workload after it is made."""
    return _of_interfaces(at, attached_interfaces(view, at.interfaces)) if at.interfaces else []


def _of_interfaces(at: SubnetsAt, interfaces: list[View | Value[Any]]) -> list[Value[Any]]:
    named: list[Value[Any]] = []
    for one in interfaces:
        named += [one] if isinstance(one, Value) else [subnet for path in at.subnets_there for subnet in subnets_at(one.surely.node, path)]
    return named


def gives_addresses(view: View, at: SubnetsAt, named: list[Value[Any]]) -> Value[bool]:
    """Whether the subnets give public addresses, as default ones do."""
    return any_of([_given(view, at, target) for target in named]) if named else view.says(True)


def _given(view: View, at: SubnetsAt, target: Value[Any]) -> Value[bool]:
    if isinstance(target.data, list):
        return any_of([_given(view, at, Value(one, target.seen)) for one in target.data])
    item = declared_target(view, at.known, target)
    if item is None:
        return Value(_is_default(view, at, target) or _not_read(view, at, target), target.seen)
    # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html: a subnet gives none unless it says so
    return item[at.gives].default(item.type in DEFAULT_SUBNETS).truth()


def _is_default(view: View, at: SubnetsAt, target: Value[Any]) -> bool:
    """Whether a subnet that code looks up is one that the default VPC comes with."""
    return at.looked_up is not None and is_default(view, at.looked_up, target)


DEFAULT_SUBNETS = ("aws_default_subnet",)
"""Types of subnets that give public addresses unless they say otherwise."""


def _not_read(view: View, at: SubnetsAt, target: Value[Any]) -> Unknown:
    unlisted = next((item.why for item in view.index(at.known).get(None, ()) if isinstance(item, Unlisted)), None)
    return target.unknown or unlisted or not_read(view, f"the subnet {describe(target.data)}")


def standings(view: View, at: SubnetsAt, named: list[Value[Any]]) -> list[Standing]:
    """The subnets, each once; of several that are not known, one for each reason."""
    if not named and at.subnet_decides:
        return [_by_default(view.says(_DEFAULT), view.location)]
    distinct = {describe(target.data): target for target in named}.values()
    return [_standing(view, at, target, len(distinct)) for target in distinct]


def _by_default(name: Value[str], place: Location) -> Standing:
    """Whoever names no subnet gets one of the default network, whose subnets all have a way to the internet.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
    """
    open_: Value[bool] = Value(True, name.seen)
    way = [step(str(name.data), (place,)), step("an internet gateway")]
    return _stands(name, open_, way, Exit(open_, Value(False, name.seen), way))


_DEFAULT = "a default subnet, since it names none"


def _standing(view: View, at: SubnetsAt, target: Value[Any], among: int) -> Standing:
    """Of some of several subnets, what all of these have in common.

    `among`: how many are named. Of several one may not exist; one alone does, where what names it is there.
    """
    if isinstance(target.data, list):
        several = [_standing(view, at, Value(one, target.seen), len(target.data)) for one in target.data]
        why = Unknown(f"in which of several subnets {view.item.address} stands", "scan the source beside the plan (--source DIR)")
        common: Standing = agreed(why, several)
        common.name = Value(f"some of {describe(target.data)[:200]}", target.seen)
        common.entry = common.exit = Value([step(common.name.data, target.seen)])
        return common
    item = declared_target(view, at.known, target)
    if item is None and _is_default(view, at, target):
        return _by_default(Value(f"{describe(target.data)}, of the default VPC", target.seen), view.location)
    if item is None:
        public: Value[Any] = Value(_not_read(view, at, target), target.seen)
        name = "a subnet that is not known" if target.unknown else describe(target.data)
        start = step(name, target.seen)
        return _stands(Value(name, target.seen), public, [start], Exit(public, public, [start, step("a way that is not known")]))
    ways = routes_of(view, at.routing, item)
    told = [Value(way, (item.location(),)) if isinstance(way, Unknown) else way.to_internet_gateway for way in ways]
    public = any_of(told) if told else Value(False, (item.location(),))
    leading = next((way for way in ways if not isinstance(way, Unknown) and way.to_internet_gateway.data is True), None)
    by, written = (f"route {leading.destination.data}", leading.destination.seen) if leading else ("", ())
    way = [step(item.address, (item.location(),), by, written), *(leading.leads_to.data if leading else ())]
    weighed = public if among == 1 else view.of(item).weighed(public, absence=False)
    return _stands(Value(item.address, target.seen), weighed, way, exit_of(view, at.routing, at.exits, item))


def _stands(name: Value[str], public: Value[bool], entry: list[Step], way: Exit) -> Standing:
    return Standing(
        name=name,
        public=public,
        entry=Value(entry),
        leaves=way.leaves,
        through_nat=way.through_nat,
        exit=Value(way.steps),
    )
