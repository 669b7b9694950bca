"""Which bucket an origin of CloudFront is, by its domain name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.spelling import Index, Link
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Node, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, because, references_in, unknown_inside
from assay.scanner.sources.values import Value

_OPEN = "\0"
_LONGEST = 1024
"""Characters; a domain name has at most 253: https://datatracker.ietf.org/doc/html/rfc1035#section-2.3.4"""
_WEBSITE = lazy_re.pattern(r"^(.+?)\.s3-website[.-][a-z0-9\0-]+\.amazonaws\.com(?:\.cn)?\.?$", re.IGNORECASE)
_REST = lazy_re.pattern(r"^(.+?)\.s3(?:[.-][a-z0-9\0]+)*\.amazonaws\.com(?:\.cn)?\.?$", re.IGNORECASE)


class OriginBucket(msgspec.Struct, frozen=True):
    """The bucket that an origin is: it has an address or a name where it is known which one it is."""

    address: str = ""
    name: str = ""
    website: bool = False
    """It is asked by its website endpoint."""


class WebsiteLink(Link, frozen=True):
    """The domain of an origin, where what configures the web site of a bucket tells it."""

    bucket: str = "bucket"
    """Of that, the path to its bucket."""


class OriginsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the origins of a distribution. The defaults are CloudFormation's names."""

    origins: str = "DistributionConfig.Origins"
    id: str = "Id"
    domain: str = "DomainName"
    buckets: tuple[str, ...] = ("AWS::S3::Bucket",)
    """Types of buckets, also of those that are looked up."""
    websites: WebsiteLink | None = None


def origin_bucket(origin: Node, at: OriginsAt, view: View | None = None) -> OriginBucket | Unknown | None:
    """The bucket of an origin; None where it is something else. `view`: of the distribution, which finds the bucket of a web site."""
    data = _domain(origin, at)
    if isinstance(data, Reference):
        return _referred(data, at, view)
    first = data.parts[0] if isinstance(data, Text) else None
    if isinstance(first, Reference) and at.websites is not None and first.type in at.websites.types:
        return _referred(first, at, view)
    if isinstance(data, Text):
        return _written("".join(part if isinstance(part, str) else _OPEN for part in data.parts), data, at)
    if isinstance(data, str):
        return _written(data, None, at)
    why = unknown_inside(data)
    return because(why) if why else Unknown("which domain an origin is", "write its domain name", origin.location())


def _domain(origin: Node, at: OriginsAt) -> Any:
    """The text where it is known, since a plan does not tell which of several origins a reference in its configuration is of."""
    text = origin[at.domain].data
    return text if isinstance(text, str) else origin.link(at.domain).data


def _referred(named: Reference, at: OriginsAt, view: View | None) -> OriginBucket | None:
    if named.type in at.buckets:
        return OriginBucket(address=named.address, website="website" in named.attribute.lower())
    if at.websites is None or named.type not in at.websites.types:
        return None
    website = view.named(named, at.websites) if view is not None else None
    target = website.link(at.websites.bucket).data if website is not None else None
    address = target.address if isinstance(target, Reference) else ""
    return OriginBucket(address=address, name=target if isinstance(target, str) else "", website=True)


def _written(text: str, parts: Text | None, at: OriginsAt) -> OriginBucket | Unknown | None:
    if len(text) > _LONGEST:
        return None
    website = _WEBSITE.match(text)
    match = website or _REST.match(text)
    if match is None:
        # A part that is not known may hold all of the name of a bucket's domain, or none of it.
        ends_open = text.endswith(_OPEN) and parts is not None and isinstance(parts.parts[-1], Unknown)
        return unknown_inside(parts) if ends_open else None
    name = match[1]
    first = parts.parts[0] if parts is not None else None
    if name == _OPEN and isinstance(first, Reference) and first.type in at.buckets:
        return OriginBucket(address=first.address, website=bool(website))
    return OriginBucket(name="" if _OPEN in name else name, website=bool(website))


class Served(msgspec.Struct, frozen=True):
    """A bucket as the origin of a distribution."""

    asked: Value[bool]
    """One of the behaviours of the distribution asks for the bucket."""
    enabled: Value[Any]
    """The distribution is switched on."""


class TargetsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where a distribution tells which of its origins its behaviours use. The defaults are CloudFormation's names."""

    enabled: str = "DistributionConfig.Enabled"
    behaviors: tuple[str, ...] = ("DistributionConfig.DefaultCacheBehavior", "DistributionConfig.CacheBehaviors")
    target: str = "TargetOriginId"
    groups: str = "DistributionConfig.OriginGroups.Items"
    group: str = "Id"
    members: str = "Members.Items"
    member: str = "OriginId"


def served_buckets(distributions: str, at: OriginsAt, targets: TargetsAt) -> Index:
    """The buckets that distributions serve, by `at_address` or name; under None why any bucket may be.

    A web site that a distribution names stands for its bucket; a site looks for it by the same key.
    """
    return Index((distributions,), functools.partial(served, at=at, targets=targets))


def at_address(item: Item, address: str) -> tuple[str, str]:
    """The key of a resource by its address, which is unique below its root alone."""
    return item.root, address


def served(item: Item, at: OriginsAt, targets: TargetsAt) -> Iterator[tuple[Hashable, Any]]:
    """The records of a distribution, see `served_buckets`."""
    if isinstance(item, Unlisted):
        yield None, item.why
        return
    used, doubt = origins_asked(item, targets)
    origins, more = item.blocks(at.origins)
    if more:
        yield None, more
    for origin in origins:
        id_ = origin[at.id].data
        open_id = unknown_inside(id_)
        asked = open_id is None and str(id_) in used
        if not asked and doubt is None and open_id is None:
            continue
        bucket = origin_bucket(origin, at)
        if isinstance(bucket, Unknown):
            yield None, bucket
        elif bucket is not None:
            if not (key := _key(item, origin, bucket, at)):
                yield None, Unknown("which bucket an origin is", "give what its domain name is made of", item.location())
            else:
                yield key, Served(Value(True if asked else open_id or doubt), item[targets.enabled].default(False).truth())


def _key(item: Item, origin: Node, bucket: OriginBucket, at: OriginsAt) -> Hashable:
    """By what a site finds the record of its bucket; empty where it is not known which bucket an origin is."""
    if bucket.address:
        return at_address(item, bucket.address)
    types = (*at.buckets, *(at.websites.types if at.websites else ()))
    named = [reference.address for reference in references_in(_domain(origin, at)) if reference.type in types]
    return at_address(item, named[0]) if named and not bucket.name else bucket.name


def origins_asked(item: Node, at: TargetsAt) -> tuple[set[str], Unknown | None]:
    """The origins that behaviours of a distribution ask, and why there may be more."""
    used: set[str] = set()
    doubts: list[Unknown | None] = []
    for path in at.behaviors:
        behaviors, more = item.blocks(path)
        doubts.append(more)
        for behavior in behaviors:
            target = behavior[at.target].data
            used.add(str(target))
            doubts.append(target if isinstance(target, Unknown) else None)
    groups, more = item.blocks(at.groups)
    doubts.append(more)
    for group in groups:
        name = group[at.group].data
        if isinstance(name, Unknown):
            doubts.append(name)
        elif name in used:
            members, further = group.blocks(at.members)
            named = [member[at.member].data for member in members]
            used |= set(map(str, named))
            doubts += [further, *(member for member in named if isinstance(member, Unknown))]
    return used, next(filter(None, doubts), None)
