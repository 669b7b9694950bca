"""Google's firewall policies: hierarchical, network, regional. https://cloud.google.com/firewall/docs/firewall-policies-rule-details"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.google_assets import is_live
from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.kinds import Ingress, Opening
from assay.scanner.facts.network.ranges import ANYWHERE, Span, filled, limited, on_known_ports, opening, protocol_name, spans
from assay.scanner.facts.spelling import Many, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

_LETS_IN = ("allow", "apply_security_profile_group")
_INSIDE = ("NON_INTERNET", "INTRA_VPC", "VPC_NETWORKS")
_TARGETS = ("targetServiceAccounts", "targetSecureTags", "targetSecureTag", "targetResources")


class FirewallPolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a firewall policy."""

    rules: str = ""
    """Rules that are blocks of the policy."""
    separate: tuple[Many, ...] = ()
    """Rules that are resources of their own."""
    field: Callable[[str], str] = str
    """What the input calls a field of a rule of the REST API."""
    settles_targets: str
    """How to learn what the targets are."""


def firewall_policy(view: View, at: FirewallPolicyAt) -> Ingress | None:
    """What all rules of a policy let in. A live policy without associations is in force nowhere."""
    if is_live(view.item) and view["associations"].absent:
        return None
    rules, more = policy_rules(view, at)
    openings: list[Any] = []
    targeted: list[Value[bool]] = []
    for rule in rules:
        told = admitted(rule, at.field)
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


def admitted(rule: View, field: Callable[[str], str]) -> list[Any]:
    """The openings of one rule; none where it is for egress, denies or leaves it to the next."""
    enters = all_of(
        [
            rule["direction"].default("INGRESS").equals("INGRESS"),
            rule["action"].equals(*_LETS_IN),
            rule["disabled"].default(False).truth().negate(),
            rule[field("targetType")].default("INSTANCES").equals("INSTANCES"),
        ]
    )
    if enters.data is False:
        return []
    # One setting by three names: https://cloud.google.com/firewall/docs/firewall-policies-rule-details#network-types
    scope = rule["|".join(field(f"match.{name}") for name in ("srcNetworkContext", "srcNetworkType", "srcNetworkScope"))]
    outside = scope.default("").equals(*_INSIDE).negate()
    # Protocols with their ports; the singular is that of Terraform's policies that hold their rules.
    layers, more = rule.inner(field("match.layer4Configs"), field("match.layer4Config"))
    openings: list[Any] = []
    for layer in layers:
        for span in spans(protocol_name(layer[field("ipProtocol")]), layer["ports"]):
            openings += _sources(rule, span, field)
    together(openings)
    for told in openings:
        # All sources within a network are the network.
        told.whole_network = any_of([told.whole_network, all_of([told.world, outside.negate()])])
        told.world = all_of([told.world, outside])
        limited(told, enters)
    return openings + ([more] if more else [])


def _sources(rule: View, span: Span, field: Callable[[str], str]) -> list[Opening]:
    """What a rule names as sources; without any, it matches all addresses."""

    def named(name: str) -> list[Value[Any]]:
        return rule[field(f"match.{name}")].elements()

    openings = [opening(source, span) for source in named("srcIpRanges")]
    # A country is as good as the internet.
    for country in named("srcRegionCodes"):
        openings.append(opening(Value(f"region {describe(country.data)}", country.seen), span, country.unknown or True))
    for name, what in (("srcAddressGroups", "address group"), ("srcThreatIntelligences", "Google's list")):
        for group in named(name):
            why = Unknown(f"which addresses are in {what} {describe(group.data)}", "name the ranges in the rule", rule.location)
            openings.append(opening(Value(f"{what} {describe(group.data)}", group.seen), span, why))
    for name in ("srcFqdns", "srcSecureTags", "srcSecureTag", "srcNetworks"):
        openings += [opening(Value(describe(source.data), source.seen), span, world=False) for source in named(name)]
    return openings or [opening(rule.says(ANYWHERE), span)]
