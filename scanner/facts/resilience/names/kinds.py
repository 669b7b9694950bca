"""Names by which users reach a deployment, and where these lead them."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Serving(Part):
    """A region that a name leads users to."""

    known_by: ClassVar = ("region",)
    region: Fact[str]


class PublicName(Resource, kw_only=True):
    """A record of DNS, together with the others of its zone, name and type, and what it leads to: a record of Route 53 or Cloud DNS."""

    # Records of a set share their name.
    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    full_name: Fact[str]
    """In lower case, without the last dot: `app.example.com`."""
    leads_users: Fact[bool]
    """It leads from the internet to an entry point that stands in regions (a load balancer, an API, a CDN before one of these), or has a
    policy that chooses by where users are; and no such record leads to it. False of a CDN before buckets alone, whose edge answers."""
    nearest: Fact[bool]
    """Which region a user is led to hangs on where the user is: by the policy of the record or of one that it leads to, or since one
    address of Google's load balancer is announced everywhere."""
    fenced: Fact[bool]
    """Users are kept to the answers for their own place, also when these do not work: `enable_geo_fencing` of Cloud DNS."""
    regions: Fact[list[Serving]]
    """The regions that users are led to."""
    several: Fact[bool]
    """There are at least two of these."""


KINDS = (PublicName,)
