"""Log buckets in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/logging_project_bucket_config"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.google import BucketAt, bucket, kept_days
from assay.scanner.facts.observe.retention.kinds import LogStore
from assay.scanner.facts.observe.sinks import SinkAt
from assay.scanner.facts.spelling import Index

BUCKETS = tuple(f"google_logging_{level}_bucket_config" for level in ("project", "folder", "organization", "billing_account"))
SINK = SinkAt(children="include_children")
# https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/logging_project_sink
SINKS = every("google_logging_project_sink")

READERS = (
    Reader(
        LogStore,
        BUCKETS,
        bucket,
        BucketAt(
            name="bucket_id",
            days="retention_days",
            sinks=SINKS,
            sink=SINK,
            buckets=Index(BUCKETS, kept_days("bucket_id", "retention_days", "project", "location", "bucket_id")),
        ),
    ),
)
