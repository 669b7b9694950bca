"""Google's external load balancer and Cloud CDN in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_url_map
"""

from __future__ import annotations

import functools

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.google import BackendAt, ForwardingEntryAt, backend, viewer_entry
from assay.scanner.facts.edge.cdn.google_origins import BackendBucketAt, SiteAt, backend_bucket, by_bucket, site
from assay.scanner.facts.edge.cdn.kinds import Distribution, OriginAccess, StaticSite, ViewerEntry
from assay.scanner.facts.edge.cdn.routes import MapAt, RoutesAt, forwarding, proxies, routes
from assay.scanner.facts.edge.terraform_gcp import FORWARDING_RULE, FORWARDING_RULES
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.spelling import Another, Fixed, Index, Referrer
from assay.scanner.facts.storage.terraform_gcp import BUCKET

_PROXIES = (
    "google_compute_target_http_proxy", "google_compute_target_https_proxy", "google_compute_region_target_http_proxy",
    "google_compute_region_target_https_proxy",
)  # fmt: skip
_MAP = MapAt(
    default="default_service",
    default_action="default_route_action",
    matchers="path_matcher",
    rules=("path_rule", "route_rules"),
    action="route_action",
    weighted="weighted_backend_services",
    weighted_service="backend_service",
    headers="header_action",
    added="response_headers_to_add",
    header="header_name",
    value="header_value",
    removed="response_headers_to_remove",
)
ROUTES = RoutesAt(
    maps=Index(("google_compute_url_map", "google_compute_region_url_map"), functools.partial(routes, at=_MAP)),
    http=Index(_PROXIES, functools.partial(proxies, url_map="url_map", secure="https")),
    rules=Index(FORWARDING_RULES, functools.partial(forwarding, target="target", scheme="load_balancing_scheme")),
)


def _backend(collection: str, scheme: str | tuple[str | Fixed, ...] = "load_balancing_scheme") -> BackendAt:
    return BackendAt(scheme=scheme, headers="custom_response_headers", collection=collection, routes=ROUTES)


SITE = SiteAt(
    names=("name",),
    cdn="enable_cdn",
    backends=by_bucket("google_compute_backend_bucket", "bucket_name"),
    routes=ROUTES,
    bucket=Another(BUCKET),
)

READERS = (
    Reader(ViewerEntry, FORWARDING_RULES, viewer_entry, ForwardingEntryAt(balancer=FORWARDING_RULE), always=False),
    Reader(Distribution, ("google_compute_backend_service",), backend, _backend("backendServices")),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_region_backend_service
    Reader(
        Distribution,
        ("google_compute_region_backend_service",),
        backend,
        _backend("backendServices", ("load_balancing_scheme", Fixed("INTERNAL"))),
    ),
    Reader(Distribution, ("google_compute_backend_bucket",), backend, _backend("backendBuckets")),
    Reader(
        OriginAccess,
        ("google_compute_backend_bucket",),
        backend_bucket,
        BackendBucketAt(
            names=("name", "id"),
            scheme="load_balancing_scheme",
            cdn="enable_cdn",
            bucket_name="bucket_name",
            keys="",
            separate=(Referrer("google_compute_backend_bucket_signed_url_key", "backend_bucket"),),
            declared=True,
            bucket=Another(BUCKET),
            buckets=by_text("name", "google_storage_bucket", addresses=True),
        ),
    ),
    Reader(StaticSite, ("google_storage_bucket",), site, SITE),
)
