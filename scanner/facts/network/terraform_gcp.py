"""VPC firewall rules and external forwarding rules in Terraform."""

from __future__ import annotations

from scanner.facts.base import Stack, identity, reads
from scanner.facts.edge.google import EXTERNAL
from scanner.facts.edge.terraform_gcp import forwarding_rule as load_balancer
from scanner.facts.network import google
from scanner.facts.network.kinds import Ingress
from scanner.sources.interface import Item

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
    return google.firewall(identity(item, name=item["name"]), item, _NAMES, "scan the live project")


@reads("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")
def forwarding_rule(item: Item, stack: Stack) -> Ingress | None:
    """An external forwarding rule admits the internet on its ports."""
    if item["load_balancing_scheme"].default("EXTERNAL").equals(*EXTERNAL).data is False:
        return None
    who, balancer = identity(item, name=item["name"]), load_balancer(item, stack)
    return google.forwarding_rule(who, item, balancer, item["port_range"], item["ports"], item["ip_protocol"])
