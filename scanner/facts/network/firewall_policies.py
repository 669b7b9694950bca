"""Google's firewall policies (hierarchical, network, regional), whatever input spells them.

https://cloud.google.com/firewall/docs/firewall-policies-rule-details
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from assay.scanner.facts.base import Identity
from assay.scanner.facts.network.kinds import Ingress, Opening
from assay.scanner.facts.network.ranges import closed, opening, port_span, protocol_name
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Unknown, Value, all_of, any_of, first_known

Spelling = Callable[[str], str]
"""What an input calls a field of the REST API."""
_LETS_IN = ("allow", "apply_security_profile_group")
_INSIDE = ("NON_INTERNET", "INTRA_VPC", "VPC_NETWORKS")
_TARGETS = ("targetServiceAccounts", "targetSecureTags", "targetSecureTag", "targetResources")
_ANY_PORT = (0, 65_535)


def snake(name: str) -> str:
    """`match.srcIpRanges` as Terraform spells it: `match.src_ip_ranges`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def firewall_policy(who: Identity, item: Item, rules: list[Node], doubts: list[Unknown], spell: Spelling, settles_it: str) -> Ingress:
    """What all rules of a policy let in. `doubts`: why there may be more rules. `settles_it`: how to learn what the targets are."""
    openings: list[Any] = []
    targeted: list[Value[bool]] = []
    for rule in rules:
        found = _rule(rule, spell)
        openings += found
        if any(isinstance(each, Unknown) or each.world.data is not False for each in found):
            targeted.append(any_of([rule[spell(name)].is_set() for name in _TARGETS]))
    # Rules reach instances, never Google's proxies; with targets, these may be the backends of a passthrough load balancer.
    why = Unknown(f"what the targets of {item.address} are is not known", settles_it, item.location())
    guards: Value[bool] = Value(why if targeted and all(each.data is not False for each in targeted) else False, (item.location(),))
    return Ingress(
        identity=who,
        openings=Value(openings + doubts, (item.location(),)),
        guards_load_balancer=guards,
        http_only_redirects=guards,
    )


def _rule(rule: Node, spell: Spelling) -> list[Any]:
    """The openings of one rule; none where it is for egress, denies or leaves it to the next."""
    enters = all_of(
        [
            rule["direction"].default("INGRESS").equals("INGRESS"),
            rule["action"].equals(*_LETS_IN),
            rule["disabled"].default(False).truth().negate(),
            rule[spell("targetType")].default("INSTANCES").equals("INSTANCES"),
        ]
    )
    if enters.data is False:
        return []
    layers, more = _layers(rule, spell)
    found: list[Any] = [each for layer in layers for span in _spans(layer) for each in _sources(rule, layer, span, spell)]
    for each in found:
        each.world = all_of([each.world, enters])
    return found + ([more] if more else [])


def _layers(rule: Node, spell: Spelling) -> tuple[list[Node], Unknown | None]:
    """Protocols with their ports; the singular is that of Terraform's policies that hold their rules."""
    layers, more = rule.blocks(spell("match.layer4Configs"))
    return (layers, more) if layers or more else rule.blocks(spell("match.layer4Config"))


def _spans(layer: Node) -> list[tuple[Value[Any], Value[Any]]]:
    ports = layer["ports"]
    if ports.absent or ports.data == []:
        return [(Value(_ANY_PORT[0], ports.seen), Value(_ANY_PORT[1], ports.seen))]
    found: list[tuple[Value[Any], Value[Any]]] = []
    for port in ports.data if isinstance(ports.data, list) else [ports.data]:
        span = None if isinstance(port, Unknown) else port_span(port)
        unknown = port if isinstance(port, Unknown) else Unknown(f"{port} is not a port", "correct the ports")
        first, last = span or (unknown, unknown)
        found.append((Value(first, ports.seen), Value(last, ports.seen)))
    return found


def _sources(rule: Node, layer: Node, span: tuple[Value[Any], Value[Any]], spell: Spelling) -> list[Opening]:
    protocol = protocol_name(layer[spell("ipProtocol")])
    scope = first_known(*(rule[spell(f"match.{name}")] for name in ("srcNetworkContext", "srcNetworkType")))
    outside = scope.default("").equals(*_INSIDE).negate()
    found = [opening(source, protocol, *span, seen) for source, seen in _named(rule, spell("match.srcIpRanges"))]
    for source, seen in _named(rule, spell("match.srcRegionCodes")):
        country = closed(f"region {source}", protocol, *span, seen)
        country.world = Value(source if isinstance(source, Unknown) else True, seen)  # a country is as good as the internet
        found.append(country)
    for field, what in (("srcAddressGroups", "address group"), ("srcThreatIntelligences", "Google's list")):
        for source, seen in _named(rule, spell(f"match.{field}")):
            listed = closed(f"{what} {source}", protocol, *span, seen)
            why = f"which addresses are in {what} {source}"
            listed.world = Value(Unknown(why, "name the ranges in the rule", rule.location()), seen)
            found.append(listed)
    for field in ("srcFqdns", "srcSecureTags", "srcSecureTag", "srcNetworks"):
        found += [closed(str(source), protocol, *span, seen) for source, seen in _named(rule, spell(f"match.{field}"))]
    if not found:
        found.append(opening("0.0.0.0/0", protocol, *span, (rule.location(),)))
    for each in found:
        each.world = all_of([each.world, outside])
    return found


def _named(rule: Node, path: str) -> list[tuple[Any, tuple[Any, ...]]]:
    """The elements of a list with where it was seen."""
    held = rule[path]
    elements = held.data if isinstance(held.data, list) else [] if held.data is None else [held.data]
    return [(each, held.seen) for each in elements]
