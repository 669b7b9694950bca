"""S3 Lifecycle in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle
from assay.scanner.facts.storage.lifecycle.s3 import LifecycleAt, RuleAt, bucket

_RULE = RuleAt(
    status="Status",
    prefixes=("Prefix",),
    filters=("TagFilters", "ObjectSizeLessThan"),
    larger=("ObjectSizeGreaterThan",),
    transitions=("Transitions", "Transition"),
    days="TransitionInDays",
    date="TransitionDate",
    expires="ExpirationInDays",
)
LIFECYCLE = LifecycleAt(name="BucketName", names=("BucketName",), rules=(("LifecycleConfiguration.Rules", _RULE),))
READERS = (
    Reader(
        BucketLifecycle,
        ("AWS::S3::Bucket",),
        bucket,
        LIFECYCLE,
    ),
)
