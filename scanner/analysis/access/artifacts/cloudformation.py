"""What is served from S3, in CloudFormation, which puts no objects there.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from __future__ import annotations

from assay.scanner.analysis.access.cloudformation import WRITERS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.cloudformation import SITE
from assay.scanner.facts.spelling import Another
from assay.scanner.facts.storage.cloudformation import BUCKET

from .buckets import AwsAt, s3
from .kinds import ArtifactBucket

READERS = (
    Reader(
        ArtifactBucket,
        ("AWS::S3::Bucket",),
        s3,
        AwsAt(
            name=WRITERS.name,
            names=WRITERS.names,
            store=Another(WRITERS),
            granting=Another(BUCKET.granting),
            site=Another(SITE),
            versioning=BUCKET.versioning,
            lock=BUCKET.object_lock,
        ),
    ),
)
