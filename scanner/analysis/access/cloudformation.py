"""Who may erase from buckets and tables, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.cloudformation import PERMISSIONS, PROVIDERS
from assay.scanner.facts.keys.references import template_key
from assay.scanner.facts.spelling import Another, Link, One, Referrer
from assay.scanner.facts.storage.lifecycle.cloudformation import LIFECYCLE
from assay.scanner.facts.storage.retention.cloudformation import RETENTION

from .arns import Form
from .aws import BucketAt, StoreAt, bucket, table
from .endpoints import EndpointsAt
from .holdings import identities
from .key_use import KeyAt
from .kinds import Deployer, ReadableSecret, RecordStore
from .membership import TreeAt
from .organisation import OrganisationAt
from .releases import DeployerAt, deployer
from .secrets_aws import SecretAt, secret
from .ways import RunAt

_BUCKET, _TABLE, _GLOBAL = "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
_TABLE_FORM = Form("arn:aws:dynamodb:{region}:{account}:table/", ("Arn",), ("",))
_SECRET, _KEY, _ROLE, _FUNCTION = "AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::IAM::Role", "AWS::Lambda::Function"
_FORMS = {
    _BUCKET: Form("arn:aws:s3:::", ("Arn",), ("",)),
    _TABLE: _TABLE_FORM,
    _GLOBAL: _TABLE_FORM,
    _SECRET: Form("arn:aws:secretsmanager:{region}:{account}:secret:", ("", "Id"), ()),
    _KEY: Form("arn:aws:kms:{region}:{account}:key/", ("Arn",), ("",)),
    _ROLE: Form("arn:aws:iam::{account}:role/", ("Arn",), ("",)),
    _FUNCTION: Form("arn:aws:lambda:{region}:{account}:function:", ("Arn",), ("",)),
}
IDENTITIES = identities(PERMISSIONS, "AWS::IAM::Role", "AssumeRolePolicyDocument")
ORGANISATION = Another(
    (
        OrganisationAt(
            listed=Link("", ("AWS::Organizations::Policy",)),
            type="Type",
            content="Content",
            attached="TargetIds",
            tree=TreeAt(organisation=Link("", ("AWS::Organizations::Organization",))),  # a template tells no ids of accounts
        ),
    )
)
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-policy.html"""
RUNS = Another(
    (
        RunAt(listed=Link("", ("AWS::ECS::TaskDefinition",)), name="Family", role="TaskRoleArn", containers="ContainerDefinitions"),
        RunAt(listed=Link("", (_FUNCTION,)), name="FunctionName", role="Role", function=True),
    )
)
_KEYS = Another(
    (
        KeyAt(
            listed=Link("", (_KEY, "AWS::KMS::ReplicaKey")),
            policies="KeyPolicy",
            alias=("AWS::KMS::Alias", "TargetKeyId"),
            aliases=Referrer(
                "AWS::KMS::Alias",
                "TargetKeyId",
                "AliasName",
                generated=tuple((type_, "TargetKeyId") for type_ in (_KEY, "AWS::KMS::ReplicaKey")),
            ),
        ),
    )
)
ENDPOINTS = Another(EndpointsAt(listed=Link("", ("AWS::EC2::VPCEndpoint",)), policies="PolicyDocument"))
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html"""
WRITERS = StoreAt(
    name="BucketName",
    names=("BucketName",),
    identities=IDENTITIES,
    policies=One("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
    organisation=ORGANISATION,
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
            identities=IDENTITIES,
            policies=One("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
            organisation=ORGANISATION,
            forms=_FORMS,
            retention=RETENTION,
            lifecycle=LIFECYCLE,
        ),
    ),
    Reader(
        RecordStore,
        (_TABLE,),
        table,
        StoreAt(
            name="TableName",
            names=("TableName",),
            identities=IDENTITIES,
            policies="ResourcePolicy.PolicyDocument",
            organisation=ORGANISATION,
            forms=_FORMS,
        ),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-replicaspecification.html
    Reader(
        RecordStore,
        (_GLOBAL,),
        table,
        StoreAt(
            name="TableName",
            names=("TableName",),
            identities=IDENTITIES,
            copies="Replicas",
            policies="ResourcePolicy.PolicyDocument",
            organisation=ORGANISATION,
            forms=_FORMS,
        ),
    ),
    Reader(
        ReadableSecret,
        (_SECRET,),
        secret,
        SecretAt(
            name="Name",
            names=("Name",),
            identities=IDENTITIES,
            runs=RUNS,
            keys=_KEYS,
            key=template_key("KmsKeyId"),
            policies=One("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
            replicas="ReplicaRegions",
            replica_region="Region",
            replica_key="KmsKeyId",
            rotation=One("AWS::SecretsManager::RotationSchedule", "SecretId", "RotationLambdaARN"),
            endpoints=ENDPOINTS,
            organisation=ORGANISATION,
            forms=_FORMS,
        ),
    ),
    *(
        Reader(
            Deployer,
            (one.type,),
            deployer,
            DeployerAt(name=one.permissions.name, identity=Another((one,)), providers=PROVIDERS),
            always=False,
        )
        for one in IDENTITIES.spelling
        if one.type != "AWS::IAM::Group"
    ),
)
