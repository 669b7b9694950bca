"""Secrets Manager in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/secretsmanager_secret"""

from __future__ import annotations

import re
from typing import Any

from scanner.facts import policies
from scanner.facts.base import Companions, Stack, identity, reads
from scanner.facts.keys.references import key_ref
from scanner.facts.secrets.kinds import Secret, SecretCopy
from scanner.sources.interface import Item
from scanner.sources.values import Unknown, Value, all_of, first_known, gather

_PARTS = {"aws_secretsmanager_secret_rotation": "secret_id", "aws_secretsmanager_secret_policy": "secret_arn"}
_HOME = Unknown("the provider's region is not in this code", "scan the root module that configures the provider, or the plan")


@reads("aws_secretsmanager_secret", orphans=_PARTS)
def secret(item: Item, stack: Stack) -> Secret:
    rotation, policy = (stack.companions(item, type_, via) for type_, via in _PARTS.items())
    copies = _copies(item, stack)
    regions = copies + _namesakes(item, stack)
    documents = [item["policy"], *[node["policy"] for node in policy.nodes]]
    account = item.account.data if isinstance(item.account.data, str) else None
    granted = [policies.aws_grants(document, account) for document in documents] + (
        [Value(policy.more)] if policy.more and not policy.nodes else []
    )
    return Secret(
        identity=identity(item, name=item["name"], companions=[rotation, policy]),
        copies=Value(copies, (item.location(),)),
        regions=Value(regions, (item.location(),)),
        replicated=_replicated(regions, item),
        automatic_replication=Value(False),
        rotation_days=_rotation_days(item, rotation),
        rotation_consumed=all_of([rotation.exists]) if rotation.nodes or rotation.more else Value(False, (item.location(),)),
        managed_by_service=Value(False),
        grants=gather(granted),
    )


def _copies(item: Item, stack: Stack) -> list[Any]:
    # Without a key, the AWS-managed alias/aws/secretsmanager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    own = SecretCopy(region=item.region.default(_HOME), encryption_key=key_ref(item["kms_key_id"], stack))
    blocks, more = item.blocks("replica")
    replicas = [SecretCopy(region=block["region"], encryption_key=key_ref(block["kms_key_id"], stack)) for block in blocks]
    return [own, *replicas, *([more] if more else [])]


def _namesakes(item: Item, stack: Stack) -> list[Any]:
    """Secrets of the same name: CI/CD may copy a secret to each region instead of replicating it."""
    same = stack.namesakes(item, "name")
    return [doubt or SecretCopy(region=each.region.default(_HOME), encryption_key=Value(None)) for each, doubt in same]


def _replicated(regions: list[Any], item: Item) -> Value[bool]:
    unknown = next((region for region in regions if isinstance(region, Unknown)), None)
    more = len([region for region in regions if not isinstance(region, Unknown)]) > 1
    return Value(True if more else unknown or False, (item.location(),))


def _rotation_days(item: Item, rotation: Companions) -> Value[Any]:
    rules = first_known(rotation["rotation_rules.automatically_after_days"], item["rotation_rules.automatically_after_days"]).number()
    if not rules.absent:
        return rules
    return first_known(rotation["rotation_rules.schedule_expression"]).text().then(schedule_days)


def schedule_days(expression: Any) -> float | Unknown | None:
    """Days between runs of `rate(30 days)`. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html"""
    if not expression:
        return None
    match = re.fullmatch(r"rate\((\d+) (hour|day)s?\)", str(expression).strip())
    if match:
        return int(match[1]) / (24 if match[2] == "hour" else 1)
    return Unknown(f"how often {expression} runs is not evaluated", "use rate(… days) or automatically_after_days")
