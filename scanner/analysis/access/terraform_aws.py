"""Who may erase from buckets and tables, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.terraform_aws import OTHERS, PERMISSIONS
from assay.scanner.facts.spelling import One
from assay.scanner.facts.storage.lifecycle.terraform_aws import LIFECYCLE
from assay.scanner.facts.storage.retention.terraform_aws import RETENTION

from .arns import Form
from .aws import BucketAt, StoreAt, bucket, table
from .holdings import identities
from .kinds import RecordStore

_FORMS = {
    "aws_s3_bucket": Form("arn:aws:s3:::", ("arn",), ("bucket", "id")),
    "aws_dynamodb_table": Form("arn:aws:dynamodb:{region}:{account}:table/", ("arn",), ("name", "id")),
}
_IDENTITIES = identities(PERMISSIONS, "aws_iam_role", "assume_role_policy", *OTHERS.types)
WRITERS = StoreAt(
    name="bucket",
    names=("bucket", "id"),
    identities=_IDENTITIES,
    policies=("policy", One("aws_s3_bucket_policy", "bucket", "policy")),
    forms=_FORMS,
)
"""Of a bucket, who may put something into it."""
READERS = (
    Reader(
        RecordStore,
        ("aws_s3_bucket",),
        bucket,
        BucketAt(
            name="bucket",
            names=("bucket", "id"),
            identities=_IDENTITIES,
            policies=("policy", One("aws_s3_bucket_policy", "bucket", "policy")),
            forms=_FORMS,
            retention=RETENTION,
            lifecycle=LIFECYCLE,
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_resource_policy
    Reader(
        RecordStore,
        ("aws_dynamodb_table",),
        table,
        StoreAt(
            name="name",
            names=("name", "id"),
            identities=_IDENTITIES,
            policies=One("aws_dynamodb_resource_policy", "resource_arn", "policy"),
            forms=_FORMS,
        ),
    ),
)
