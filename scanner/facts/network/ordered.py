"""Rules that are asked in the order of their numbers, of which the first that matches decides: what earlier ones leave of a later one."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from assay.scanner.facts.network.ranges import Span
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, because
from assay.scanner.sources.values import Value

ALL_PORTS = (0, 65_535)
_WITH_PORTS = ("tcp", "udp")

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Includes = Callable[[str, str], bool]
"""Whether traffic of one protocol is all that is asked about that of another, by their names."""


class OrderedRule(msgspec.Struct):
    """A rule for what enters, with one range of addresses and one of ports."""

    view: View
    number: Value[float]
    """The lowest comes first."""
    allows: Value[bool]
    span: Span
    source: Value[str]


def remaining(rule: OrderedRule, denials: Iterable[OrderedRule], includes: Includes) -> tuple[list[tuple[int, int]], Unknown | None]:
    """The ports of a rule that are left after the denials before it, and why there may be less."""
    parts = [ports_of(rule.span)]
    pieces: dict[tuple[int, int], list[_Network]] = {}
    """Of denials of a part of the addresses, these by their ports."""
    doubt: Unknown | None = None
    for other in denials:
        if other is rule:
            continue
        known = _precedes(other, rule)
        if known is False:
            continue
        missing = other.view.doubt or _open(other) or (known if isinstance(known, Unknown) else None) or rule.source.unknown
        if missing is None:
            inner, outer = _networks(other, rule, includes)
            if inner is not None and outer is not None and inner.version == outer.version:
                pieces.setdefault(ports_of(other.span), []).append(outer)
        elif _may_cover(other, rule, includes):
            doubt = doubt or because(missing)
    for ports, networks in pieces.items():
        if _cover(networks, rule):
            parts = [left for part in parts for left in _without(part, ports)]
    return parts, doubt


def ports_of(span: Span) -> tuple[int, int]:
    """The ports that a rule is for: all of them where it names none, or is for all protocols."""
    first, last = span.first.data, span.last.data
    if span.protocol.data not in _WITH_PORTS or not isinstance(first, (int, float)) or not isinstance(last, (int, float)) or first < 0:
        return ALL_PORTS
    return int(first), int(last)


def _precedes(other: OrderedRule, rule: OrderedRule) -> bool | Unknown:
    """Whether a rule has the lower number."""
    for number in (other.number, rule.number):
        if number.unknown:
            return number.unknown
    if other.number.data is None or rule.number.data is None:
        return False
    return bool(other.number.data < rule.number.data)


def _open(rule: OrderedRule) -> Unknown | None:
    """What of a denial is not known."""
    values = (rule.allows, rule.span.protocol, rule.span.first, rule.span.last)
    return next((value.unknown for value in values if value.unknown), None) or (
        None if isinstance(rule.source.data, str) else rule.source.text().unknown
    )


def _networks(denial: OrderedRule, rule: OrderedRule, includes: Includes) -> tuple[_Network | None, _Network | None]:
    """The addresses of a rule, and of a denial of all its protocols; None where that is not for all of these, or names no range."""
    if not includes(str(denial.span.protocol.data), str(rule.span.protocol.data)):
        return None, None
    return _network(rule), _network(denial)


def _network(rule: OrderedRule) -> _Network | None:
    try:
        return ipaddress.ip_network(str(rule.source.data).strip(), strict=False)
    except ValueError:
        return None


def _cover(networks: list[_Network], rule: OrderedRule) -> bool:
    """Whether some ranges have all addresses of a rule, one of them or all together: `0.0.0.0/1` and `128.0.0.0/1`."""
    inner = _network(rule)
    collapsed: Iterable[Any] = ipaddress.collapse_addresses(networks)
    return inner is not None and any(inner.subnet_of(outer) for outer in collapsed)


def _may_cover(denial: OrderedRule, rule: OrderedRule, includes: Includes) -> bool:
    """The same of one of which not all is known."""
    return denial.span.protocol.unknown is not None or includes(str(denial.span.protocol.data), str(rule.span.protocol.data))


def _without(ports: tuple[int, int], denied: tuple[int, int]) -> list[tuple[int, int]]:
    """What is left of some ports without others."""
    (first, last), (low, high) = ports, denied
    if high < first or last < low:
        return [ports]
    return [part for part in ((first, low - 1), (high + 1, last)) if part[0] <= part[1]]
