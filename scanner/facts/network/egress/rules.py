"""What rules of Google's for egress let out, in the order in which they are asked.

https://cloud.google.com/firewall/docs/firewall-policies-overview#rule-evaluation
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

import msgspec

from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.egress.destinations import destination, host
from assay.scanner.facts.network.egress.kinds import EgressDestination
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import ANYWHERE, Span, opening
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

ALLOW, DENY, NEXT, OPEN = "allow", "deny", "goto_next", ""
_WHOLE = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("::/0")}


class EgressRule(msgspec.Struct):
    """A rule for egress."""

    priority: Value[Any]
    action: str
    """`allow`, `deny` or `goto_next`, which leaves it to the rules that are asked after this policy; empty where that is not known."""
    openings: list[Opening]
    """The traffic that it is for, to ranges, …"""
    hosts: list[Opening]
    """… and to hosts by their names."""
    for_all: Value[bool]
    """It is for every instance, whatever its address."""
    in_force: Value[bool]


def let_out(view: View, tiers: Sequence[list[EgressRule]], version: int, implied: Unknown | None) -> list[EgressDestination | Unknown]:
    """What is let out to addresses of a version of IP. `tiers`: rules that are asked one after the other, each by their priorities.

    What no rule is for is let out, unless it is not known which rules there are (`implied`):
    https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules
    """
    told: list[EgressDestination | Unknown] = []
    doubt: Unknown | None = None
    skips: Unknown | None = None  # why a rule may leave traffic to the tiers after the denials behind it
    for at, tier in enumerate(tiers, start=1):
        denied: list[Any] = []
        left: list[Any] = []
        for rule in sorted(tier, key=_turn):
            if rule.in_force.data is False:
                continue
            if rule.action in (ALLOW, OPEN):
                told += _allowed(rule, version, doubt)
            if rule.action == ALLOW:
                continue
            networks = _everything_to(rule, version)
            why = (rule.in_force.unknown or rule.for_all.unknown or rule.priority.unknown) if networks else None
            doubt = doubt or why or _may_be_everything(rule)
            if rule.action != DENY and (why or not networks) and _reaches_out(rule, version):
                skips = skips or why or rule.in_force.unknown or _left_to_others(view)
            if why is None:
                (denied if rule.action == DENY else left).extend(networks)
            if _is_whole([*denied, *left], version):
                if not left:
                    return [*told, skips] if skips and let_out(view, tiers[at:], version, implied) else told
                break
    why = implied or doubt
    return [*told, why if why else _implied(view, version)]


def _turn(rule: EgressRule) -> tuple[float, bool]:
    """Of rules of one priority, denials come first: https://cloud.google.com/firewall/docs/firewalls#priority_order_for_firewall_rules"""
    number = rule.priority.data
    return (float(number) if isinstance(number, (int, float)) else 0.0, rule.action == ALLOW)


def _allowed(rule: EgressRule, version: int, doubt: Unknown | None) -> list[EgressDestination]:
    told = [destination(opened) for opened in rule.openings if _version(opened) == version or (_version(opened) is None and version == 4)]
    told += [host(opened) for opened in rule.hosts] if version == 4 else []
    why = doubt or rule.in_force.unknown or rule.priority.unknown  # a denial may come before it
    for made in told if why is not None else ():
        made.anywhere = all_of([made.anywhere, Value(why, made.anywhere.seen)])
        made.inside = any_of([made.inside, Value(why, made.inside.seen)])
    return told


def _version(opened: Opening) -> int | None:
    """The version of IP of a range; None of what is no range."""
    try:
        return ipaddress.ip_network(str(opened.source.data).strip(), strict=False).version
    except ValueError:
        return None


def _everything_to(rule: EgressRule, version: int) -> list[Any]:
    """The ranges to which a rule is for all traffic of every instance. Of what is left to other rules, those as good as the internet."""
    if rule.for_all.data is False:
        return []
    openings = [opened for opened in rule.openings if rule.action != NEXT or opened.world.data is True]
    texts = [str(opened.source.data) for opened in openings if opened.protocol.data == "all" and _version(opened) == version]
    return [ipaddress.ip_network(text.strip(), strict=False) for text in texts]


def _may_be_everything(rule: EgressRule) -> Unknown | None:
    """Why it is not known whether a rule is for all traffic to some range."""
    open_ = (opened.protocol.unknown or opened.world.unknown for opened in rule.openings)
    return None if rule.for_all.data is False else next(filter(None, open_), None)


def _reaches_out(rule: EgressRule, version: int) -> bool:
    """Whether a rule is for anything outside, in a version of IP."""
    return bool(rule.hosts) or any(_version(opened) in (None, version) and opened.inside.data is not True for opened in rule.openings)


def _left_to_others(view: View) -> Unknown:
    reason = f"what rules after a policy of {view.item.address} let out of the traffic that a rule with goto_next leaves to them"
    return Unknown(reason, "deny that traffic in the policy", view.location)


def _is_whole(networks: list[Any], version: int) -> bool:
    enough = sum(network.num_addresses for network in networks) >= _WHOLE[version].num_addresses
    return enough and list(ipaddress.collapse_addresses(networks)) == [_WHOLE[version]]


def _implied(view: View, version: int) -> EgressDestination:
    span = Span(view.says("all"), Value(0), Value(65_535))
    return destination(opening(view.says(str(_WHOLE[version])), span))


def of_all(view: View) -> list[Value[Any]]:
    """The ranges of what names none."""
    return [view.says(ANYWHERE), view.says("::/0")]


def openings_to(destinations: list[Value[Any]], spans: list[Span]) -> list[Opening]:
    """The traffic of a rule to some ranges."""
    openings = [opening(where, span) for span in spans for where in destinations]
    together(openings)
    return openings
