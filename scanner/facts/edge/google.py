"""Google's load balancer and Cloud Armor, whatever input spells them."""

from __future__ import annotations

from typing import Any, NamedTuple

from assay.scanner.facts.base import Identity
from assay.scanner.facts.edge.kinds import EntryPoint, FirewallRule, Listener, LoadBalancer, WebFirewall
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Location, Unknown, Value, all_of, any_of

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
DEFAULT_PRIORITY = 2_147_483_647


class UrlMapNames(NamedTuple):
    """Where an input writes the redirects of a URL map. The defaults are those of the REST API."""

    default: str = "defaultUrlRedirect.httpsRedirect"
    matchers: str = "pathMatchers"
    rules: tuple[str, ...] = ("pathRules", "routeRules")
    rule: str = "urlRedirect.httpsRedirect"


def backend_service(who: Identity, scheme: Value[Any], protocol: Value[Any], policy: Value[Any]) -> EntryPoint:
    """Cloud Armor takes backend services of these protocols: https://cloud.google.com/armor/docs/security-policy-overview#requirements"""
    return EntryPoint(
        identity=who,
        internet_facing=scheme.equals(*EXTERNAL),
        accepts_waf=protocol.default("HTTP").equals("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC", "TCP", "SSL"),
        waf_attached=policy.is_set(),
    )


def backend_bucket(who: Identity, item: Item, scheme: Value[Any], edge_policy: Value[Any]) -> EntryPoint:
    """Backend buckets take edge security policies only: https://cloud.google.com/armor/docs/security-policy-overview#edge-security-policies"""
    return EntryPoint(
        identity=who,
        internet_facing=scheme.default("EXTERNAL").equals(*EXTERNAL),
        accepts_waf=Value(True, (item.location(),)),
        waf_attached=edge_policy.is_set(),
    )


def web_firewall(who: Identity, rules: list[Node], doubts: list[Unknown], seen: Location) -> WebFirewall:
    """`doubts` say why there may be more rules than these. A rule has `action`, `priority` and `preview` in every input."""
    default = [rule for rule in rules if rule["priority"].number().data == DEFAULT_PRIORITY]
    others: list[Any] = [_rule(rule) for rule in rules if rule not in default]
    return WebFirewall(
        identity=who,
        # The default rule allows unless the policy says otherwise: https://cloud.google.com/armor/docs/security-policy-overview
        blocks_by_default=any_of([_rule(rule).enforced for rule in default]) if default else Value(False, (seen,)),
        rules=Value(others + doubts, (seen,)),
    )


def _rule(rule: Node) -> FirewallRule:
    action = rule["action"]
    acts = action.then(
        lambda name: isinstance(name, str) and (name.startswith("deny") or name in ("throttle", "rate_based_ban", "redirect"))
    )
    name: Value[str] = Value(f"priority {rule['priority'].data}", (rule.location(),))
    return FirewallRule(name=name, enforced=all_of([acts, rule["preview"].default(False).truth().negate()]))


def forwarding_rule(
    who: Identity, item: Item, port: Value[Any], http: Value[Any], protocol: Value[Any], encrypted: Value[Any], redirects: Value[Any]
) -> LoadBalancer:
    """One rule is one listener."""
    listener = Listener(
        name=Value(item.address, (item.location(),)),
        port=port.text(),
        protocol=protocol,
        encrypted=encrypted,
        only_redirects=redirects,
    )
    return LoadBalancer(
        identity=who,
        http=http,
        listeners=Value([listener], (item.location(),)),
        serves_https=any_of([encrypted, redirects]),
    )


def only_redirects(url_map: Node, names: UrlMapNames) -> Value[bool]:
    """Whether every way through a URL map redirects to HTTPS."""
    ways = [url_map[names.default].default(False).truth()]
    matchers, more = url_map.blocks(names.matchers)
    for matcher in matchers:
        ways.append(matcher[names.default].default(False).truth())
        for path in names.rules:
            rules, unknown = matcher.blocks(path)
            ways += [rule[names.rule].default(False).truth() for rule in rules]
            more = more or unknown
    return all_of(ways + ([Value(more)] if more else []))
