"""Destinations out of what rules of any provider let through."""

from __future__ import annotations

import ipaddress
from typing import Any

from assay.scanner.facts.network.egress.kinds import EgressDestination, Range
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import WIDE
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

# The addresses at which Google's APIs are reached from within, and no route to the internet leads to:
# https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options
_OF_SERVICES = tuple(
    ipaddress.ip_network(text)
    for text in ("199.36.153.4/30", "199.36.153.8/30", "34.126.0.0/18", "2600:2d00:2:1000::/64", "2600:2d00:2:2000::/64")
)
# The CDK lets groups out there that are to reach nothing, so that they lose the rule that AWS gives them:
# https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/security-group.ts (MATCH_NO_TRAFFIC)
_NOWHERE = ipaddress.ip_network("255.255.255.255/32")


_NOT_NAMED = Unknown("whose addresses these are is not configured", "name the ranges of the providers in the param provider_ranges")


def destination(told: Opening) -> EgressDestination:
    """What a rule lets out, by the same that tells what one lets in: a range, a group, a list."""
    return _to(told, Value(_is_inside(told), told.source.seen), Value(None, told.source.seen))


def host(told: Opening) -> EgressDestination:
    """What a rule lets out to a host that it names."""
    return _to(told, Value(False, told.source.seen), Value(told.world.unknown or told.source.data, told.source.seen))


def _to(told: Opening, inside: Value[bool], name: Value[Any]) -> EgressDestination:
    seen = told.source.seen
    return EgressDestination(
        destination=told.source,
        anywhere=told.world,
        inside=inside,
        host=name,
        within=Value(_within(told), seen),
        expected=Value(_NOT_NAMED, seen),
        traffic=told.traffic,
        protocol=told.protocol,
        from_port=told.from_port,
        to_port=told.to_port,
    )


def _within(told: Opening) -> list[Range] | Unknown:
    if told.world.data is not False:
        return []
    try:
        network: Any = ipaddress.ip_network(str(told.source.data).strip(), strict=False)
    except ValueError:
        return [] if told.inside.data is True else Unknown(f"whose addresses {told.source.data} are", "scan the plan or the live resource")
    lengths = range(network.prefixlen, WIDE[network.version], -1)
    return [Range(cidr=Value(str(network.supernet(new_prefix=length)), told.source.seen)) for length in lengths]


def _is_inside(told: Opening) -> bool | Unknown:
    if told.world.data is not False:
        return told.world.unknown or False
    if told.inside.data is not False:
        inside: bool | Unknown = told.inside.data
        return inside
    try:
        network: Any = ipaddress.ip_network(str(told.source.data).strip(), strict=False)
    except ValueError:
        return False
    return network == _NOWHERE or any(network.version == own.version and network.subnet_of(own) for own in _OF_SERVICES)
