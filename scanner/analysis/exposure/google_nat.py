"""Cloud NAT: which subnetworks it serves. https://cloud.google.com/nat/docs/overview"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.spelling import Index
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_WAY = "scan the code that declares it together with this, or the live project"


class Nat(msgspec.Struct, frozen=True):
    """A gateway of Cloud NAT."""

    name: str
    router: str
    """What names the router that it is on; empty where the record has the network itself."""
    network: str
    region: str
    every: bool | None
    """It serves every subnetwork of its network in its region; None where that is not known."""
    subnetworks: tuple[str, ...]
    """Those that it serves otherwise, by what names them."""
    doubt: Unknown | None = None
    """Why it may serve others, or not exist."""


class NetworkPlace(msgspec.Struct, frozen=True):
    """Where a subnetwork, a router or a connector is."""

    network: str
    region: str
    subnetwork: str = ""
    """The one that a connector stands in."""


class NatsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells which subnetworks Cloud NAT serves."""

    nats: Index
    """`Nat`s under `nat`."""
    routers: Index
    """Router to its `Place`."""
    subnetworks: Index
    """Subnetwork to its `Place`; its name and region, as `by_name` has them, to the subnetwork."""
    connectors: Index
    """Connector to its `Place`."""


def served(view: View, at: NatsAt, subnetwork: str, place: NetworkPlace | None) -> tuple[Value[Any], str]:
    """Whether Cloud NAT serves a subnetwork (or the hidden one of a connector, at a place), and by which gateway, in words.

    `subnetwork`: what names it; empty where only its place is known.
    """
    subnetwork = _found(view, at, subnetwork)
    place = place or next(iter(view.index(at.subnetworks).get(subnetwork, ())), None)
    nats: list[Nat] = view.index(at.nats).get("nat", [])
    doubts = [nat.doubt for nat in nats if nat.doubt]
    for nat in nats:
        if nat.doubt is None and subnetwork and subnetwork in nat.subnetworks:
            return view.says(True), f"Cloud NAT {nat.name}"
        if (
            nat.doubt is None
            and nat.every
            and place is not None
            and _at(view, at, nat) == (place.network, place.region)
            and all(_at(view, at, nat))
        ):
            return view.says(True), f"Cloud NAT {nat.name}"
    if place is None:
        reason = f"the subnetwork {subnetwork} of {view.item.address} is not among what was read"
        return view.says(Unknown(reason, _WAY, view.location)), "a way that is not known"
    unsure = [nat for nat in nats if nat.every is not False and not _elsewhere(_at(view, at, nat), place)]
    if unsure:
        reason = f"whether Cloud NAT {unsure[0].name} is of the network and region of {view.item.address}"
        doubts.append(unsure[0].doubt or Unknown(reason, _WAY, view.location))
    return view.says(next(iter(doubts), False)), "no Cloud NAT"


def by_name(name: Any, region: str, of: Item) -> tuple[str, str, str, str]:
    """What a subnetwork is found by that is called by its name alone, which is that of one in the region and in the project of an item."""
    project = of.account.data
    return ("name", name if isinstance(name, str) else "", region, project if isinstance(project, str) else "")


def _found(view: View, at: NatsAt, subnetwork: str) -> str:
    """The subnetwork that is meant by a name, or by a relative name of the API; what is given where it is none of those that were read."""
    known = view.index(at.subnetworks)
    if not subnetwork or subnetwork in known:
        return subnetwork
    if "/" in subnetwork:
        full = f"//compute.googleapis.com/{subnetwork}"
        return full if full in known else subnetwork
    zone = view["zone"].data
    regions = (view["location|region"].data, zone.rpartition("-")[0] if isinstance(zone, str) else None, view.item.region.data)
    region = next((region for region in regions if isinstance(region, str) and region), "")
    named: list[str] = known.get(by_name(subnetwork, region, view.item), []) if region else []
    return named[0] if len(named) == 1 else subnetwork


def _at(view: View, at: NatsAt, nat: Nat) -> tuple[str, str]:
    router = next(iter(view.index(at.routers).get(nat.router, ())), None) if nat.router else None
    return nat.network or (router.network if router else ""), nat.region or (router.region if router else "")


def _elsewhere(where: tuple[str, str], place: NetworkPlace) -> bool:
    """Whether two places are surely not one: a known network or region differs. What begins with `\\0` is only a name (targets.py)."""
    return any(
        one and other and one != other and "\0" not in (one[:1], other[:1])
        for one, other in zip(where, (place.network, place.region), strict=True)
    )
