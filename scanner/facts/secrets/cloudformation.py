"""Secrets Manager in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import template_key
from assay.scanner.facts.secrets import secrets_manager
from assay.scanner.facts.secrets.kinds import Secret
from assay.scanner.facts.spelling import Namesakes, One
from assay.scanner.sources.raw import Unknown


def _of_secret(type_: str, path: str = "") -> One:
    """What names a secret, or an attachment of it to a database, whose Ref is the secret's ARN.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html
    """
    return One(type_, "SecretId", path, through=(("AWS::SecretsManager::SecretTargetAttachment", "SecretId"),))


_ROTATION = "AWS::SecretsManager::RotationSchedule"

_SECRET = secrets_manager.SecretAt(
    name="Name",
    names=("Name",),
    home=Unknown("the template does not say which region it is deployed to", "pass --region"),
    key=template_key("KmsKeyId"),
    replicas="ReplicaRegions",
    replica_region="Region",
    replica_key=template_key("KmsKeyId"),
    namesakes=Namesakes("Name"),
    days=_of_secret(_ROTATION, "RotationRules.AutomaticallyAfterDays"),
    schedule=_of_secret(_ROTATION, "RotationRules.ScheduleExpression"),
    rotated_by=_of_secret(_ROTATION),
    policies=_of_secret("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"),
)
READERS = (Reader(Secret, ("AWS::SecretsManager::Secret",), secrets_manager.secret, _SECRET),)
