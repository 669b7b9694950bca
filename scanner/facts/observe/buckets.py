"""Access logs of S3: server access logs, and trails that record objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/logging-with-S3.html
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.observe.trails import TrailsAt, recorded
from assay.scanner.facts.policies import exposed
from assay.scanner.facts.spelling import Another, Referrer, Spelling
from assay.scanner.facts.storage import s3
from assay.scanner.facts.view import View
from assay.scanner.sources.values import any_of


class BucketAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may use a bucket, and where its access is logged."""

    bucket: Annotated[Another, "public", "maybe_public"]
    calls: Annotated[tuple[str, ...], "public", "maybe_public"] = ()
    """Of a live account, the calls that tell who may use it."""
    logging: Annotated[tuple[str | Referrer, ...], "logged"]
    """What switches server access logs on; without a target they go to the bucket itself."""
    trails: Annotated[TrailsAt, "logged"]


def bucket(view: View, at: BucketAt) -> EdgeLog:
    """A bucket answers requests from outside where a grant lets everyone in. Its access logs are off unless they are configured.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
    """
    public = exposed(s3.grants(view, at.bucket.spelling))
    blocks, more = view.inner(*at.logging)
    own = view.says(True if blocks else more or False)
    return EdgeLog(
        identity=view.identity(view[at.name]),
        sort=view.says("bucket"),
        public=public,
        maybe_public=view.says(public.unknown is not None),
        logged=own if own.data is True or public.data is False else any_of([own, recorded(view, at.trails)]),  # else nobody asks
    )
