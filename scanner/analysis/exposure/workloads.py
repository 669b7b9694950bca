"""Workloads of AWS, by the subnets that they stand in."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Another, Index, Place, Referrer
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe, references_in
from assay.scanner.sources.values import Value, any_of

from .interfaces import attached_interfaces, given_interfaces, groups_of, not_read
from .kinds import Standing, TrafficSource, Workload
from .sources import GroupsAt, sources_of, way_in
from .standings import SubnetsAt, attached_subnets, gives_addresses, standings, subnets_of


class WorkloadAt(SubnetsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a workload of AWS."""

    sort: str
    blocks: Annotated[str, "own_interface", "in_network", "public_address", "subnets"] = ""
    """Of what runs several things, the blocks that the other places are in; empty for the item itself."""
    runs: str = ""
    """What such an item, or a block of it, must have to be a workload at all."""
    network: Annotated[Place, "own_interface", "in_network"] = ""
    """The settings of its network interfaces."""
    outside: Annotated[bool, "own_interface", "in_network"] = False
    """Without these, it is in no network of the customer's, rather than in that of the machines that it shares."""
    public: Annotated[Place, "public_address"] = ""
    """Whether it is given an address of the internet: a flag, or `ENABLED`."""
    address: Annotated[Place, "public_address"] = ""
    """An address of the internet that it has."""
    groups: Annotated[GroupsAt, "accepts"]
    group: Annotated[Another, "accepts"]
    """A `SecurityGroupAt`."""
    members: Annotated[tuple[str, ...], "accepts"] = ()
    """Where it names the security groups that it is in."""
    urls: Annotated[tuple[Referrer, ...], "accepts"] = ()
    """Of a function, which nobody can talk to in its network: addresses of its own, with how these know who asks."""
    template_public: tuple[str, ...] = ()
    """Where that stands there, as `listed` takes it."""
    fixed: Annotated[tuple[Referrer, ...], "public_address"] = ()
    """Addresses of the internet that are attached to it later."""
    at_edge: Annotated[Index | None, "runs_at_edge"] = None
    """Functions that distributions run at their own places."""
    versions: Annotated[tuple[Referrer, ...], "runs_at_edge"] = ()
    """What distributions name in their place."""


def workload(view: View, at: WorkloadAt) -> Workload | None:
    """Something that runs code, or None where an item of the type does not."""
    views, more = _running(view, at)
    if not views and more is None:
        return None
    seen = tuple(one.location for one in views)
    doubt = [view.says(more)] if more else []
    settings = any_of([*[one[at.network].is_set() for one in views], *doubt]) if at.network else Value(True, seen)
    named = subnets_of(view, at, views)
    return Workload(
        identity=view.identity(view[at.name]),
        sort=Value(at.sort, seen),
        own_interface=Value(True, seen) if at.outside else settings,
        runs_at_edge=view.says(_at_edge(view, at)),
        in_network=_within(view, settings, named) if at.outside else Value(True, settings.seen),
        public_address=any_of([*[_addressed(view, at, one, named) for one in views], *doubt]),
        subnets=view.says([*standings(view, at, named), *_later(view, at, named), *([more] if more else [])]),
        accepts=view.says([*_accepts(view, at, views), *([more] if more else [])]),
        all_traffic=Value(True, seen),
        leaves_by_itself=Value(False, seen),
    )


def _later(view: View, at: WorkloadAt, named: list[Value[Any]]) -> list[Standing]:
    """The subnets of interfaces that are attached to it later, but those that are named."""
    known = {describe(target.data) for target in named}
    later = [target for target in attached_subnets(view, at) if describe(target.data) not in known]
    return standings(view, at, later) if later else []


def at_edge(distribution: str, *paths: str) -> Index:
    """Functions by their addresses that distributions run at their own places."""
    return Index((distribution,), functools.partial(_associated, paths))


def _associated(paths: tuple[str, ...], distribution: Item) -> Iterator[tuple[Hashable, Any]]:
    for name in (value for path in paths for value in listed(distribution, path, linked=True)):
        yield from [(reference.address, distribution) for reference in references_in(name.data)]


def _accepts(view: View, at: WorkloadAt, views: list[View]) -> list[TrafficSource | Unknown]:
    """https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html: `NONE` lets anyone in, without a load balancer before it."""
    if at.outside:
        urls = view.referrers(*at.urls)
        told = [_by_url(view, url, kind) for url in urls.views for kind in dict.fromkeys(join.path for join in at.urls)]
        return [*told, *([urls.more] if urls.more else [])]
    named = [group for one in views for path in at.members for group in listed(one.node, path, linked=True)]
    if at.interfaces:
        interfaces = [*given_interfaces(view, at.interfaces, views), *attached_interfaces(view, at.interfaces)]
        for one in interfaces:
            named += [one] if isinstance(one, Value) else groups_of(one.surely, at.interfaces)
    if not named:
        reason = f"{view.item.address} names no security group, so that it is in the default one of its network"
        return [Unknown(reason, "name its security groups, or scan the live account", view.location)]
    return sources_of(view, at.groups, at.group.spelling, list({describe(group.data): group for group in named}.values()))


def _by_url(view: View, url: View, kind: str) -> TrafficSource:
    signed = url.surely[kind].equals("AWS_IAM")
    return TrafficSource(
        name=Value("anyone", signed.seen),
        trusted=url.weighed(signed, absence=True),
        steps=way_in(view, "anyone", f"the URL of the function, {url.item.address}", signed),
    )


def _at_edge(view: View, at: WorkloadAt) -> bool:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-the-edge.html: such a function takes no VPC."""
    by_function = view.index(at.at_edge) if at.at_edge else {}
    return any(item.address in by_function for item in (view.item, *view.referrers(*at.versions).items))


def _running(view: View, at: WorkloadAt) -> tuple[list[View], Unknown | None]:
    """The blocks of an item that run something, or the item itself, and why there may be more of them."""
    blocks, more = view.inner(at.blocks) if at.blocks else ([view], None)
    return [block for block in blocks if not at.runs or block[at.runs].data not in (None, [])], more  # a plan writes no block as []


def _within(view: View, settings: Value[bool], named: list[Value[Any]]) -> Value[bool]:
    """An empty list of subnets is no network either: https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html"""
    if settings.data is not True:
        return settings
    return Value(bool(named), settings.seen)  # what is not known of the subnets is said of these


def _addressed(view: View, at: WorkloadAt, one: View, named: list[Value[Any]]) -> Value[bool]:
    fixed = any_of([view.referrers(*at.fixed).exist, one[at.address].is_set(), *_attached_addresses(view, at, one)])
    public = _launched(one, at) if (written := one[at.public]).absent else written
    if not public.absent:
        flag = public.then(lambda data: {"ENABLED": True, "DISABLED": False}.get(data, data) if isinstance(data, str) else data)
        return any_of([fixed, flag.truth()])
    if not at.subnet_decides:
        return any_of([fixed, Value(False, public.seen)])
    return any_of([fixed, gives_addresses(view, at, named)])


def _attached_addresses(view: View, at: WorkloadAt, one: View) -> list[Value[bool]]:
    """Whether its interfaces have addresses of the internet, each."""
    if at.interfaces is None:
        return []
    interfaces = [*given_interfaces(view, at.interfaces, [one]), *attached_interfaces(view, at.interfaces)]
    return [interface.referrers(*at.interfaces.addresses).exist for interface in interfaces if isinstance(interface, View)]


def _launched(one: View, at: WorkloadAt) -> Value[Any]:
    """What the template says that a workload is launched by; absent where there is none, or it leaves that to the subnet."""
    for link in at.templates:
        if (target := one.link(link)).absent:
            continue
        template = one.target(link)
        if template is None:
            return Value(target.unknown or not_read(one, f"the template {describe(target.data)}"), target.seen)
        told = [flag.truth() for path in at.template_public for flag in listed(template.surely.node, path)]
        if told := [flag for flag in told if not flag.absent]:
            return any_of(told)
    return one.says(None)
