"""The networks and groups that providers make by themselves."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class NetworkDefaults(Resource, kw_only=True):
    """What may use what a provider makes by itself: a network, its default security group, an instance, a project of Google."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    in_default_network: Fact[bool]
    """It is, makes or stands in a default network: the default VPC of a region, the network `default` of Google, which stand open."""
    used: Fact[bool]
    """Something is in that network; code that takes it over uses it."""
    legacy: Fact[bool]
    """Google: it is a network from before there were subnetworks, one range for all regions. AWS: False."""
    group_open: Fact[bool]
    """The default security group of it has rules; False where it has no such group."""


KINDS = (NetworkDefaults,)
