"""VPC firewall rules, external forwarding rules and Cloud Run services by their REST resources.

https://cloud.google.com/compute/docs/reference/rest/v1
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.google_api import FORWARDING_RULE, FORWARDING_RULES
from assay.scanner.facts.network import address_groups
from assay.scanner.facts.network.firewall_policies import FirewallPolicyAt, firewall_policy
from assay.scanner.facts.network.google import FirewallAt, IngressRuleAt, RunServiceAt, firewall, forwarding_rule, run_service
from assay.scanner.facts.network.kinds import Ingress

FIREWALL = FirewallAt()
POLICIES = tuple(f"compute.googleapis.com/{type_}" for type_ in ("FirewallPolicy", "NetworkFirewallPolicy", "RegionNetworkFirewallPolicy"))
POLICY = FirewallPolicyAt(
    # Hierarchical policies have a number for a name, and a name beside it.
    name="shortName|displayName|name",
    rules="rules",
    groups=address_groups.ASSETS,
    # Secure tags are bound to instances by an API of their own, which is not read.
    settles_targets="name the ranges that need it as the source, or waive the rule",
)

READERS = (
    Reader(Ingress, ("compute.googleapis.com/Firewall",), firewall, FIREWALL, always=False),
    Reader(
        Ingress,
        POLICIES,
        firewall_policy,
        POLICY,
        always=False,
    ),
    Reader(Ingress, FORWARDING_RULES, forwarding_rule, IngressRuleAt(balancer=FORWARDING_RULE), always=False),
    Reader(Ingress, ("run.googleapis.com/Service",), run_service, RunServiceAt()),
)
