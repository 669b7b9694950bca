"""VPC firewall rules and external forwarding rules in Terraform."""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.edge.google import EXTERNAL
from assay.scanner.facts.edge.terraform_gcp import forwarding_rule as load_balancer
from assay.scanner.facts.network import firewall_policies as policies
from assay.scanner.facts.network import google
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value, first_known

_NAMES = google.FirewallNames(
    allowed="allow",
    protocol="protocol",
    source_ranges="source_ranges",
    source_tags="source_tags",
    source_service_accounts="source_service_accounts",
    target_tags="target_tags",
    target_service_accounts="target_service_accounts",
)


@reads("google_compute_firewall")
def firewall(item: Item, stack: Stack) -> Ingress | None:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_firewall"""
    why = Unknown(f"what the targets of {item.address} are is not known from code", "scan the live project", item.location())
    return google.firewall(identity(item, name=item["name"]), item, _NAMES, lambda: Value(why, (item.location(),)))


_POLICIES = ("google_compute_firewall_policy", "google_compute_network_firewall_policy", "google_compute_region_network_firewall_policy")


def _policy(type_: str) -> None:
    """Register the reader of one sort of policy, whose rules are resources of their own."""
    rules = f"{type_}_rule"

    @reads(type_, orphans={rules: "firewall_policy"}, names=("name", "short_name"))
    def firewall_policy(item: Item, stack: Stack) -> Ingress:
        separate = stack.companions(item, rules, "firewall_policy", names=("name", "short_name"))
        who = identity(item, name=first_known(item["short_name"], item["name"]), companions=[separate])
        doubts = [separate.more] if separate.more else []
        return policies.firewall_policy(who, item, separate.nodes, doubts, policies.snake, "scan the live project")


for each in _POLICIES:
    _policy(each)


@reads(*(f"{type_}_with_rules" for type_ in _POLICIES))
def firewall_policy_with_rules(item: Item, stack: Stack) -> Ingress:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_network_firewall_policy_with_rules"""
    rules, more = item.blocks("rule")
    who = identity(item, name=first_known(item["short_name"], item["name"]))
    return policies.firewall_policy(who, item, rules, [more] if more else [], policies.snake, "scan the live project")


@reads("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")
def forwarding_rule(item: Item, stack: Stack) -> Ingress | None:
    """An external forwarding rule admits the internet on its ports."""
    if item["load_balancing_scheme"].default("EXTERNAL").equals(*EXTERNAL).data is False:
        return None
    who, balancer = identity(item, name=item["name"]), load_balancer(item, stack)
    return google.forwarding_rule(who, item, balancer, item["port_range"], item["ports"], item["ip_protocol"])


@reads("google_cloud_run_v2_service")
def run_service(item: Item, stack: Stack) -> Ingress:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service"""
    return google.run_service(identity(item, name=item["name"]), item["ingress"], item["default_uri_disabled"])


@reads("google_cloud_run_service")
def run_service_v1(item: Item, stack: Stack) -> Ingress:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service"""
    return google.run_service(identity(item, name=item["name"]), google.annotated_ingress(item["metadata.annotations"]), Value(None))
