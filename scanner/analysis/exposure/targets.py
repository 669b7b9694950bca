"""Where a route leads. https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import msgspec

from assay.scanner.facts.spelling import Index
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, references_in, unknown_inside
from assay.scanner.sources.values import Value


class Via(enum.Enum):
    """The sort of thing that a route leads to, in words."""

    LOCAL = "its own network"
    INTERNET = "an internet gateway"
    CARRIER = "a carrier gateway"
    EGRESS_ONLY = "an egress-only internet gateway"
    NAT = "a NAT gateway"
    ENDPOINT = "an endpoint"
    INTERFACE = "a network interface"
    TRANSIT = "a transit gateway"
    PEERING = "a peered network"
    VPN = "a VPN gateway"
    OUTPOST = "a local gateway"
    CORE = "a core network"


PUBLIC = (Via.INTERNET, Via.CARRIER)
"""What the internet, or the network of a carrier, can begin to talk through."""

# A route names one of these. What a gateway is, its id or its type tells.
TARGETS: Mapping[str, Via | None] = {
    "GatewayId": None,
    "NatGatewayId": Via.NAT,
    "EgressOnlyInternetGatewayId": Via.EGRESS_ONLY,
    "EgressOnlyGatewayId": Via.EGRESS_ONLY,
    "VpcEndpointId": Via.ENDPOINT,
    "NetworkInterfaceId": Via.INTERFACE,
    "InstanceId": Via.INTERFACE,
    "TransitGatewayId": Via.TRANSIT,
    "VpcPeeringConnectionId": Via.PEERING,
    "LocalGatewayId": Via.OUTPOST,
    "CarrierGatewayId": Via.CARRIER,
    "CoreNetworkArn": Via.CORE,
    "OdbNetworkArn": Via.PEERING,
}
_IDS = {"local": Via.LOCAL, "igw": Via.INTERNET, "eigw": Via.EGRESS_ONLY, "vgw": Via.VPN, "vpce": Via.ENDPOINT, "nat": Via.NAT,
        "cagw": Via.CARRIER, "lgw": Via.OUTPOST, "tgw": Via.TRANSIT}  # fmt: skip
_TYPES = {
    "aws_internet_gateway": Via.INTERNET, "aws_internet_gateway_attachment": Via.INTERNET, "AWS::EC2::InternetGateway": Via.INTERNET,
    "aws_vpn_gateway": Via.VPN, "aws_vpn_gateway_attachment": Via.VPN, "AWS::EC2::VPNGateway": Via.VPN,
    "aws_egress_only_internet_gateway": Via.EGRESS_ONLY, "AWS::EC2::EgressOnlyInternetGateway": Via.EGRESS_ONLY,
    "aws_vpc_endpoint": Via.ENDPOINT, "AWS::EC2::VPCEndpoint": Via.ENDPOINT, "aws_nat_gateway": Via.NAT, "AWS::EC2::NatGateway": Via.NAT,
    "aws_ec2_carrier_gateway": Via.CARRIER, "AWS::EC2::CarrierGateway": Via.CARRIER,
}  # fmt: skip


class Hop(msgspec.Struct, frozen=True):
    """Where a route leads: what sort of thing, and which one."""

    via: Via | Unknown
    target: Value[Any]


def hop(route: Node, paths: Mapping[str, str], named: Value[Any] | None = None) -> Hop:
    """What a route leads to. `paths`: name of the API (`NatGatewayId`) to where an input has it.

    `named`: what it may name where that itself is not known.
    """
    for name, path in paths.items():
        target = route.link(path)
        if target.data is None or target.data == "":
            continue
        candidates = references_in(named.data) if named else []
        via = TARGETS[name] or _gateway(target, candidates)
        meant = [reference for reference in candidates if _TYPES.get(reference.type) is via] if target.unknown else []
        if meant:
            target = Value(meant[0] if len(meant) == 1 else meant, target.seen)
        return Hop(via, target)
    why = Unknown("where a route leads is not written", "name what it leads to", route.location())
    return Hop(why, Value(None, (route.location(),)))


def met(view: View, via: Via, target: Value[Any]) -> Step:
    """What a route leads to, as a step of a way: the sort of thing, and which one, as far as the input says it."""
    named = next(iter(references_in(target.data)), None)
    item = view.items.at(named.address) if named is not None else None
    called = target.data if isinstance(target.data, str) else named.address if named is not None else ""
    return step(f"{via.value} {called}".strip(), (item.location(),) if item is not None else target.seen)


_GATEWAYS = (Via.INTERNET, Via.VPN)
"""What a route may have for its gateway: others have attributes of their own."""


def _gateway(target: Value[Any], named: list[Reference]) -> Via | Unknown:
    """What a gateway is by its id (`igw-0a1b`), or the type of what declares it."""
    data = target.data
    known = {via for reference in named if (via := _TYPES.get(reference.type)) in _GATEWAYS and via}
    if isinstance(data, Unknown) and len(known) == 1:
        return known.pop()
    if isinstance(data, Reference) and (via := _TYPES.get(data.type)):
        return via
    if isinstance(data, list):  # one of several, in a plan
        sorts = {_gateway(Value(one), named) for one in data}
        several = Unknown("where a route leads: to one of several gateways", "scan the source beside the plan (--source DIR)")
        return sorts.pop() if len(sorts) == 1 else several
    text = data.prefix if isinstance(data, Text) else data if isinstance(data, str) else ""
    if via := _IDS.get(text.partition("-")[0]):
        return via
    why = unknown_inside(data)
    reason = why.reason if why else f"what the gateway {describe(data)} is cannot be told"
    return Unknown(f"where a route leads: {reason}", why.settles_it if why else "scan the plan or the live account")


def declared_target(view: View, index: Index, target: Value[Any]) -> Item | None:
    """The item that something leads to, of those in an index by what names them; None where it is none of these, or not known."""
    name = spelled(target.data) if not target.unknown else ""
    return next(iter(view.index(index).get(name, ())), None) if name else None
