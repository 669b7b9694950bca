"""Secrets Manager in the live account. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.aws_api import live_copy_key, live_key
from assay.scanner.facts.secrets import aws_config, secrets_manager
from assay.scanner.facts.secrets.kinds import Secret
from assay.scanner.facts.spelling import Namesakes
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.raw import Unknown

_ID = (("SecretId", "ARN"),)
DESCRIBE = Call("secretsmanager", "DescribeSecret", _ID)
POLICY = Call("secretsmanager", "GetResourcePolicy", _ID)
SECRETS = Listing(
    "secretsmanager.secret",
    Call("secretsmanager", "ListSecrets", page_size=100),
    entries="SecretList",
    id="ARN",
    joined_across_regions=True,
    of_whole_account=True,
    gone=("ResourceNotFoundException",),
    details=(DESCRIBE, POLICY),
    recorded=aws_config.SECRET,
)
LISTINGS = (SECRETS,)

_SECRET = secrets_manager.SecretAt(
    name="Name",
    home=Unknown("the region of a secret of that name", "audit that region too"),
    primary="PrimaryRegion",
    key=live_key("KmsKeyId"),
    replicas="describe_secret.ReplicationStatus",
    replica_region="Region",
    replica_key=live_copy_key("KmsKeyId", "Region"),
    replica_status="Status",
    namesakes=Namesakes("Name"),
    rotates="RotationEnabled",
    days="RotationRules.AutomaticallyAfterDays",
    schedule="RotationRules.ScheduleExpression",
    # What a service of AWS, or a partner, manages rotates without a function of the customer's:
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/managed-external-secrets.html
    rotated_by=("RotationLambdaARN", "OwningService", "ExternalSecretRotationRoleArn"),
    service="OwningService",
    changed="LastRotatedDate|CreatedDate",
    policy="get_resource_policy.ResourcePolicy",
)
READERS = (Reader(Secret, (SECRETS.type,), secrets_manager.secret, _SECRET, always=False),)
