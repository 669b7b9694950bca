"""Network ingress."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Opening(Part):
    """Traffic that a rule lets in."""

    known_by: ClassVar = ("source", "protocol", "from_port", "to_port")
    source: Fact[str]
    """A CIDR range, a prefix list, another group."""
    world: Fact[bool]
    """The source is the internet, or so much of it that it makes no difference."""
    whole_network: Fact[bool]
    """The source is a range of private addresses that is as wide as a whole network: /16 or wider of IPv4, /56 or wider of IPv6."""
    inside: Fact[bool]
    """The source is nothing that the internet reaches: private addresses, another group, a list of the provider's own addresses."""
    traffic: Fact[str]
    """Protocol and ports in words: `TCP port 443`, `all traffic`."""
    protocol: Fact[str]
    """Lower case name: `tcp`, `udp`, `icmp`; `all` for every protocol."""
    from_port: Fact[int]
    to_port: Fact[int]


class Ingress(Resource, kw_only=True):
    """What admits traffic from outside: a security group, a firewall rule of a VPC, an external forwarding rule."""

    openings: Fact[list[Opening]]
    openings_on_known_ports: Fact[list[Opening]]
    """Those of `openings` whose ports are known."""
    guards_load_balancer: Fact[bool]
    """Everything that it is attached to is a load balancer."""
    reaches: Fact[str]
    """What it lets traffic in to, in words: where that is not a load balancer alone, what else."""
    http_only_redirects: Fact[bool]
    """Requests without TLS that reach those load balancers are only redirected to HTTPS; so it is where no load balancer is reached."""


KINDS = (Ingress,)
