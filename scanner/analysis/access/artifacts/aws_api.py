"""What is served from S3, in the live account, whose objects are not listed.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
"""

from __future__ import annotations

from assay.scanner.analysis.access.aws_api import WRITERS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.aws_api import SITE
from assay.scanner.facts.spelling import Another
from assay.scanner.facts.storage.aws_api import BUCKET_AT, BUCKETS

from .buckets import AwsAt, s3
from .kinds import ArtifactBucket

LISTINGS = ()

READERS = (
    Reader(
        ArtifactBucket,
        (BUCKETS.type,),
        s3,
        AwsAt(
            name=WRITERS.name,
            names=WRITERS.names,
            store=Another(WRITERS),
            policies=WRITERS.policies,
            granting=Another(BUCKET_AT.granting),
            acls=(*BUCKET_AT.flags[2:3], BUCKET_AT.ownership, *BUCKET_AT.acl_grants),
            site=Another(SITE),
            website=(*SITE.website, *SITE.redirects, SITE.tags),
            versioning=BUCKET_AT.versioning,
            lock=BUCKET_AT.object_lock,
        ),
    ),
)
