"""Network ACLs: rules in the order of their numbers, of which the first that matches decides.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ordered import ALL_PORTS, OrderedRule, ports_of, remaining
from assay.scanner.facts.network.ranges import Span, opening, protocol_name
from assay.scanner.facts.network.remote.kinds import PortFilter
from assay.scanner.facts.spelling import Many, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import because
from assay.scanner.sources.values import Value


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


def _rule(view: View, at: AclAt) -> OrderedRule | None:
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
    return OrderedRule(view, rule[at.number].number(), allows, span, source)


def _openings(rule: OrderedRule, denials: list[OrderedRule]) -> list[Opening]:
    """What a rule lets in on ports that no rule before it denies to all that it is for."""
    if rule.allows.data is False:
        return []
    told = opening(rule.source, rule.span)
    if told.world.data is False:
        return [told]
    left, doubt = remaining(rule, denials, _is_administration)
    open_ = rule.span.first.unknown or rule.span.last.unknown
    if open_ and left and left != [ALL_PORTS]:  # what is left of ports that are not known
        left, doubt = [ALL_PORTS], because(open_)
    openings: list[Opening] = []
    for first, last in left:
        span = rule.span
        if (first, last) != ports_of(span):
            # What is left of all protocols has ports: those of TCP.
            name = span.protocol.then(lambda name: "tcp" if name == "all" else name)
            span = Span(name, Value(first, span.first.seen), Value(last, span.last.seen))
        part = opening(rule.source, span)
        allowed = Value(doubt, part.world.seen) if doubt and part.world.data is True else part.world
        allowed = allowed if rule.allows.unknown is None or allowed.data is False else Value(rule.allows.unknown, allowed.seen)
        part.world = rule.view.weighed(allowed, absence=False)
        openings.append(part)
    return openings


def _is_administration(denied: str, allowed: str) -> bool:
    """Whether a denial is for what administration uses of the allowed protocol: one of TCP leaves of all protocols what it does not use."""
    return denied in ("all", allowed) or (denied, allowed) == ("tcp", "all")
