"""Address ranges and ports in the forms that providers write them."""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple

from assay.scanner.facts.network.kinds import Opening
from assay.scanner.sources.interface import Node
from assay.scanner.sources.values import Unknown, Value, any_of

# A range this wide of public addresses is open to strangers whatever its owner meant; /8 and wider are.
WIDE = {4: 8, 6: 16}
# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry: not reachable from the internet
_PRIVATE = [
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10",
        "::1/128",
    )
]  # fmt: skip
_GOOGLE_FRONT_ENDS = ("130.211.0.0/22", "35.191.0.0/16")  # https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges


def is_world(cidr: Any) -> bool | Unknown:
    """Whether a CIDR range, or one of a list of them, is as good as the internet."""
    if isinstance(cidr, list):
        decided: bool | Unknown = any_of([Value.of(element).then(is_world) for element in cidr]).data
        return decided
    if isinstance(cidr, Unknown):
        return cidr
    if not isinstance(cidr, str):
        return Unknown(f"the range {cidr} is known after apply", "scan the plan or the live resource")
    if cidr in _GOOGLE_FRONT_ENDS:
        return False
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return Unknown(f"{cidr!r} is not an address range", "correct the range")
    if any(network.subnet_of(private) for private in _PRIVATE if private.version == network.version):  # type: ignore[arg-type]
        return False
    return network.prefixlen <= WIDE[network.version]


class Span(NamedTuple):
    """The traffic that a rule is for. Without ports it is for all of them."""

    protocol: Value[Any]
    first: Value[Any]
    last: Value[Any]


def opening(source: Value[Any], span: Span, world: bool | Unknown | None = None) -> Opening:
    """Traffic from a range, or from something else of which it is said whether that is the internet."""
    return Opening(
        source=Value(source.data if isinstance(source.data, (str, Unknown)) else str(source.data), source.seen),
        world=source.then(is_world) if world is None else Value(world, source.seen),
        protocol=span.protocol,
        from_port=span.first,
        to_port=span.last,
    )


def elements(value: Value[Any]) -> list[Value[Any]]:
    """Each element of a list, or the one thing in its place; none where it is absent."""
    if value.absent:
        return []
    return [Value.of(element, value.seen) for element in value.data] if isinstance(value.data, list) else [value]


def listed(node: Node, path: str, *, linked: bool = False) -> list[Value[Any]]:
    """The elements at a path, with an Unknown where there may be more. `a[].b`: `b` of every element of the list `a`.

    `linked`: what refers to another resource is a Reference to it.
    """
    first, several, rest = path.partition("[].")
    if not several:
        return elements(node.link(first) if linked else node[first])
    inner, more = node.blocks(first)
    values = [value for block in inner for value in listed(block, rest, linked=linked)]
    return values + ([Value(more, (node.location(),))] if more else [])


_NUMBERS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "all": "all", "58": "icmpv6"}


def protocol_name(value: Value[Any]) -> Value[Any]:
    """The name of a protocol that may be given as a number."""
    return value.text().then(lambda name: _NUMBERS.get(str(name).lower(), str(name).lower()))


def port_span(text: Any) -> tuple[int, int] | None:
    """`443`, `8000-8100`; None where it is neither."""
    first, _, last = str(text).partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        return None


def spans(protocol: Value[Any], ports: Value[Any]) -> list[Span]:
    """What a list of ports as Google writes it is for; any port where there is none."""
    told: list[Span] = []
    for port in elements(ports) or [Value("0-65535", ports.seen)]:
        unknown = port.unknown or Unknown(f"{port.data} is not a port", "correct the ports")
        first, last = (None if port.unknown else port_span(port.data)) or (unknown, unknown)
        told.append(Span(protocol, Value(first, ports.seen), Value(last, ports.seen)))
    return told
