"""Subnets of AWS: what stands in them, and whether the internet leads there."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import any_of

from .endpoints import EndpointsAt, paths_of
from .kinds import Subnet
from .placed import inside
from .routing import RoutingAt, key_of, routes_of


class SubnetAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a subnet."""

    gives: Annotated[Place, "gives_public_addresses", "private"]
    routing: Annotated[RoutingAt, "routes", "private", "private_paths"]
    endpoints: Annotated[EndpointsAt, "private_paths"]
    workloads: Annotated[Index, "holds_workloads", "holds"]
    default: Annotated[bool, "gives_public_addresses", "private"] = False
    """What `gives` is where nothing is written."""


def subnet(view: View, at: SubnetAt) -> Subnet:
    """A subnet is public where it has a route to an internet gateway.

    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types. Unless it says otherwise, it gives no public
    addresses; one of a default network does: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
    """
    holds, what = inside(view, at.workloads, key_of(view.item, at.routing.id))
    routes: list[Any] = routes_of(view, at.routing, view.item)
    gives = view[at.gives].default(at.default).truth()
    leads = [view.says(way) if isinstance(way, Unknown) else way.to_internet_gateway for way in routes]
    return Subnet(
        identity=view.identity(view[at.name]),
        private=any_of([gives, *leads]).negate(),
        holds_workloads=holds,
        holds=what,
        routes=view.says(routes),
        gives_public_addresses=gives,
        private_paths=view.says(paths_of(view, at.routing, at.endpoints)),
        private_google_access=view.says(None),
    )
