"""What the settings of a bucket mean for what is served from it."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.analysis.access import aws, google
from assay.scanner.analysis.access.kinds import Eraser
from assay.scanner.facts.edge.cdn import google_origins, sites
from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.spelling import Another, Place, Referrer, Spelling
from assay.scanner.facts.storage import google as storage_google
from assay.scanner.facts.storage import s3 as storage_s3
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

from .kinds import ArtifactBucket, StaticFile


class FilesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what code puts into a bucket."""

    objects: Annotated[tuple[Referrer, ...], "files"] = ()
    key: Annotated[str, "files"] = ""
    """Of an object."""
    caching: Annotated[str, "files"] = ""
    """Of an object."""


class AwsAt(FilesAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a bucket of S3."""

    store: Annotated[Another, "writers"]
    """An `aws.StoreAt`."""
    policies: Annotated[Place, "writers"] = ""
    """Of a live bucket, what that asks for of the bucket itself."""
    granting: Annotated[Another, "writers"]
    """A `storage.s3.GrantsAt`, for its access lists."""
    acls: Annotated[tuple[Any, ...], "writers"] = ()
    """Of a live bucket, what that asks for of the bucket itself, and of its account."""
    site: Annotated[Another, "published"]
    """A `sites.SiteAt`."""
    website: Annotated[tuple[Any, ...], "published"] = ()
    """Of a live bucket, what that asks for of the bucket itself, and its tags."""
    versioning: Annotated[Place, "versioned"]
    lock: Annotated[Place, "versioned"] = ""
    """Object Lock, for which S3 turns versioning on."""


def s3(view: View, at: AwsAt) -> ArtifactBucket:
    """Off unless it is configured: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"""
    versioned = view[at.versioning].equals("Enabled", "true", True)
    locked = view.limits(view[at.lock].equals("Enabled", "true", True))
    return ArtifactBucket(
        identity=view.identity(view[at.name]),
        published=sites.site(view, at.site.spelling).published,
        versioned=any_of([versioned, locked]),
        writers=_with_lists(aws.writers(view, at.store.spelling), storage_s3.public_writers(view, at.granting.spelling)),
        files=view.says(_files(view, at)),
    )


class GoogleAt(FilesAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a bucket of Cloud Storage."""

    store: Annotated[Another, "writers"]
    """A `google.StoreAt`."""
    granting: Annotated[Another, "writers"]
    """A `storage.google.BucketAt`, for its access lists."""
    site: Annotated[Another, "published"]
    """A `google_origins.SiteAt`."""
    versioning: Annotated[Place, "versioned"]


def cloud_storage(view: View, at: GoogleAt) -> ArtifactBucket:
    """Off unless it is configured: https://cloud.google.com/storage/docs/object-versioning"""
    return ArtifactBucket(
        identity=view.identity(short(view[at.name]) if at.name else named(view.item)),
        published=google_origins.site(view, at.site.spelling).published,
        versioned=view[at.versioning].default(False).truth(),
        writers=_with_lists(google.writers(view, at.store.spelling), storage_google.public_writers(view, at.granting.spelling)),
        files=view.says(_files(view, at)),
    )


def _with_lists(writers: Value[Any], lists: list[tuple[Grant, Value[bool]] | Unknown]) -> Value[Any]:
    """Everybody who may write, and everyone where access lists let them."""
    public = [entry if isinstance(entry, Unknown) else _public(*entry) for entry in lists if isinstance(entry, Unknown) or entry[1].data]
    return Value([*writers.data, *public], writers.seen)


def _public(grant: Grant, writes: Value[bool]) -> Eraser:
    by = grant.principal.then(lambda text: f"its access list ({text})")
    return Eraser(name=Value("anyone", writes.seen), by=by, workload=Value(True), deletes=Value(False), replaces=writes)


_PLAIN = r"(?=[A-Za-z]*\d)[0-9A-Za-z]{8,64}"
_MIXED = r"(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[0-9A-Za-z_-]{8,64}"
_HASHED = lazy_re.pattern(rf"[.\-_]({_PLAIN}|{_MIXED})\.[0-9A-Za-z]+(\.map|\.gz|\.br)?")
"""What bundlers put before the ending, where `-` and `_` are signs of a hash only beside small letters, capitals and digits: not of
`service-worker-v2.js`. https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Caching#cache_busting"""


def _files(view: View, at: FilesAt) -> list[Any]:
    files: list[Any] = []
    for join in at.objects:
        objects = view.referrers(join)
        files += [_file(one.surely, at) for one in objects.views]
        files += [objects.more] if objects.more else []
    return files


def _file(one: View, at: FilesAt) -> StaticFile:
    key: Value[Any] = one[at.key].text()
    return StaticFile(
        key=key,
        named_by_content=key.then(lambda text: _HASHED.search(text.rpartition("/")[2]) is not None),
        immutable=one[at.caching].default("").text().then(lambda text: "immutable" in [word.strip().lower() for word in text.split(",")]),
    )
