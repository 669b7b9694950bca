"""Secrets Manager in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/secretsmanager_secret"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.facts.secrets import secrets_manager
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value, all_of, first_known

_PARTS = {"aws_secretsmanager_secret_rotation": "secret_id", "aws_secretsmanager_secret_policy": "secret_arn"}
_HOME = Unknown("the provider's region is not in this code", "scan the root module that configures the provider, or the plan")


@reads("aws_secretsmanager_secret", orphans=_PARTS)
def secret(item: Item, stack: Stack) -> Secret:
    rotation, policy = (stack.companions(item, type_, via) for type_, via in _PARTS.items())
    copies = _copies(item, stack)
    regions = copies + secrets_manager.namesakes(item, "name", stack, _HOME)
    days = first_known(rotation["rotation_rules.automatically_after_days"], item["rotation_rules.automatically_after_days"])
    return Secret(
        identity=identity(item, name=item["name"], companions=[rotation, policy]),
        copies=Value(copies, (item.location(),)),
        regions=Value(regions, (item.location(),)),
        replicated=secrets_manager.replicated(regions, item),
        automatic_replication=Value(False),
        rotation_days=secrets_manager.rotation_days(days, rotation["rotation_rules.schedule_expression"]),
        rotation_consumed=all_of([rotation.exists]) if rotation.nodes or rotation.more else Value(False, (item.location(),)),
        managed_by_service=Value(False),
        grants=secrets_manager.grants(item, [item["policy"], *[node["policy"] for node in policy.nodes]], policy),
    )


def _copies(item: Item, stack: Stack) -> list[Any]:
    # Without a key, the AWS-managed alias/aws/secretsmanager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    own = SecretCopy(region=item.region.default(_HOME), encryption_key=key_ref(item["kms_key_id"], stack))
    blocks, more = item.blocks("replica")
    replicas = [SecretCopy(region=block["region"], encryption_key=key_ref(block["kms_key_id"], stack)) for block in blocks]
    return [own, *replicas, *([more] if more else [])]
