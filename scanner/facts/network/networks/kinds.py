"""Networks: what is recorded of the traffic in them."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class TrafficRecord(Resource, kw_only=True):
    """What of a network is recorded: a VPC of AWS with its subnets; of Google a subnetwork, and the network for its DNS queries."""

    # AWS shows a tag as the name; Google's names are unique in their region.
    naming: ClassVar = {"aws": Naming(unique=False)}

    carries_flows: Fact[bool]
    """Flow logs are a matter of it: False of a subnetwork for proxies, and of a network of Google's whose subnets are made one by one."""
    flows_recorded: Fact[bool]
    """Flow logs record at least what is refused in all of it, and are delivered."""
    resolves_names: Fact[bool]
    """Machines in it ask the provider's resolver for names; False of a subnetwork of Google's, which is as its network is."""
    queries_recorded: Fact[bool]
    """What they ask is recorded."""


KINDS = (TrafficRecord,)
