"""VPC firewall rules and external forwarding rules by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.edge.google_api import external
from assay.scanner.facts.edge.google_api import forwarding_rule as load_balancer
from assay.scanner.facts.google_assets import is_live
from assay.scanner.facts.network import firewall_policies as policies
from assay.scanner.facts.network import google
from assay.scanner.facts.network.instances import INSTANCE, behind_load_balancer
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, first_known

# Secure tags are bound to instances by an API of their own, which is not read.
_WAY = "name the ranges that need it as the source, or waive the rule"


@reads("compute.googleapis.com/Firewall", companions=(INSTANCE,))
def firewall(item: Item, stack: Stack) -> Ingress | None:
    return google.firewall(identity(item, name=item["name"]), item, google.FirewallNames(), lambda: behind_load_balancer(item, stack))


@reads(*(f"compute.googleapis.com/{type_}" for type_ in ("FirewallPolicy", "NetworkFirewallPolicy", "RegionNetworkFirewallPolicy")))
def firewall_policy(item: Item, stack: Stack) -> Ingress | None:
    """A policy without associations is in force nowhere."""
    if is_live(item) and item["associations"].absent:
        return None
    rules, more = item.blocks("rules")
    who = identity(item, name=_title(item))
    return policies.firewall_policy(who, item, rules, [more] if more else [], str, _WAY)


def _title(item: Item) -> Value[Any]:
    """Hierarchical policies have a number for a name, and a name beside it."""
    return first_known(item["shortName"], item["displayName"], item["name"])


@reads("compute.googleapis.com/GlobalForwardingRule", "compute.googleapis.com/ForwardingRule")
def forwarding_rule(item: Item, stack: Stack) -> Ingress | None:
    """An external forwarding rule admits the internet on its ports."""
    if external(item).data is False:
        return None
    who, balancer = identity(item, name=item["name"]), load_balancer(item, stack)
    return google.forwarding_rule(who, item, balancer, item["portRange"], item["ports"], item["IPProtocol"])


@reads("run.googleapis.com/Service")
def run_service(item: Item, stack: Stack) -> Ingress:
    """v1 is Knative's shape, v2 has fields: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services"""
    name = first_known(item["metadata.name"], item["name"].then(lambda text: str(text).rpartition("/")[2] if text else None))
    annotations = item["metadata.annotations"]
    ingress = item["ingress"] if annotations.absent else google.annotated_ingress(annotations)
    return google.run_service(identity(item, name=name), ingress, item["defaultUriDisabled"])
