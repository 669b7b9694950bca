"""Who may erase from buckets and tables, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.terraform_aws import OTHERS, PERMISSIONS, PROVIDERS
from assay.scanner.facts.keys.references import terraform_key
from assay.scanner.facts.spelling import Another, Link, One, Referrer
from assay.scanner.facts.storage.lifecycle.terraform_aws import LIFECYCLE
from assay.scanner.facts.storage.retention.terraform_aws import RETENTION

from .arns import Form
from .aws import BucketAt, StoreAt, bucket, table
from .endpoints import EndpointsAt
from .holdings import identities
from .key_grants import GrantsAt
from .key_use import KeyAt
from .kinds import Deployer, ReadableSecret, RecordStore
from .membership import TreeAt
from .organisation import OrganisationAt
from .releases import DeployerAt, deployer
from .secrets_aws import SecretAt, secret
from .ways import RunAt

_FORMS = {
    "aws_s3_bucket": Form("arn:aws:s3:::", ("arn",), ("bucket", "id")),
    "aws_dynamodb_table": Form("arn:aws:dynamodb:{region}:{account}:table/", ("arn",), ("name", "id")),
    "aws_secretsmanager_secret": Form("arn:aws:secretsmanager:{region}:{account}:secret:", ("arn", "id"), ("name",)),
    "aws_kms_key": Form("arn:aws:kms:{region}:{account}:key/", ("arn",), ("key_id", "id")),
    "aws_kms_replica_key": Form("arn:aws:kms:{region}:{account}:key/", ("arn",), ("key_id", "id")),
    "aws_iam_role": Form("arn:aws:iam::{account}:role/", ("arn",), ("name", "id")),
    "aws_lambda_function": Form("arn:aws:lambda:{region}:{account}:function:", ("arn",), ("function_name", "id")),
}
IDENTITIES = identities(PERMISSIONS, "aws_iam_role", "assume_role_policy", *OTHERS.types)
ORGANISATION = Another(
    (
        OrganisationAt(
            listed=Link("", ("aws_organizations_policy",)),
            type="type",
            content="content",
            names=("id",),
            attached=Referrer(
                "aws_organizations_policy_attachment", "policy_id", "target_id", generated=(("aws_organizations_policy", "policy_id"),)
            ),
            tree=TreeAt(
                organisation=Link("", ("aws_organizations_organization",)),
                units=Link("parent_id", ("aws_organizations_organizational_unit",)),
                accounts=Link("parent_id", ("aws_organizations_account",)),
                id="id",
            ),
        ),
    )
)
"""https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/organizations_policy_attachment"""
RUNS = Another(
    (
        RunAt(listed=Link("", ("aws_ecs_task_definition",)), name="family", role="task_role_arn", containers="container_definitions"),
        RunAt(listed=Link("", ("aws_lambda_function",)), name="function_name", role="role", function=True),
    )
)
_KEY_TYPES = ("aws_kms_key", "aws_kms_replica_key")
GRANTS = GrantsAt(
    grants=Referrer("aws_kms_grant", "key_id", generated=tuple((type_, "key_id") for type_ in _KEY_TYPES)),
    grantee="grantee_principal",
    operations="operations",
    constraints=("constraints",),
)
"""https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_grant"""
_KEYS = Another(
    (
        KeyAt(
            listed=Link("", _KEY_TYPES),
            policies=("policy", One("aws_kms_key_policy", "key_id", "policy", generated=(("aws_kms_key", "key_id"),))),
            alias=("aws_kms_alias", "target_key_id"),
            aliases=Referrer("aws_kms_alias", "target_key_id", "name", generated=tuple((type_, "target_key_id") for type_ in _KEY_TYPES)),
            grants=GRANTS,
        ),
    )
)
ENDPOINTS = Another(
    EndpointsAt(
        listed=Link("id", ("aws_vpc_endpoint",)),
        policies=(
            "policy",
            One("aws_vpc_endpoint_policy", "vpc_endpoint_id", "policy", generated=(("aws_vpc_endpoint", "vpc_endpoint_id"),)),
        ),
    )
)
"""https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint, .../vpc_endpoint_policy"""
WRITERS = StoreAt(
    name="bucket",
    names=("bucket", "id"),
    identities=IDENTITIES,
    policies=("policy", One("aws_s3_bucket_policy", "bucket", "policy")),
    organisation=ORGANISATION,
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
            identities=IDENTITIES,
            policies=("policy", One("aws_s3_bucket_policy", "bucket", "policy")),
            organisation=ORGANISATION,
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
            identities=IDENTITIES,
            policies=One("aws_dynamodb_resource_policy", "resource_arn", "policy"),
            organisation=ORGANISATION,
            forms=_FORMS,
        ),
    ),
    Reader(
        ReadableSecret,
        ("aws_secretsmanager_secret",),
        secret,
        SecretAt(
            name="name",
            names=("name", "arn", "id"),
            identities=IDENTITIES,
            runs=RUNS,
            keys=_KEYS,
            key=terraform_key("kms_key_id"),
            policies=("policy", One("aws_secretsmanager_secret_policy", "secret_arn", "policy")),
            replicas="replica",
            replica_region="region",
            replica_key="kms_key_id",
            rotation=One("aws_secretsmanager_secret_rotation", "secret_id", "rotation_lambda_arn"),
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
            DeployerAt(name="name", names=("name",), identity=Another((one,)), providers=PROVIDERS),
            always=False,
        )
        for one in IDENTITIES.spelling
        if one.type != "aws_iam_group"
    ),
)
