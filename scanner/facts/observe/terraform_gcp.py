"""Logs of backends and buckets in Terraform for Google Cloud.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_backend_service#log_config-1,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket#nested_logging
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.google import BackendAt, BucketAt, backend, bucket
from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.spelling import Another, Fixed
from assay.scanner.facts.storage.terraform_gcp import BUCKET

_ENABLED, _SHARE = "log_config.enable", "log_config.sample_rate"

READERS = (
    Reader(
        EdgeLog,
        ("google_compute_backend_service",),
        backend,
        BackendAt(scheme="load_balancing_scheme", enabled=_ENABLED, share=_SHARE),
    ),
    Reader(
        EdgeLog,
        ("google_compute_region_backend_service",),
        backend,
        # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_region_backend_service
        BackendAt(scheme=("load_balancing_scheme", Fixed("INTERNAL")), enabled=_ENABLED, share=_SHARE),
    ),
    Reader(
        EdgeLog,
        ("google_storage_bucket",),
        bucket,
        BucketAt(names=BUCKET.names, bucket=Another(BUCKET), log_bucket="logging.log_bucket"),
    ),
)
