"""Content delivery networks: how viewers reach them, what they answer with, and how they read the buckets that they serve."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource

# What CloudFront calls a distribution is its comment, which is no name.
_NAMING = {"aws": Naming(unique=False)}


class ViewerWay(Part):
    """A way by which viewers reach a CDN: a cache behaviour, or a forwarding rule with its proxy."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """What to call it in a message: a path pattern, `*` for the default behaviour; the address of a forwarding rule."""
    https_only: Fact[bool]
    """Requests without TLS are refused, or only redirected to HTTPS."""


class OriginWay(Part):
    """A way by which a CDN reaches an origin that it can ask without TLS."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    https_only: Fact[bool]
    """It is asked over HTTPS, whatever a viewer came by that is let in."""


class ViewerEntry(Resource, kw_only=True):
    """Where viewers enter a CDN: a CloudFront distribution with its cache behaviours, an external forwarding rule of Google for HTTP."""

    naming: ClassVar = _NAMING
    enabled: Fact[bool]
    """It answers viewers at all."""
    ways: Fact[list[ViewerWay]]
    origins: Fact[list[OriginWay]]
    """The origins that are no buckets. Google: empty, since its backends are behind the load balancer."""


class EdgeResponse(Part):
    """What viewers get by one cache behaviour, or by one route to a backend: the headers that the CDN sets."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """What to call it in a message: a path pattern, `*` for the default behaviour; a backend, with its route where that matters."""
    hsts_max_age: Fact[float | None]
    """Seconds for which browsers use HTTPS alone; None where no header that is valid says so."""
    documents: Fact[bool]
    """It may answer with documents that run scripts; False for a path pattern that ends in `.png` or the like."""
    csp: Fact[str | None]
    """The Content-Security-Policy that is enforced, as it is written; None where there is none."""
    limits_scripts: Fact[bool]
    """That policy says where scripts may come from, by `script-src` or `default-src`, and does not allow all of them."""


class Distribution(Resource, kw_only=True):
    """What answers users at the edge: a CloudFront distribution, a backend of Google's external load balancer for HTTP."""

    naming: ClassVar = _NAMING
    enabled: Fact[bool]
    """It answers users: it is switched on; Google: it is a backend of an external load balancer for HTTP."""
    responses: Fact[list[EdgeResponse]]


class BucketOrigin(Part):
    """A bucket that a CDN serves."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    website: Fact[bool]
    """It is asked by its website endpoint, which knows no identity, so that the bucket has to be public."""
    signed: Fact[bool]
    """Every request to it is signed with an identity of the CDN. Google: only requests with a signed URL or cookie are answered."""
    readable: Fact[bool]
    """The bucket, and the key that it is encrypted with, let that identity read."""


class OriginReader(Part):
    """Somebody whom a bucket that a CDN serves lets read its objects."""

    known_by: ClassVar = ("bucket", "principal")
    bucket: Fact[str]
    principal: Fact[str]
    passes_by: Fact[bool]
    """It can read past this CDN: the public, a network, whoever has a CloudFront distribution, all identities of another account. False for
    the identity of this CDN, and for one named identity, such as what publishes the files."""


class OriginAccess(Resource, kw_only=True):
    """How a CDN reads the buckets that it serves, and who else may: a CloudFront distribution, a backend bucket of Google."""

    naming: ClassVar = _NAMING
    enabled: Fact[bool]
    origins: Fact[list[BucketOrigin]]
    """Its origins that are buckets."""
    readers: Fact[list[OriginReader]]


class StaticSite(Resource, kw_only=True):
    """A bucket, as what may hold a web site."""

    naming: ClassVar = {"aws": Naming(globally=True), "google": Naming(globally=True)}
    published: Fact[bool]
    """It is the origin of a CDN, switched on or not, or it is configured to serve a web site."""
    behind_cdn: Fact[bool]
    """A CDN that is switched on serves it. Google: a backend bucket with Cloud CDN, to which a load balancer for HTTPS leads."""
    served_directly: Fact[bool]
    """Its website endpoint is switched on. Google: everyone may read its objects, and no load balancer leads to it."""


KINDS = (ViewerEntry, Distribution, OriginAccess, StaticSite)
