"""Network ACLs: rules in the order of their numbers, of which the first that matches decides.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import Span, opening, protocol_name
from assay.scanner.facts.network.remote.kinds import PortFilter
from assay.scanner.facts.spelling import Many, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, because
from assay.scanner.sources.values import Value

_PORTS = ("tcp", "udp", "all")
_ALL = (0, 65_535)


class AclAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the rules of a network ACL. The defaults are the API's names."""

    rules: Annotated[tuple[str | Many, ...], "openings"]
    """Blocks of the ACL, and resources of their own. The other fields are of a rule."""
    egress: str = "Egress"
    """The flag of those for traffic that leaves; blocks of one direction have none."""
    number: str = "RuleNumber"
    action: str = "RuleAction"
    protocol: str = "Protocol"
    ranges: tuple[str, ...] = ("CidrBlock", "Ipv6CidrBlock")
    from_port: str = "PortRange.From"
    to_port: str = "PortRange.To"


class AclRule(msgspec.Struct):
    """A rule for what enters."""

    view: View
    number: Value[Any]
    allows: Value[bool]
    span: Span
    source: Value[Any]


def network_acl(view: View, at: AclAt) -> PortFilter:
    """What a network ACL lets in. Without rules it denies everything: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html

    So does a default ACL that Terraform adopts, since it takes away the rules that the code does not have:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_network_acl
    """
    separate = view.referrers(*(place for place in at.rules if isinstance(place, Many)))
    own, more = ([], None) if view.elsewhere else view.inner(*(place for place in at.rules if isinstance(place, str)))
    rules = [rule for told in (*own, *separate.views) if (rule := _rule(told, at)) is not None]
    denials = [rule for rule in rules if rule.allows.data is not True]
    openings = [told for rule in rules for told in _openings(rule, denials)]
    together(openings)
    doubts = [doubt for doubt in (more, separate.more) if doubt]
    return PortFilter(identity=view.identity(view[at.name]), openings=view.says([*openings, *doubts]), stateless=view.says(True))


def _rule(view: View, at: AclAt) -> AclRule | None:
    """None of a rule for what leaves."""
    rule = view.surely
    leaves = rule[at.egress].truth()
    if leaves.data is True:
        return None
    allows = rule[at.action].equals("allow")
    if leaves.unknown and allows.data is not False:
        allows = leaves.then(lambda data: not data)
    span = Span(protocol_name(rule[at.protocol]), rule[at.from_port].number(), rule[at.to_port].number())
    sources = [rule[path] for path in at.ranges]
    source = next((value for value in sources if value.data not in (None, "")), sources[0])
    return AclRule(view, rule[at.number].number(), allows, span, source)


def _openings(rule: AclRule, denials: list[AclRule]) -> list[Opening]:
    """What a rule lets in on ports that no rule before it denies to all that it is for."""
    if rule.allows.data is False:
        return []
    told = opening(rule.source, rule.span)
    if told.world.data is False:
        return [told]
    left, doubt = _left(rule, denials)
    open_ = rule.span.first.unknown or rule.span.last.unknown
    if open_ and left and left != [_ALL]:  # what is left of ports that are not known
        left, doubt = [_ALL], because(open_)
    openings: list[Opening] = []
    for first, last in left:
        span = rule.span
        if (first, last) != _ports(span):
            # What is left of all protocols has ports: those of TCP.
            name = span.protocol.then(lambda name: "tcp" if name == "all" else name)
            span = Span(name, Value(first, span.first.seen), Value(last, span.last.seen))
        part = opening(rule.source, span)
        allowed = Value(doubt, part.world.seen) if doubt and part.world.data is True else part.world
        allowed = allowed if rule.allows.unknown is None or allowed.data is False else Value(rule.allows.unknown, allowed.seen)
        part.world = rule.view.weighed(allowed, absence=False)
        openings.append(part)
    return openings


def _left(rule: AclRule, denials: list[AclRule]) -> tuple[list[tuple[int, int]], Unknown | None]:
    """The ports of a rule that are left after the denials before it, and why there may be less."""
    left = [_ports(rule.span)]
    doubt: Unknown | None = None
    for other in denials:
        if other is rule:
            continue
        known = _precedes(other, rule)
        if known is False:
            continue
        missing = other.view.doubt or _open(other) or (known if isinstance(known, Unknown) else None) or rule.source.unknown
        if missing is None:
            left = [part for ports in left for part in _without(ports, _ports(other.span))] if _covers(other, rule) else left
        elif _may_cover(other, rule):
            doubt = doubt or because(missing)
    return left, doubt


def _precedes(other: AclRule, rule: AclRule) -> bool | Unknown:
    """Whether a rule has the lower number."""
    for number in (other.number, rule.number):
        if number.unknown:
            return number.unknown
    if other.number.data is None or rule.number.data is None:
        return False
    return bool(other.number.data < rule.number.data)


def _open(rule: AclRule) -> Unknown | None:
    """What of a denial is not known."""
    values = (rule.allows, rule.span.protocol, rule.span.first, rule.span.last)
    return next((value.unknown for value in values if value.unknown), None) or (
        None if isinstance(rule.source.data, str) else rule.source.text().unknown
    )


def _covers(denial: AclRule, rule: AclRule) -> bool:
    """Whether a denial is for all addresses and protocols of a rule."""
    denied, allowed = denial.span.protocol.data, rule.span.protocol.data
    # A denial of TCP leaves of all protocols what administration does not use.
    if denied not in ("all", allowed) and (denied, allowed) != ("tcp", "all"):
        return False
    try:
        inner, outer = (ipaddress.ip_network(str(one.source.data).strip(), strict=False) for one in (rule, denial))
    except ValueError:
        return False
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _may_cover(denial: AclRule, rule: AclRule) -> bool:
    """The same of one of which not all is known."""
    known = [value.data for value in (denial.span.protocol,) if value.unknown is None]
    allowed = rule.span.protocol.data
    return all(name in ("all", allowed) or (name, allowed) == ("tcp", "all") for name in known)


def _ports(span: Span) -> tuple[int, int]:
    """The ports that a rule is for: all of them where it names none, or is for all protocols."""
    first, last = span.first.data, span.last.data
    if span.protocol.data not in _PORTS[:2] or not isinstance(first, (int, float)) or not isinstance(last, (int, float)) or first < 0:
        return _ALL
    return int(first), int(last)


def _without(ports: tuple[int, int], denied: tuple[int, int]) -> list[tuple[int, int]]:
    """What is left of some ports without others."""
    (first, last), (low, high) = ports, denied
    if high < first or last < low:
        return [ports]
    return [part for part in ((first, low - 1), (high + 1, last)) if part[0] <= part[1]]
