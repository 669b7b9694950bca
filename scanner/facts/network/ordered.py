"""Rules that are asked in the order of their numbers, of which the first that matches decides: what earlier ones leave of a later one."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

import msgspec

from assay.scanner.facts.network.ranges import Span
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, because
from assay.scanner.sources.values import Value

ALL_PORTS = (0, 65_535)
_WITH_PORTS = ("tcp", "udp")

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
    doubt: Unknown | None = None
    for other in denials:
        if other is rule:
            continue
        known = _precedes(other, rule)
        if known is False:
            continue
        missing = other.view.doubt or _open(other) or (known if isinstance(known, Unknown) else None) or rule.source.unknown
        if missing is None:
            parts = [part for ports in parts for part in _without(ports, ports_of(other.span))] if _covers(other, rule, includes) else parts
        elif _may_cover(other, rule, includes):
            doubt = doubt or because(missing)
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


def _covers(denial: OrderedRule, rule: OrderedRule, includes: Includes) -> bool:
    """Whether a denial is for all addresses and protocols of a rule."""
    if not includes(str(denial.span.protocol.data), str(rule.span.protocol.data)):
        return False
    try:
        inner, outer = (ipaddress.ip_network(str(one.source.data).strip(), strict=False) for one in (rule, denial))
    except ValueError:
        return False
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _may_cover(denial: OrderedRule, rule: OrderedRule, includes: Includes) -> bool:
    """The same of one of which not all is known."""
    return denial.span.protocol.unknown is not None or includes(str(denial.span.protocol.data), str(rule.span.protocol.data))


def _without(ports: tuple[int, int], denied: tuple[int, int]) -> list[tuple[int, int]]:
    """What is left of some ports without others."""
    (first, last), (low, high) = ports, denied
    if high < first or last < low:
        return [ports]
    return [part for part in ((first, low - 1), (high + 1, last)) if part[0] <= part[1]]
