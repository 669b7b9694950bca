"""Google's external load balancer and Cloud CDN by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

import functools

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.google import BackendAt, ForwardingEntryAt, backend, viewer_entry
from assay.scanner.facts.edge.cdn.google_origins import BackendBucketAt, SiteAt, backend_bucket, by_bucket, site
from assay.scanner.facts.edge.cdn.kinds import Distribution, OriginAccess, StaticSite, ViewerEntry
from assay.scanner.facts.edge.cdn.routes import MapAt, RoutesAt, forwarding, proxies, routes
from assay.scanner.facts.edge.google_api import FORWARDING_RULE, FORWARDING_RULES
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.spelling import Another, Contribution
from assay.scanner.facts.storage.google_api import BUCKET

_COMPUTE = "compute.googleapis.com"
_PROXIES = (f"{_COMPUTE}/TargetHttpProxy", f"{_COMPUTE}/TargetHttpsProxy")
# A URL map may lead to backends of other projects: https://cloud.google.com/load-balancing/docs/https#shared-vpc-architecture
ROUTES = RoutesAt(
    maps=Contribution(types=(f"{_COMPUTE}/UrlMap",), records=functools.partial(routes, at=MapAt()), name="google.routes"),
    http=Contribution(types=_PROXIES, records=functools.partial(proxies, url_map="urlMap", secure="https"), name="google.proxies"),
    rules=Contribution(
        types=FORWARDING_RULES,
        records=functools.partial(forwarding, target="target", scheme="loadBalancingScheme"),
        name="google.forwarding_rules",
    ),
)

SITE = SiteAt(name="", backends=by_bucket(f"{_COMPUTE}/BackendBucket", "bucketName"), routes=ROUTES, bucket=Another(BUCKET))

READERS = (
    Reader(ViewerEntry, FORWARDING_RULES, viewer_entry, ForwardingEntryAt(balancer=FORWARDING_RULE), always=False),
    Reader(
        Distribution,
        (f"{_COMPUTE}/BackendService", f"{_COMPUTE}/RegionBackendService"),
        backend,
        BackendAt(collection="backendServices", routes=ROUTES),
    ),
    Reader(Distribution, (f"{_COMPUTE}/BackendBucket",), backend, BackendAt(collection="backendBuckets", routes=ROUTES)),
    Reader(
        OriginAccess,
        (f"{_COMPUTE}/BackendBucket",),
        backend_bucket,
        BackendBucketAt(bucket=Another(BUCKET), buckets=by_text("name", "storage.googleapis.com/Bucket", addresses=True)),
    ),
    Reader(StaticSite, ("storage.googleapis.com/Bucket",), site, SITE),
)
