"""Object Lock in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-defaultretention.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.retention.kinds import BucketRetention
from assay.scanner.facts.storage.retention.s3 import RetentionAt, retention

_DEFAULT = "ObjectLockConfiguration.Rule.DefaultRetention"
RETENTION = RetentionAt(
    name="BucketName", names=("BucketName",), mode=f"{_DEFAULT}.Mode", days=f"{_DEFAULT}.Days", years=f"{_DEFAULT}.Years"
)
READERS = (
    Reader(
        BucketRetention,
        ("AWS::S3::Bucket",),
        retention,
        RETENTION,
    ),
)
