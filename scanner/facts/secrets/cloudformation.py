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
    days=One(_ROTATION, "SecretId", "RotationRules.AutomaticallyAfterDays"),
    schedule=One(_ROTATION, "SecretId", "RotationRules.ScheduleExpression"),
    rotated_by=One(_ROTATION, "SecretId"),
    policies=One("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
)
READERS = (Reader(Secret, ("AWS::SecretsManager::Secret",), secrets_manager.secret, _SECRET),)
