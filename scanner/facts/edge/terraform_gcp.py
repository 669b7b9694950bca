"""Google's load balancer and Cloud Armor in Terraform."""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.edge import google
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Unknown, Value

_URL_MAP = google.UrlMapNames(
    "default_url_redirect.https_redirect", "path_matcher", ("path_rule", "route_rules"), "url_redirect.https_redirect"
)


@reads("google_compute_backend_service", "google_compute_region_backend_service")
def backend_service(item: Item, stack: Stack) -> EntryPoint:
    # Global backend services are external unless they say otherwise, regional ones internal:
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_region_backend_service
    scheme = item["load_balancing_scheme"].default("INTERNAL" if "region" in item.type else "EXTERNAL")
    return google.backend_service(identity(item, name=item["name"]), scheme, item["protocol"], item["security_policy"])


@reads("google_compute_backend_bucket")
def backend_bucket(item: Item, stack: Stack) -> EntryPoint:
    return google.backend_bucket(identity(item, name=item["name"]), item, item["load_balancing_scheme"], item["edge_security_policy"])


@reads("google_compute_security_policy", companions=("google_compute_security_policy_rule",))
def security_policy(item: Item, stack: Stack) -> WebFirewall:
    separate = stack.companions(item, "google_compute_security_policy_rule", "security_policy", names=("name",))
    blocks, more = item.blocks("rule")
    doubts = [each for each in (more, separate.more) if each]
    who = identity(item, name=item["name"], companions=[separate])
    return google.web_firewall(who, blocks + separate.nodes, doubts, item.location())


@reads("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")
def forwarding_rule(item: Item, stack: Stack) -> LoadBalancer | None:
    """One rule is one listener. Internal rules are no entry; passthrough rules have no proxy and are not HTTP."""
    scheme = item["load_balancing_scheme"].default("EXTERNAL").equals(*google.EXTERNAL)
    if scheme.data is False:
        return None
    who, port = identity(item, name=item["name"]), item["port_range"]
    target = item.link("target")
    proxy = stack.at(target.data.address) if isinstance(target.data, Reference) else None
    if target.absent:
        return google.forwarding_rule(who, item, port, Value(False, target.seen), Value("TCP"), Value(False), Value(False))
    if proxy is None:
        why = Unknown(
            f"the proxy of {item.address} is not in this code", "scan it together with this, or the live project", item.location()
        )
        unknown: Value[str] = Value(why)
        return google.forwarding_rule(who, item, port, Value(target.unknown or why), unknown, unknown, unknown)
    encrypted = "https_proxy" in proxy.type or "ssl_proxy" in proxy.type
    http = "http" in proxy.type
    protocol = "HTTPS" if encrypted else "HTTP" if http else "TCP"
    redirects = Value(False) if encrypted or not http else _only_redirects(proxy, stack)
    return google.forwarding_rule(
        who, item, port, Value(http, target.seen), Value(protocol, target.seen), Value(encrypted, target.seen), redirects
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
    return google.only_redirects(url_map, _URL_MAP)
