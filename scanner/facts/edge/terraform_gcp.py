"""Google's load balancer and Cloud Armor in Terraform."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.google import BackendAt, ForwardingRuleAt, SecurityPolicyAt, backend, forwarding_rule, security_policy
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.facts.spelling import Fixed, Link, Referrer

_PROXIES = (
    "google_compute_target_http_proxy", "google_compute_target_https_proxy", "google_compute_target_ssl_proxy",
    "google_compute_target_tcp_proxy", "google_compute_region_target_http_proxy", "google_compute_region_target_https_proxy",
    "google_compute_region_target_tcp_proxy",
)  # fmt: skip
FORWARDING_RULE = ForwardingRuleAt(
    scheme="load_balancing_scheme",
    port="port_range",
    target=Link("target", _PROXIES),
    url_map=Link("url_map", ("google_compute_url_map", "google_compute_region_url_map")),
    matchers="path_matcher",
    rules=("path_rule", "route_rules"),
    default_redirect="default_url_redirect.https_redirect",
    redirect="url_redirect.https_redirect",
)
FORWARDING_RULES = ("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")

_SERVICES = ("google_compute_backend_service", "google_compute_region_backend_service")
_SERVICE_POLICY = Link("security_policy", _SERVICES)
_BACKEND = BackendAt(scheme="load_balancing_scheme", policy=_SERVICE_POLICY)
# https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_region_backend_service
_REGIONAL_BACKEND = BackendAt(scheme=("load_balancing_scheme", Fixed("INTERNAL")), policy=_SERVICE_POLICY)
_BUCKET = BackendAt(scheme="load_balancing_scheme", policy=Link("edge_security_policy", (*_SERVICES, "google_compute_backend_bucket")))
_MATCH: dict[str, Any] = {"ranges": "match.config.src_ip_ranges", "expression": "match.expr.expression"}
_POLICY = SecurityPolicyAt(
    names=("name",), rules="rule", separate=(Referrer("google_compute_security_policy_rule", "security_policy"),), **_MATCH
)
# https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_region_security_policy
_REGIONAL_POLICY = SecurityPolicyAt(
    names=("name",), rules="rules", separate=(Referrer("google_compute_region_security_policy_rule", "security_policy"),), **_MATCH
)

READERS = (
    Reader(EntryPoint, ("google_compute_backend_service",), backend, _BACKEND),
    Reader(EntryPoint, ("google_compute_region_backend_service",), backend, _REGIONAL_BACKEND),
    Reader(EntryPoint, ("google_compute_backend_bucket",), backend, _BUCKET),
    Reader(WebFirewall, ("google_compute_security_policy",), security_policy, _POLICY),
    Reader(WebFirewall, ("google_compute_region_security_policy",), security_policy, _REGIONAL_POLICY),
    Reader(LoadBalancer, FORWARDING_RULES, forwarding_rule, FORWARDING_RULE, always=False),
)
