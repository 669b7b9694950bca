"""What people could administer something through from outside."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource
from assay.scanner.facts.network.kinds import Opening


class Authorization(Part):
    """Who may go where once they are connected to a VPN."""

    known_by: ClassVar = ("network", "group")
    network: Fact[str]
    """The range of addresses that is reached."""
    group: Fact[str | None]
    """Who may; None where everybody may who is connected."""
    everyone: Fact[bool]
    everything: Fact[bool]
    """The range is the internet, or so much of it that it makes no difference."""


# ACLs and endpoints of a VPN have a number for a name, and perhaps a tag.
_NAMING = {"aws": Naming(families=frozenset({"group"}))}


class PortFilter(Resource, kw_only=True):
    """What decides by addresses and ports what comes in: a security group, a network ACL, a firewall rule or policy."""

    naming: ClassVar = _NAMING
    openings: Fact[list[Opening]]
    stateless: Fact[bool]
    """A network ACL: it has to let answers in on the ephemeral ports, and opens nothing that a security group does not open too."""


class RemoteAccess(Resource, kw_only=True):
    """How somebody may come in to administer something.

    A security group, a firewall rule or policy; an endpoint of Client VPN; the API of a cluster.
    """

    naming: ClassVar = _NAMING
    openings: Fact[list[Opening]]
    """Traffic that it lets in. A VPN lets in who can identify themselves: none."""
    cluster: Fact[bool]
    """It is the API of a cluster of Kubernetes, whose one port is for administration."""
    vpn: Fact[bool]
    """It is an endpoint of Client VPN; what follows is true and empty of anything else."""
    identified: Fact[bool]
    """Users identify themselves with a certificate or at an identity provider, not with a password alone."""
    connections_logged: Fact[bool]
    authorizations: Fact[list[Authorization]]


KINDS = (PortFilter, RemoteAccess)
