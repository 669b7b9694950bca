"""Retention policies by the REST resource. https://cloud.google.com/storage/docs/json_api/v1/buckets#resource"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.retention.google import RetentionAt, retention
from assay.scanner.facts.storage.retention.kinds import BucketRetention

RETENTION = RetentionAt(period="retentionPolicy.retentionPeriod", locked="retentionPolicy.isLocked")
READERS = (
    Reader(
        BucketRetention,
        ("storage.googleapis.com/Bucket",),
        retention,
        RETENTION,
    ),
)
