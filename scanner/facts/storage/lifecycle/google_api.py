"""Object Lifecycle Management by the REST resource. https://cloud.google.com/storage/docs/json_api/v1/buckets#lifecycle"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.lifecycle.google import CONDITIONS, LifecycleAt, bucket
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle

LIFECYCLE = LifecycleAt(
    rules="lifecycle.rule",
    storage_class="storageClass",
    action_class="action.storageClass",
    conditions={name: f"condition.{name}" for name in CONDITIONS},
    autoclass="autoclass.enabled",
    retention="retentionPolicy.retentionPeriod",
    terminal="autoclass.terminalStorageClass",
)
READERS = (
    Reader(
        BucketLifecycle,
        ("storage.googleapis.com/Bucket",),
        bucket,
        LIFECYCLE,
    ),
)
