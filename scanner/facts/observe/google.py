"""Logs of Google's load balancer and of Cloud Storage.

https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring, https://cloud.google.com/storage/docs/access-logs
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import named
from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.policies import exposed
from assay.scanner.facts.spelling import Another, Place, Spelling
from assay.scanner.facts.storage import google
from assay.scanner.facts.view import View
from assay.scanner.sources.values import all_of

_EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")


class BackendAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a backend service logs. The defaults are the API's names."""

    name: Place = "name"
    scheme: Annotated[Place, "public"] = "loadBalancingScheme"
    enabled: Annotated[Place, "logged"] = "logConfig.enable"
    share: Annotated[Place, "logged"] = "logConfig.sampleRate"


def backend(view: View, at: BackendAt) -> EdgeLog:
    """Logs are off unless they are switched on, then every request is recorded unless a share is set.

    https://cloud.google.com/compute/docs/reference/rest/v1/backendServices
    """
    share: Any = view[at.share].default(1.0).number().then(lambda number: number > 0)
    return EdgeLog(
        identity=view.identity(named(view.item)),
        sort=view.says("backend"),
        public=view[at.scheme].default("EXTERNAL").equals(*_EXTERNAL),
        logged=all_of([view[at.enabled].default(False).truth(), share]),
    )


class BucketAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may use a bucket, and where its usage logs go."""

    bucket: Annotated[Another, "public", "maybe_public"]
    log_bucket: Annotated[str, "logged"] = "logging.logBucket"


def bucket(view: View, at: BucketAt) -> EdgeLog:
    """Usage logs are off unless a bucket for them is named: https://cloud.google.com/storage/docs/json_api/v1/buckets#resource"""
    known = google.bucket(view, at.bucket.spelling)
    public = exposed(known.grants)
    return EdgeLog(
        identity=known.identity,
        sort=view.says("bucket"),
        public=public,
        maybe_public=view.says(public.unknown is not None),
        logged=view.link(at.log_bucket).is_set(),
    )
