"""Buckets of S3, as what may hold a web site."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.cdn.buckets import Served, at_address
from assay.scanner.facts.edge.cdn.kinds import StaticSite
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.storage.s3 import is_shut
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of, any_of


class SiteAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a bucket serves."""

    served: Annotated[Index, "published", "behind_cdn"]
    """The buckets that CDNs serve."""
    website: Annotated[tuple[Place, ...], "published", "served_directly"]
    """What configures its web site."""
    redirects: Annotated[tuple[str | Referrer, ...], "published", "served_directly"]
    """What makes of that a redirect of every request."""
    configures: Annotated[tuple[Referrer, ...], "published", "served_directly"] = ()
    """Resources of their own that configure it: a CDN may name them in its place."""
    shut: Annotated[tuple[Place, ...], "served_directly"]
    """The flags by which a public access block takes the effect of ACLs and of policies away."""
    tags: Annotated[Place, "published"] = ""
    """Of a live account, the call that tells its tags."""


def _redirects(view: View, at: SiteAt) -> Value[bool]:
    """Whether its web site redirects every request: a block or an object, or where the bucket itself says so in Terraform, the address."""
    blocks, more = view.inner(*(place for place in at.redirects if isinstance(place, Referrer)))
    written = [view[place].is_set() for place in at.redirects if isinstance(place, str)]
    return any_of([view.says(True if blocks else more or False), *written])


def site(view: View, at: SiteAt) -> StaticSite:
    """A web site that only redirects serves nothing: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html

    Nor does that of a bucket whose public access is blocked, since its endpoint knows no credentials:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html
    """
    known = view.index(at.served)
    stand_ins = [other.item.address for join in at.configures for other in view.referrers(join).views]
    name = view[at.name].data
    keys: list[Any] = [at_address(view.item, address) for address in (view.item.address, *stand_ins)]
    keys += [name] if isinstance(name, str) else []
    records = [record for key in keys for record in known.get(key, ()) if isinstance(record, Served)]
    doubts = [Value[bool](why) for why in known.get(None, ())]
    website = all_of([view.exists(*at.website), _redirects(view, at).negate()])
    return StaticSite(
        identity=view.identity(view[at.name]),
        published=any_of([*(record.asked for record in records), website, *doubts, view.says(False)]),
        behind_cdn=any_of([*(all_of([record.asked, record.enabled]) for record in records), *doubts, view.says(False)]),
        served_directly=all_of([website, is_shut(view, at.shut).negate()]),
    )
