"""Secrets Manager in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Companions, Stack, identity, reads
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.facts.policies import required
from assay.scanner.facts.secrets import secrets_manager
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value, all_of

_PARTS = {"AWS::SecretsManager::RotationSchedule": "SecretId", "AWS::SecretsManager::ResourcePolicy": "SecretId"}
_ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"
_HOME = Unknown("the template does not say which region it is deployed to", "pass --region")
_BY_NAME = ("Name",)


# An attachment of a secret to a database is registered as an owner too, since a rotation may name the secret by way of it.
@reads("AWS::SecretsManager::Secret", _ATTACHMENT, orphans=_PARTS, names=_BY_NAME)
def secret(item: Item, stack: Stack) -> Secret | None:
    if item.type == _ATTACHMENT:
        return None
    rotation, policy = (_companions(item, stack, type_, via) for type_, via in _PARTS.items())
    copies = _copies(item, stack)
    regions = copies + secrets_manager.namesakes(item, "Name", stack, _HOME)
    return Secret(
        identity=identity(item, name=item["Name"], companions=[rotation, policy]),
        copies=Value(copies, (item.location(),)),
        regions=Value(regions, (item.location(),)),
        replicated=secrets_manager.replicated(regions, item),
        automatic_replication=Value(False),
        rotation_days=secrets_manager.rotation_days(
            rotation["RotationRules.AutomaticallyAfterDays"], rotation["RotationRules.ScheduleExpression"]
        ),
        rotation_consumed=all_of([rotation.exists]) if rotation.nodes or rotation.more else Value(False, (item.location(),)),
        managed_by_service=Value(False),
        grants=secrets_manager.grants(item, [required(node["ResourcePolicy"]) for node in policy.nodes], policy),
    )


def _companions(item: Item, stack: Stack, type_: str, via: str) -> Companions:
    """Those of the secret, and those of an attachment of it: the attachment's Ref is the secret's ARN.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html
    """
    own = stack.companions(item, type_, via, names=_BY_NAME)
    attached = stack.companions(item, _ATTACHMENT, "SecretId", names=_BY_NAME)
    indirect = [stack.companions(each, type_, via) for each in attached.items]
    items = [*own.items, *[each for held in indirect for each in held.items]]
    nodes = [*own.nodes, *[node for held in indirect for node in held.nodes]]
    return Companions(items, nodes, own.more or attached.more)


def _copies(item: Item, stack: Stack) -> list[Any]:
    # Without a key, the AWS-managed alias/aws/secretsmanager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    own = SecretCopy(region=item.region.default(_HOME), encryption_key=key_ref(item["KmsKeyId"], stack))
    blocks, more = item.blocks("ReplicaRegions")
    replicas = [SecretCopy(region=block["Region"], encryption_key=key_ref(block["KmsKeyId"], stack)) for block in blocks]
    return [own, *replicas, *([more] if more else [])]
