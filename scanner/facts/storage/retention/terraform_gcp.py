"""Retention policies in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.retention.google import RetentionAt, retention
from assay.scanner.facts.storage.retention.kinds import BucketRetention

RETENTION = RetentionAt(name="name", names=("name",), period="retention_policy.retention_period", locked="retention_policy.is_locked")
READERS = (
    Reader(
        BucketRetention,
        ("google_storage_bucket",),
        retention,
        RETENTION,
    ),
)
