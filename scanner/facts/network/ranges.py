"""Address ranges and ports in the forms that providers write them."""

from __future__ import annotations

import ipaddress
from typing import Any

from assay.scanner.facts.network.kinds import Opening
from assay.scanner.sources.values import Either, Location, Unknown, Value, agreed, any_of

# A range this wide of public addresses is open to strangers whatever its owner meant; /8 and wider are.
WIDE = {4: 8, 6: 16}
# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry: not reachable from the internet
_PRIVATE = [
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
]
_GOOGLE_FRONT_ENDS = ("130.211.0.0/22", "35.191.0.0/16")  # https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges


def is_world(cidr: Any) -> bool | Unknown:
    """Whether a CIDR range, or one of a list of them, is as good as the internet."""
    if isinstance(cidr, Either):
        found: bool | Unknown = agreed(cidr, [is_world(option) for option in cidr.options])
        return found
    if isinstance(cidr, list):
        decided: bool | Unknown = any_of([Value(is_world(each)) for each in cidr]).data
        return decided
    if not isinstance(cidr, str):
        return (
            cidr if isinstance(cidr, Unknown) else Unknown(f"the range {cidr} is known after apply", "scan the plan or the live resource")
        )
    if cidr in _GOOGLE_FRONT_ENDS:
        return False
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return Unknown(f"{cidr!r} is not an address range", "correct the range")
    if any(network.subnet_of(private) for private in _PRIVATE if private.version == network.version):  # type: ignore[arg-type]
        return False
    return network.prefixlen <= WIDE[network.version]


Span = tuple[Value[Any], Value[Any], Value[Any]]
"""Protocol, first port, last port."""


def opening(source: Any, protocol: Value[Any], from_port: Value[Any], to_port: Value[Any], seen: tuple[Location, ...]) -> Opening:
    return Opening(
        source=Value(source if isinstance(source, (str, Unknown)) else str(source), seen),
        world=Value(is_world(source), seen),
        protocol=protocol,
        from_port=from_port,
        to_port=to_port,
    )


def openings_from(held: Value[Any], protocol: Value[Any], ports: tuple[Value[Any], Value[Any]]) -> list[Any]:
    """One opening for each range of an attribute that holds one or a list of them."""
    if held.absent:
        return []
    sources = held.data if isinstance(held.data, list) else [held.data]
    return [opening(source, protocol, *ports, held.seen) for source in sources]


def unread(
    source: str, why: Unknown, protocol: Value[Any], from_port: Value[Any], to_port: Value[Any], seen: tuple[Location, ...]
) -> Opening:
    """Traffic from ranges that are not known."""
    return Opening(source=Value(source, seen), world=Value(why, seen), protocol=protocol, from_port=from_port, to_port=to_port)


def closed(source: str, protocol: Value[Any], from_port: Value[Any], to_port: Value[Any], seen: tuple[Location, ...]) -> Opening:
    """Traffic from something that is not a range: a group, a prefix list of AWS's, a service account."""
    return Opening(source=Value(source, seen), world=Value(False, seen), protocol=protocol, from_port=from_port, to_port=to_port)


_NUMBERS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "all": "all", "58": "icmpv6"}


def protocol_name(value: Value[Any]) -> Value[Any]:
    return value.text().then(lambda name: _NUMBERS.get(str(name).lower(), str(name).lower()))


def port_span(text: Any) -> tuple[int, int] | None:
    """`443`, `8000-8100`; None where it is neither."""
    first, _, last = str(text).partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        return None
