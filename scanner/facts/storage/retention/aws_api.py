"""Object Lock in the live account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.aws_api import BUCKETS, TAGS
from assay.scanner.facts.storage.retention.kinds import BucketRetention
from assay.scanner.facts.storage.retention.s3 import RetentionAt, retention

_DEFAULT = "get_object_lock_configuration.ObjectLockConfiguration.Rule.DefaultRetention"
RETENTION = RetentionAt(
    name="Name",
    names=("Name",),
    mode=f"{_DEFAULT}.Mode",
    days=f"{_DEFAULT}.Days",
    years=f"{_DEFAULT}.Years",
    tags=TAGS.name,
)
READERS = (
    Reader(
        BucketRetention,
        (BUCKETS.type,),
        retention,
        RETENTION,
    ),
)
