"""S3 Lifecycle in the live account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.aws_api import BUCKETS, TAGS
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle
from assay.scanner.facts.storage.lifecycle.s3 import LifecycleAt, RuleAt, bucket

_RULE = RuleAt(
    status="Status",
    prefixes=("Prefix", "Filter.Prefix", "Filter.And.Prefix"),
    filters=("Filter.Tag", "Filter.And.Tags", "Filter.ObjectSizeLessThan", "Filter.And.ObjectSizeLessThan"),
    larger=("Filter.ObjectSizeGreaterThan", "Filter.And.ObjectSizeGreaterThan"),
    transitions=("Transitions",),
    days="Days",
    date="Date",
    expires="Expiration.Days",
)
LIFECYCLE = LifecycleAt(name="Name", names=("Name",), rules=(("get_bucket_lifecycle_configuration.Rules", _RULE),), tags=TAGS.name)
READERS = (
    Reader(
        BucketLifecycle,
        (BUCKETS.type,),
        bucket,
        LIFECYCLE,
    ),
)
