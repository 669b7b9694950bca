"""S3 Lifecycle in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_lifecycle_configuration"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import One
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle
from assay.scanner.facts.storage.lifecycle.s3 import LifecycleAt, RuleAt, bucket

_RULE = RuleAt(
    status="status",
    prefixes=("prefix", "filter.prefix", "filter.and.prefix"),
    filters=("filter.tag.key", "filter.and.tags", "filter.object_size_less_than", "filter.and.object_size_less_than"),
    larger=("filter.object_size_greater_than", "filter.and.object_size_greater_than"),
    transitions=("transition",),
    days="days",
    date="date",
    expires="expiration.days",
)
_OLD = RuleAt(  # the deprecated blocks of the bucket
    status="enabled",
    prefixes=("prefix",),
    filters=("tags",),
    larger=(),
    transitions=("transition",),
    days="days",
    date="date",
    expires="expiration.days",
)
LIFECYCLE = LifecycleAt(
    name="bucket",
    names=("bucket", "id"),
    rules=((One("aws_s3_bucket_lifecycle_configuration", "bucket", "rule"), _RULE), ("lifecycle_rule", _OLD)),
)
READERS = (
    Reader(
        BucketLifecycle,
        ("aws_s3_bucket",),
        bucket,
        LIFECYCLE,
    ),
)
