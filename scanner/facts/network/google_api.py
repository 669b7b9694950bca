"""VPC firewall rules and external forwarding rules by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from scanner.facts.base import Stack, identity, reads
from scanner.facts.edge.google_api import external
from scanner.facts.edge.google_api import forwarding_rule as load_balancer
from scanner.facts.network import google
from scanner.facts.network.kinds import Ingress
from scanner.sources.interface import Item


@reads("compute.googleapis.com/Firewall")
def firewall(item: Item, stack: Stack) -> Ingress | None:
    # Whether all targets are backends of a load balancer is a matter of instances, which are not read.
    way = "name the ranges that need it in sourceRanges, or waive the rule"
    return google.firewall(identity(item, name=item["name"]), item, google.FirewallNames(), way)


@reads("compute.googleapis.com/GlobalForwardingRule", "compute.googleapis.com/ForwardingRule")
def forwarding_rule(item: Item, stack: Stack) -> Ingress | None:
    """An external forwarding rule admits the internet on its ports."""
    if external(item).data is False:
        return None
    who, balancer = identity(item, name=item["name"]), load_balancer(item, stack)
    return google.forwarding_rule(who, item, balancer, item["portRange"], item["ports"], item["IPProtocol"])
