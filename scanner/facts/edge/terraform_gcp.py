"""Google's load balancer and Cloud Armor in Terraform."""

from __future__ import annotations

from typing import Any

from scanner.facts.base import Stack, identity, reads
from scanner.facts.edge.kinds import EntryPoint, FirewallRule, Listener, LoadBalancer, WebFirewall
from scanner.sources.interface import Item, Node
from scanner.sources.values import Reference, Unknown, Value, all_of, any_of

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")


@reads("google_compute_backend_service", "google_compute_region_backend_service")
def backend_service(item: Item, stack: Stack) -> EntryPoint:
    # Global backend services are external unless they say otherwise, regional ones internal:
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_region_backend_service
    scheme = item["load_balancing_scheme"].default("INTERNAL" if "region" in item.type else "EXTERNAL")
    protocol = item["protocol"].default("HTTP")
    return EntryPoint(
        identity=identity(item, name=item["name"]),
        internet_facing=scheme.equals(*EXTERNAL),
        accepts_waf=protocol.equals("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC", "TCP", "SSL"),
        waf_attached=item["security_policy"].known(),
    )


@reads("google_compute_backend_bucket")
def backend_bucket(item: Item, stack: Stack) -> EntryPoint:
    # Backend buckets take edge security policies only: https://cloud.google.com/armor/docs/security-policy-overview#edge-security-policies
    return EntryPoint(
        identity=identity(item, name=item["name"]),
        internet_facing=item["load_balancing_scheme"].default("EXTERNAL").equals("EXTERNAL", "EXTERNAL_MANAGED"),
        accepts_waf=Value(True, (item.location(),)),
        waf_attached=item["edge_security_policy"].known(),
    )


DEFAULT_PRIORITY = 2_147_483_647


@reads("google_compute_security_policy", companions=("google_compute_security_policy_rule",))
def security_policy(item: Item, stack: Stack) -> WebFirewall:
    separate = stack.companions(item, "google_compute_security_policy_rule", "security_policy", names=("name",))
    blocks, more = item.blocks("rule")
    rules: list[Node] = blocks + separate.nodes
    doubts = [each for each in (more, separate.more) if each]
    default = [rule for rule in rules if rule["priority"].number().data == DEFAULT_PRIORITY]
    others: list[Any] = [_rule(rule) for rule in rules if rule not in default]
    return WebFirewall(
        identity=identity(item, name=item["name"], companions=[separate]),
        # The default rule allows unless the policy says otherwise: https://cloud.google.com/armor/docs/security-policy-overview
        blocks_by_default=any_of([_rule(rule).enforced for rule in default]) if default else Value(False, (item.location(),)),
        rules=Value(others + doubts, (item.location(),)),
    )


def _rule(rule: Node) -> FirewallRule:
    action = rule["action"]
    acts = action.then(
        lambda name: isinstance(name, str) and (name.startswith("deny") or name in ("throttle", "rate_based_ban", "redirect"))
    )
    name: Value[str] = Value(f"priority {rule['priority'].data}", (rule.location(),))
    return FirewallRule(name=name, enforced=all_of([acts, rule["preview"].default(False).truth().negate()]))


@reads("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")
def forwarding_rule(item: Item, stack: Stack) -> LoadBalancer | None:
    """One rule is one listener. Internal rules are no entry; passthrough rules have no proxy and are not HTTP."""
    scheme = item["load_balancing_scheme"].default("EXTERNAL").equals(*EXTERNAL)
    if scheme.data is False:
        return None
    target = item.link("target")
    proxy = stack.at(target.data.address) if isinstance(target.data, Reference) else None
    if target.absent:
        return _forwarding(item, Value(False, target.seen), Value("TCP"), Value(False), Value(False))
    if proxy is None:
        why = Unknown(
            f"the proxy of {item.address} is not in this code", "scan it together with this, or the live project", item.location()
        )
        return _forwarding(item, Value(target.unknown or why), Value(why), Value(why), Value(why))
    encrypted = "https_proxy" in proxy.type or "ssl_proxy" in proxy.type
    http = "http" in proxy.type
    protocol = "HTTPS" if encrypted else "HTTP" if http else "TCP"
    redirects = Value(False) if encrypted or not http else _only_redirects(proxy, stack)
    return _forwarding(item, Value(http, target.seen), Value(protocol, target.seen), Value(encrypted, target.seen), redirects)


def _forwarding(item: Item, http: Value[Any], protocol: Value[Any], encrypted: Value[Any], redirects: Value[Any]) -> LoadBalancer:
    listener = Listener(
        name=Value(item.address, (item.location(),)),
        port=item["port_range"].text(),
        protocol=protocol,
        encrypted=encrypted,
        only_redirects=redirects,
    )
    return LoadBalancer(
        identity=identity(item, name=item["name"]),
        http=http,
        listeners=Value([listener], (item.location(),)),
        serves_https=any_of([encrypted, redirects]),
    )


def _only_redirects(proxy: Item, stack: Stack) -> Value[bool]:
    """Whether every way through the URL map of a proxy redirects to HTTPS."""
    target = proxy.link("url_map").data
    url_map = stack.at(target.address) if isinstance(target, Reference) else None
    if url_map is None:
        why = Unknown(
            f"the URL map of {proxy.address} is not in this code", "scan it together with this, or the live project", proxy.location()
        )
        return Value(why)
    ways = [url_map["default_url_redirect.https_redirect"].default(False).truth()]
    matchers, more = url_map.blocks("path_matcher")
    for matcher in matchers:
        ways.append(matcher["default_url_redirect.https_redirect"].default(False).truth())
        for path in ("path_rule", "route_rules"):
            rules, unknown = matcher.blocks(path)
            ways += [rule["url_redirect.https_redirect"].default(False).truth() for rule in rules]
            more = more or unknown
    return all_of(ways + ([Value(more)] if more else []))
