"""Where workloads stand, and what their networks let in and out."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource
from assay.scanner.facts.steps import Step
from assay.scanner.sources.values import Value


class Route(Part):
    """A way out of a subnet other than to its own network."""

    known_by: ClassVar = ("destination", "via")
    destination: Fact[str]
    """The addresses that it is for: a CIDR range, or a prefix list."""
    via: Fact[str]
    """Where it leads, in words: `an internet gateway`."""
    to_internet_gateway: Fact[bool]
    """It leads straight to the internet, which leads back in by it."""
    leads_to: Fact[list[Step]] = Value([])
    """What that is; empty of what is not known."""


class PrivatePath(Part):
    """How a subnet reaches a managed service of the provider."""

    known_by: ClassVar = ("service",)
    service: Fact[str]
    """As the names of its endpoints end: `dynamodb`, `ecr.api`."""
    private: Fact[bool]
    """By an endpoint: of its route table, or an interface in its network whose private name everybody there uses."""


class Subnet(Resource, kw_only=True):
    """A subnet: of a VPC of AWS, which its routes make public or private, or of a network of Google's."""

    # Neither the tag that AWS shows as a name nor an id is unique in code; Google's names are, in their region.
    naming: ClassVar = {"aws": Naming(unique=False)}

    holds_workloads: Fact[bool]
    """Compute or caches stand in it, as opposed to load balancers and gateways alone."""
    holds: Fact[str]
    """What of these, in words: the addresses of the first few."""
    private: Fact[bool]
    """None of its routes leads straight to the internet, and it gives no public addresses."""
    routes: Fact[list[Route]]
    """Every way out of it. Google: empty, since there a route leads nowhere without an address of the internet."""
    gives_public_addresses: Fact[bool]
    """What is started in it gets an address of the internet, unless it says otherwise."""
    private_paths: Fact[list[PrivatePath]]
    """AWS: of the services that workloads use most, and of all others that its network has an endpoint of. Google: empty."""
    private_google_access: Fact[bool | None]
    """Google: machines without a public address reach its services from here. AWS: None."""


class Standing(Part):
    """A subnet that a workload stands in."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    public: Fact[bool]
    """A route of it leads straight to an internet gateway."""
    entry: Fact[list[Step]]
    """What decides that: the subnet, and by which route it leads to an internet gateway."""
    leaves: Fact[bool]
    """Traffic for the internet leaves it at all: it has a default route. Google: Cloud NAT serves it."""
    through_nat: Fact[bool]
    """That leaves through a managed NAT gateway alone, or an egress-only gateway of IPv6."""
    exit: Fact[list[Step]]
    """The way that it takes."""


class TrafficSource(Part):
    """Who may begin to talk to a workload."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """A range of addresses, a security group, anyone."""
    trusted: Fact[bool]
    """It is a load balancer, or another workload of the deployment."""
    steps: Fact[list[Step]]
    """How it gets there: what is in the group that a rule lets in, the workload."""


class Workload(Resource, kw_only=True):
    """What runs code, or holds what it works with: a service or scheduled task, a function, an instance, the subnets of a cache."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    sort: Fact[str]
    """In words: `service`, `task set`, `scheduled task`, `function`, `instance`, `group of instances`, `cache`, `database`, `job`."""
    own_interface: Fact[bool]
    """It has network interfaces of its own; False where it shares those of the machines that it runs on."""
    runs_at_edge: Fact[bool]
    """A distribution runs it at its own places (Lambda@Edge), where there is no network to be in."""
    in_network: Fact[bool]
    """It is attached to a network of the customer's."""
    public_address: Fact[bool]
    """It has an address of the internet itself."""
    subnets: Fact[list[Standing]]
    """Those that it has interfaces in. Of Google's none is public."""
    accepts: Fact[list[TrafficSource]]
    """Who may begin to talk to it, by the security groups that it is in, or by what it says itself."""
    all_traffic: Fact[bool]
    """Whatever it sends goes through its network. Google: not only what is for private addresses."""
    leaves_by_itself: Fact[bool]
    """Its own public address is how its traffic leaves, whatever NAT there is. AWS: False, the routes of its subnets tell."""


KINDS = (Subnet, Workload)
