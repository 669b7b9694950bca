"""Object Lock in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_object_lock_configuration"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import One
from assay.scanner.facts.storage.retention.kinds import BucketRetention
from assay.scanner.facts.storage.retention.s3 import RetentionAt, retention

_LOCK = "aws_s3_bucket_object_lock_configuration"
_DEFAULT = "rule.default_retention"
_OLD = f"object_lock_configuration.{_DEFAULT}"  # the deprecated block of the bucket
RETENTION = RetentionAt(
    name="bucket",
    names=("bucket", "id"),
    mode=(One(_LOCK, "bucket", f"{_DEFAULT}.mode"), f"{_OLD}.mode"),
    days=(One(_LOCK, "bucket", f"{_DEFAULT}.days"), f"{_OLD}.days"),
    years=(One(_LOCK, "bucket", f"{_DEFAULT}.years"), f"{_OLD}.years"),
)
READERS = (
    Reader(
        BucketRetention,
        ("aws_s3_bucket",),
        retention,
        RETENTION,
    ),
)
