"""Network interfaces of a machine that are resources of their own: those that it is given, and those that are attached to it later.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Index, Referrer
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

from .targets import declared_target


class InterfacesAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells which interfaces a machine has, and what these have."""

    known: Index
    """Interfaces by what names them."""
    given: tuple[str, ...]
    """Where the machine names those that it is made with, as `listed` takes it."""
    attached: tuple[Referrer, ...]
    """What names a machine and, at its path, an interface; without a path it is the interface itself."""
    addresses: tuple[Referrer, ...]
    """Addresses of the internet that are attached to an interface."""
    groups: tuple[str, ...]
    """Of an interface: the security groups that it is in, as `listed` takes it."""
    more_groups: tuple[Referrer, ...] = ()
    """Groups that are given to an interface later, at their paths."""


def not_read(view: View, what: str) -> Unknown:
    """Why nothing is known of something that a workload names."""
    reason = f"{what} of {view.item.address} is not among what was read"
    return Unknown(reason, "scan the code that declares it together with this, or the live account", view.location)


def given_interfaces(view: View, at: InterfacesAt, views: list[View]) -> list[View | Value[Any]]:
    """The interfaces that a machine is made with, of which `views` are the parts; an unknown value for one of which nothing is known."""
    named = [target for one in views for path in at.given for target in listed(one.node, path, linked=True)]
    return [_interface(view, at, target) for target in named if target.data is not None]


def attached_interfaces(view: View, at: InterfacesAt) -> list[View | Value[Any]]:
    """The interfaces that are attached to a machine after it is made."""
    told: list[View | Value[Any]] = []
    for join in at.attached:
        companions = view.referrers(join)
        told += [_interface(view, at, one.link(join.path)) if join.path else one for one in companions.views]
        told += [Value(companions.more, (view.location,))] if companions.more else []
    return told


def groups_of(interface: View, at: InterfacesAt) -> list[Value[Any]]:
    """What names the security groups of an interface; without any, why these are not known."""
    named = [group for path in at.groups for group in listed(interface.node, path, linked=True)]
    for join in at.more_groups:
        companions = interface.referrers(join)
        named += [one.link(join.path) for one in companions.views]
        named += [Value(companions.more, (interface.location,))] if companions.more else []
    if named:
        return named
    reason = f"{interface.item.address} names no security group, so that it is in the default one of its network"
    return [Value(Unknown(reason, "name its security groups, or scan the live account", interface.location), (interface.location,))]


def _interface(view: View, at: InterfacesAt, target: Value[Any]) -> View | Value[Any]:
    item = declared_target(view, at.known, target)
    if item is not None:
        return view.of(item)
    return Value(target.unknown or not_read(view, f"the network interface {describe(target.data)}"), target.seen)
