"""Destinations out of what rules of any provider let through."""

from __future__ import annotations

import ipaddress
from typing import Any

from assay.scanner.facts.network.egress.kinds import Destination
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import is_private
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

# The addresses at which Google's APIs are reached from within, and no route to the internet leads to:
# https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options
_OF_SERVICES = tuple(
    ipaddress.ip_network(text)
    for text in ("199.36.153.4/30", "199.36.153.8/30", "34.126.0.0/18", "2600:2d00:2:1000::/64", "2600:2d00:2:2000::/64")
)


def destination(told: Opening) -> Destination:
    """What a rule lets out, by the same that tells what one lets in: a range, a group, a list."""
    return Destination(
        destination=told.source,
        anywhere=told.world,
        inside=Value(_is_inside(told), told.source.seen),
        traffic=told.traffic,
        protocol=told.protocol,
        from_port=told.from_port,
        to_port=told.to_port,
    )


def _is_inside(told: Opening) -> bool | Unknown:
    if told.world.data is not False:
        return told.world.data if isinstance(told.world.data, Unknown) else False
    try:
        network: Any = ipaddress.ip_network(str(told.source.data).strip(), strict=False)
    except ValueError:
        return True  # a group, or a list of addresses of the provider's services
    return is_private(network) or any(network.version == own.version and network.subnet_of(own) for own in _OF_SERVICES)
