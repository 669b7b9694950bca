"""What is served from S3, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_object"""

from __future__ import annotations

from assay.scanner.analysis.access.terraform_aws import WRITERS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.terraform_aws import SITE
from assay.scanner.facts.spelling import Another, Referrer
from assay.scanner.facts.storage.terraform_aws import BUCKET

from .buckets import AwsAt, s3
from .kinds import ArtifactBucket

READERS = (
    Reader(
        ArtifactBucket,
        ("aws_s3_bucket",),
        s3,
        AwsAt(
            name=WRITERS.name,
            names=WRITERS.names,
            store=Another(WRITERS),
            granting=Another(BUCKET.granting),
            site=Another(SITE),
            versioning=BUCKET.versioning,
            lock=BUCKET.object_lock,
            objects=(Referrer("aws_s3_object", "bucket"), Referrer("aws_s3_bucket_object", "bucket")),
            key="key",
            caching="cache_control",
        ),
    ),
)
