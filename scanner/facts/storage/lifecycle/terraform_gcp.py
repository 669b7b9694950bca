"""Object Lifecycle Management in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import snake
from assay.scanner.facts.storage.lifecycle.google import CONDITIONS, LifecycleAt, bucket
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle

LIFECYCLE = LifecycleAt(
    name="name",
    names=("name",),
    rules="lifecycle_rule",
    storage_class="storage_class",
    action_class="action.storage_class",
    conditions={name: f"condition.{snake(name)}" for name in CONDITIONS},
    autoclass="autoclass.enabled",
    retention="retention_policy.retention_period",
    terminal="autoclass.terminal_storage_class",
)
READERS = (
    Reader(
        BucketLifecycle,
        ("google_storage_bucket",),
        bucket,
        LIFECYCLE,
    ),
)
