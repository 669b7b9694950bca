"""What the firewall of a network of Google's lets out, in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_network
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network import address_groups
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.networks import EgressNetworkAt, by_network, network
from assay.scanner.facts.network.terraform_gcp import FIREWALL
from assay.scanner.facts.spelling import Link, Many, Referrer, snake

_POLICY = "google_compute_network_firewall_policy"

READERS = (
    Reader(
        Egress,
        ("google_compute_network",),
        network,
        EgressNetworkAt(
            name="name",
            names=("name", "self_link", "id"),
            order="network_firewall_policy_enforcement_order",
            firewalls=Many("google_compute_firewall", "network"),
            firewall=FIREWALL,
            denied="deny",
            destination_ranges="destination_ranges",
            associations=Referrer(f"{_POLICY}_association", "attachment_target"),
            policy=Link("firewall_policy", (_POLICY, f"{_POLICY}_with_rules")),
            rules="rule",
            separate=(Many(f"{_POLICY}_rule", "firewall_policy"),),
            field=snake,
            groups=address_groups.TERRAFORM,
            subnets=by_network("network", "stack_type", "google_compute_subnetwork"),
        ),
        always=False,
    ),
)
