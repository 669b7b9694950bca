"""VPC firewall rules, external forwarding rules and Cloud Run services in Terraform."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.terraform_gcp import FORWARDING_RULE, FORWARDING_RULES
from assay.scanner.facts.network import address_groups
from assay.scanner.facts.network.firewall_policies import FirewallPolicyAt, firewall_policy
from assay.scanner.facts.network.google import FirewallAt, IngressRuleAt, RunServiceAt, firewall, forwarding_rule, run_service
from assay.scanner.facts.network.instances import declared
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.spelling import Many, snake

POLICIES = ("google_compute_firewall_policy", "google_compute_network_firewall_policy", "google_compute_region_network_firewall_policy")


def _policy(rules: str = "", *separate: Many) -> FirewallPolicyAt:
    return FirewallPolicyAt(
        name="short_name|name",
        names=("name", "short_name"),
        rules=rules,
        separate=separate,
        field=snake,
        groups=address_groups.TERRAFORM,
        settles_targets="scan the live project",
    )


POLICY = {type_: _policy("", Many(f"{type_}_rule", "firewall_policy")) for type_ in POLICIES}
"""Policies whose rules are resources of their own."""
POLICIES_WITH_RULES = tuple(f"{type_}_with_rules" for type_ in POLICIES)
POLICY_WITH_RULES = _policy("rule")
FIREWALL = FirewallAt(
    allowed="allow",
    protocol="protocol",
    source_ranges="source_ranges",
    sources=("source_tags", "source_service_accounts"),
    targets=("target_tags", "target_service_accounts"),
    instances=declared(
        "google_compute_instance",
        "google_compute_instance_from_template",
        "google_compute_instance_template",
        "google_compute_region_instance_template",
    ),
)

READERS = (
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_firewall
    Reader(
        Ingress,
        ("google_compute_firewall",),
        firewall,
        FIREWALL,
        always=False,
    ),
    *(Reader(Ingress, (type_,), firewall_policy, policy) for type_, policy in POLICY.items()),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_network_firewall_policy_with_rules
    Reader(Ingress, POLICIES_WITH_RULES, firewall_policy, POLICY_WITH_RULES),
    Reader(
        Ingress,
        FORWARDING_RULES,
        forwarding_rule,
        IngressRuleAt(balancer=FORWARDING_RULE, ports=("port_range", "ports"), protocol="ip_protocol", source_ranges="source_ip_ranges"),
        always=False,
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service
    Reader(
        Ingress,
        ("google_cloud_run_v2_service",),
        run_service,
        RunServiceAt(name="name", annotations="", address_disabled="default_uri_disabled"),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service
    Reader(Ingress, ("google_cloud_run_service",), run_service, RunServiceAt(name="name", ingress="", address_disabled="")),
)
