"""Secrets Manager in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/secretsmanager_secret"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import terraform_key
from assay.scanner.facts.secrets import secrets_manager
from assay.scanner.facts.secrets.kinds import Secret
from assay.scanner.facts.spelling import Namesakes, One
from assay.scanner.sources.raw import Unknown

_ROTATION = ("aws_secretsmanager_secret_rotation", "secret_id")
_DAYS, _SCHEDULE = "rotation_rules.automatically_after_days", "rotation_rules.schedule_expression"

_SECRET = secrets_manager.SecretAt(
    name="name",
    home=Unknown("the provider's region is not in this code", "scan the root module that configures the provider, or the plan"),
    key=terraform_key("kms_key_id"),
    replicas="replica",
    replica_region="region",
    replica_key=terraform_key("kms_key_id"),
    namesakes=Namesakes("name"),
    days=(One(*_ROTATION, _DAYS), _DAYS),
    schedule=One(*_ROTATION, _SCHEDULE),
    rotated_by=One(*_ROTATION),
    policy="policy",
    policies=One("aws_secretsmanager_secret_policy", "secret_arn", "policy"),
)
READERS = (Reader(Secret, ("aws_secretsmanager_secret",), secrets_manager.secret, _SECRET),)
