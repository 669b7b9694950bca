"""Who may erase from buckets and tables, in the live account.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
"""

from __future__ import annotations

from assay.scanner.analysis.exposure.aws_api import ENDPOINTS
from assay.scanner.facts.accounts.guardrails.aws_api import CONTENT, POLICIES, RESOURCE_POLICIES, RESOURCE_TARGETS, TARGETS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import DESCRIBE_TASK, FUNCTIONS, TASKS
from assay.scanner.facts.data.aws_api import DESCRIBE, POLICY, TABLES, TAGS
from assay.scanner.facts.iam.aws_api import GROUPS, PERMISSIONS, ROLES
from assay.scanner.facts.keys.aws_api import ALIASES, BY_NAME, GRANTS, KEYS, live_key
from assay.scanner.facts.keys.aws_api import DESCRIBE as DESCRIBE_KEY
from assay.scanner.facts.keys.aws_api import POLICY as KEY_POLICY
from assay.scanner.facts.secrets.aws_api import POLICY as SECRET_POLICY
from assay.scanner.facts.secrets.aws_api import SECRETS
from assay.scanner.facts.spelling import Another, Link, Referrer
from assay.scanner.facts.storage.aws_api import BUCKETS
from assay.scanner.facts.storage.lifecycle.aws_api import LIFECYCLE
from assay.scanner.facts.storage.retention.aws_api import RETENTION

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
    BUCKETS.type: Form("arn:aws:s3:::", ("",), ()),
    TABLES.type: Form("arn:aws:dynamodb:{region}:{account}:table/", ("",), ()),
}
IDENTITIES = identities(PERMISSIONS, ROLES.type, "AssumeRolePolicyDocument")
_TASK = f"{DESCRIBE_TASK.name}.taskDefinition"
ORGANISATION = Another(
    (
        *(
            OrganisationAt(
                listed=Link("", (policies.type,), calls=(CONTENT.name,)),
                type="Type",
                content=f"{CONTENT.name}.Policy.Content",
                attached=Referrer(targets.type, "PolicyArn", "TargetId"),
                tree=TreeAt(policy_arn="Arn"),
            )
            for policies, targets in ((POLICIES, TARGETS), (RESOURCE_POLICIES, RESOURCE_TARGETS))
        ),
    )
)
RUNS = Another(
    (
        RunAt(
            listed=Link("", (TASKS.type,), calls=(DESCRIBE_TASK.name,)),
            name="value",
            role=f"{_TASK}.taskRoleArn",
            containers=f"{_TASK}.containerDefinitions",
        ),
        RunAt(listed=Link("", (FUNCTIONS.type,)), name="FunctionName", role="Role", function=True),
    )
)
KEY_GRANTS = GrantsAt(
    grants=Referrer(GRANTS.type, "KeyArn"),
    grantee="GranteePrincipal",
    service="GranteeServicePrincipal",
    operations="Operations",
    constraints=("Constraints.EncryptionContextSubset", "Constraints.EncryptionContextEquals"),
)
_KEYS = Another(
    (
        KeyAt(
            listed=Link("", (KEYS.type,), calls=(DESCRIBE_KEY.name, KEY_POLICY.name)),
            policies=f"{KEY_POLICY.name}.Policy",
            names=("KeyId",),
            aliases=Referrer(ALIASES.type, "TargetKeyId", "AliasName"),
            by_name=BY_NAME,
            grants=KEY_GRANTS,
            kept_by_aws=f"{DESCRIBE_KEY.name}.KeyMetadata.KeyManager",
        ),
    )
)
_THROUGH = Another(EndpointsAt(listed=Link("VpcEndpointId", (ENDPOINTS.type,)), policies="PolicyDocument"))
WRITERS = StoreAt(
    name="Name", names=("Name",), identities=IDENTITIES, policies="get_bucket_policy.Policy", organisation=ORGANISATION, forms=_FORMS
)
"""Of a bucket, who may put something into it."""
READERS = (
    Reader(
        RecordStore,
        (BUCKETS.type,),
        bucket,
        BucketAt(
            name="Name",
            names=("Name",),
            identities=IDENTITIES,
            policies="get_bucket_policy.Policy",
            organisation=ORGANISATION,
            forms=_FORMS,
            retention=RETENTION,
            lifecycle=LIFECYCLE,
        ),
    ),
    Reader(
        RecordStore,
        (TABLES.type,),
        table,
        StoreAt(
            name="value",
            identities=IDENTITIES,
            policies=f"{POLICY.name}.Policy",
            tags=(DESCRIBE.name, TAGS.name),
            organisation=ORGANISATION,
            forms=_FORMS,
        ),
    ),
    Reader(
        ReadableSecret,
        (SECRETS.type,),
        secret,
        SecretAt(
            name="Name",
            identities=IDENTITIES,
            runs=RUNS,
            keys=_KEYS,
            key=live_key("KmsKeyId"),
            policies=f"{SECRET_POLICY.name}.ResourcePolicy",
            replicas="ReplicationStatus",
            replica_region="Region",
            replica_key="KmsKeyId",
            rotation="RotationLambdaARN",
            endpoints=_THROUGH,
            primary="PrimaryRegion",
            organisation=ORGANISATION,
            forms=_FORMS,
        ),
        always=False,
    ),
    *(
        Reader(Deployer, (one.type,), deployer, DeployerAt(name=one.permissions.name, identity=Another((one,))), always=False)
        for one in IDENTITIES.spelling
        if one.type != GROUPS.type
    ),
)
