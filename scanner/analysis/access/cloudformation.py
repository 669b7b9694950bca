"""Who may erase from buckets and tables, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.cloudformation import PERMISSIONS
from assay.scanner.facts.spelling import One
from assay.scanner.facts.storage.lifecycle.cloudformation import LIFECYCLE
from assay.scanner.facts.storage.retention.cloudformation import RETENTION

from .arns import Form
from .aws import BucketAt, StoreAt, bucket, table
from .holdings import identities
from .kinds import RecordStore

_BUCKET, _TABLE, _GLOBAL = "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
_TABLE_FORM = Form("arn:aws:dynamodb:{region}:{account}:table/", ("Arn",), ("",))
_FORMS = {_BUCKET: Form("arn:aws:s3:::", ("Arn",), ("",)), _TABLE: _TABLE_FORM, _GLOBAL: _TABLE_FORM}
_IDENTITIES = identities(PERMISSIONS, "AWS::IAM::Role", "AssumeRolePolicyDocument")
WRITERS = StoreAt(
    name="BucketName",
    names=("BucketName",),
    identities=_IDENTITIES,
    policies=One("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
    forms=_FORMS,
)
"""Of a bucket, who may put something into it."""

READERS = (
    Reader(
        RecordStore,
        (_BUCKET,),
        bucket,
        BucketAt(
            name="BucketName",
            names=("BucketName",),
            identities=_IDENTITIES,
            policies=One("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
            forms=_FORMS,
            retention=RETENTION,
            lifecycle=LIFECYCLE,
        ),
    ),
    Reader(
        RecordStore,
        (_TABLE,),
        table,
        StoreAt(name="TableName", names=("TableName",), identities=_IDENTITIES, policies="ResourcePolicy.PolicyDocument", forms=_FORMS),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-replicaspecification.html
    Reader(
        RecordStore,
        (_GLOBAL,),
        table,
        StoreAt(
            name="TableName",
            names=("TableName",),
            identities=_IDENTITIES,
            copies="Replicas",
            policies="ResourcePolicy.PolicyDocument",
            forms=_FORMS,
        ),
    ),
)
