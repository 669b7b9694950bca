"""Google's firewall policies: hierarchical, network, regional. https://cloud.google.com/firewall/docs/firewall-policies-rule-details"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.google_assets import is_live
from assay.scanner.facts.network.address_groups import openings_of_groups
from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.kinds import Ingress, Opening
from assay.scanner.facts.network.ordered import OrderedRule, ports_of, remaining
from assay.scanner.facts.network.ranges import ANYWHERE, Span, filled, limited, narrowed, on_known_ports, opening, protocol_name, spans
from assay.scanner.facts.spelling import Index, Many, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

_LETS_IN = ("allow", "apply_security_profile_group")
_INSIDE = ("NON_INTERNET", "INTRA_VPC", "VPC_NETWORKS")
_STOPS = ("deny", "goto_next")
_FROM = ("srcRegionCodes", "srcAddressGroups", "srcThreatIntelligences", "srcFqdns", "srcSecureTags", "srcSecureTag", "srcNetworks")
_TO = ("destIpRanges", "destFqdns", "destRegionCodes", "destAddressGroups", "destThreatIntelligences")
_TARGETS = ("targetServiceAccounts", "targetSecureTags", "targetSecureTag", "targetResources")


class FirewallPolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a firewall policy."""

    rules: str = ""
    """Rules that are blocks of the policy."""
    separate: tuple[Many, ...] = ()
    """Rules that are resources of their own."""
    field: Callable[[str], str] = str
    """What the input calls a field of a rule of the REST API."""
    groups: Index | None = None
    """Address group to its ranges (address_groups.py)."""
    settles_targets: str
    """How to learn what the targets are."""


def firewall_policy(view: View, at: FirewallPolicyAt) -> Ingress | None:
    """What all rules of a policy let in. A live policy without associations is in force nowhere."""
    if is_live(view.item) and view["associations"].absent:
        return None
    rules, more = policy_rules(view, at)
    openings: list[Any] = []
    targeted: list[Value[bool]] = []
    for rule, told in let_in(rules, at):
        openings += told
        if any(isinstance(one, Unknown) or one.world.data is not False for one in told):
            targeted.append(any_of([filled(rule[at.field(name)]) for name in _TARGETS]))
    # Rules reach instances, never Google's proxies; with targets, these may be the backends of a passthrough load balancer.
    why = Unknown(f"what the targets of {view.item.address} are is not known", at.settles_targets, view.location)
    guards = view.says(why if targeted and all(target.data is not False for target in targeted) else False)
    return Ingress(
        identity=view.identity(view[at.name]),
        openings=view.says(openings + ([more] if more else [])),
        openings_on_known_ports=view.says(on_known_ports(openings)),
        guards_load_balancer=guards,
        reaches=view.says("every instance of its networks" if guards.data is False else "the instances that its rules are for"),
        http_only_redirects=guards.negate(),  # no load balancer is reached, else that is not known
    )


def policy_rules(view: View, at: FirewallPolicyAt) -> tuple[list[View], Unknown | None]:
    """The rules of a policy, and why there may be more."""
    rules, more = view.inner(at.rules)
    separate = view.referrers(*at.separate)
    return rules + separate.views, more or separate.more


def let_in(rules: list[View], at: FirewallPolicyAt) -> list[tuple[View, list[Any]]]:
    """What each of the rules of a policy lets in of the traffic that those before it neither deny nor leave to other policies."""
    denials = [denial for rule in rules for denial in _denials(rule, at)]
    return [(rule, [part for told in _admitted(rule, at) for part in _after(denials, rule, told)]) for rule in rules]


def _after(denials: list[OrderedRule], rule: View, told: Opening | Unknown) -> list[Opening | Unknown]:
    """What is left of an opening."""
    if not denials or isinstance(told, Unknown):
        return [told]
    span = Span(told.protocol, told.from_port, told.to_port)
    parts, doubt = remaining(OrderedRule(rule, rule["priority"].number(), rule.says(True), span, told.source), denials, _includes)
    whole = ports_of(span)
    if parts and parts != [whole]:
        doubt = doubt or span.first.unknown or span.last.unknown  # what is left of ports that are not known
        parts = [whole] if span.first.unknown or span.last.unknown else parts
    left: list[Opening | Unknown] = []
    for first, last in parts:
        part = narrowed(told, first, last) if (first, last) != whole else told
        if doubt:
            limited(part, Value(doubt))
        left.append(part)
    return left


def _includes(denied: str, allowed: str) -> bool:
    return denied in ("all", allowed)


def _denials(rule: View, at: FirewallPolicyAt) -> list[OrderedRule]:
    """The traffic that a rule denies, or leaves to other policies, whatever it is for. One with targets leaves it to other instances."""
    enters = _enters(rule, at)
    narrow = [filled(rule[path]) for path in (*map(at.field, _TARGETS), *(at.field(f"match.{name}") for name in _TO))]
    stops = all_of([enters, rule["action"].equals(*_STOPS), *(part.negate() for part in (*narrow, filled(_scope(rule, at))))])
    if stops.data is False:
        return []
    ranges = rule[at.field("match.srcIpRanges")].elements()
    if not ranges and not any(filled(rule[at.field(f"match.{name}")]).data is not False for name in _FROM):
        ranges = [rule.says(ANYWHERE), rule.says("::/0")]
    layers, more = _layers(rule, at)
    denied = [span for layer in layers for span in spans(protocol_name(layer[at.field("ipProtocol")]), layer["ports"])]
    denied += [Span(Value(more), Value(0), Value(65_535))] if more else []
    number = rule["priority"].number()
    return [OrderedRule(rule, number, stops.negate(), span, source) for span in denied for source in ranges]


def _admitted(rule: View, at: FirewallPolicyAt) -> list[Any]:
    """The openings of one rule; none where it is for egress, denies or leaves it to the next."""
    enters = all_of([_enters(rule, at), rule["action"].equals(*_LETS_IN)])
    if enters.data is False:
        return []
    outside = _scope(rule, at).default("").equals(*_INSIDE).negate()
    layers, more = _layers(rule, at)
    openings: list[Any] = []
    for layer in layers:
        for span in spans(protocol_name(layer[at.field("ipProtocol")]), layer["ports"]):
            openings += _sources(rule, span, at)
    together(openings)
    for told in openings:
        # All sources within a network are the network.
        told.whole_network = any_of([told.whole_network, all_of([told.world, outside.negate()])])
        told.world = all_of([told.world, outside])
        limited(told, enters)
    return openings + ([more] if more else [])


def _enters(rule: View, at: FirewallPolicyAt) -> Value[bool]:
    """Whether a rule is for what enters instances, and in force."""
    return all_of(
        [
            rule["direction"].default("INGRESS").equals("INGRESS"),
            rule["disabled"].default(False).truth().negate(),
            rule[at.field("targetType")].default("INSTANCES").equals("INSTANCES"),
        ]
    )


def _scope(rule: View, at: FirewallPolicyAt) -> Value[Any]:
    """One setting by three names: https://cloud.google.com/firewall/docs/firewall-policies-rule-details#network-types"""
    return rule["|".join(at.field(f"match.{name}") for name in ("srcNetworkContext", "srcNetworkType", "srcNetworkScope"))]


def _layers(rule: View, at: FirewallPolicyAt) -> tuple[list[View], Unknown | None]:
    """Protocols with their ports; the singular is that of Terraform's policies that hold their rules."""
    return rule.inner(at.field("match.layer4Configs"), at.field("match.layer4Config"))


def _sources(rule: View, span: Span, at: FirewallPolicyAt) -> list[Opening]:
    """What a rule names as sources; without any, it matches all addresses."""

    def named(name: str) -> list[Value[Any]]:
        return rule[at.field(f"match.{name}")].elements()

    openings = [opening(source, span) for source in named("srcIpRanges")]
    # A country is as good as the internet.
    for country in named("srcRegionCodes"):
        openings.append(opening(Value(f"region {describe(country.data)}", country.seen), span, country.unknown or True))
    openings += openings_of_groups(rule, at.groups, at.field("match.srcAddressGroups"), span)
    for list_ in named("srcThreatIntelligences"):
        why = Unknown(f"which addresses are in Google's list {describe(list_.data)}", "name the ranges in the rule", rule.location)
        openings.append(opening(Value(f"Google's list {describe(list_.data)}", list_.seen), span, why))
    for name in ("srcFqdns", "srcSecureTags", "srcSecureTag", "srcNetworks"):
        openings += [opening(Value(describe(source.data), source.seen), span, world=False) for source in named(name)]
    return openings if openings or named("srcAddressGroups") else [opening(rule.says(ANYWHERE), span)]
