"""KMS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key"""

from __future__ import annotations

from typing import Any

from scanner.facts import policies
from scanner.facts.base import Stack, identity, reads
from scanner.facts.keys.kinds import Key
from scanner.facts.keys.references import OUTSIDE
from scanner.sources.interface import Item
from scanner.sources.values import Value, all_of, first_known, gather


@reads("aws_kms_key", companions=("aws_kms_key_policy", "aws_kms_alias"))
def key(item: Item, stack: Stack) -> Key:
    attached = stack.companions(item, "aws_kms_key_policy", "key_id")
    symmetric = first_known(item["customer_master_key_spec"], item["key_spec"]).default("SYMMETRIC_DEFAULT").equals("SYMMETRIC_DEFAULT")
    usage = item["key_usage"].default("ENCRYPT_DECRYPT").equals("ENCRYPT_DECRYPT")
    own_store = item["custom_key_store_id"].known().negate()
    # Off unless it is set; 365 days unless a period is given: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    enabled = item["enable_key_rotation"].default(False).truth()
    period = item["rotation_period_in_days"].default(365).number()
    return Key(
        identity=identity(item, name=item["description"], companions=[attached]),
        rotatable=all_of([symmetric, usage, own_store]),
        imported=Value(False, (item.location(),)),
        rotation_days=enabled.then(lambda on: period.data if on else None),
        enabled=item["is_enabled"].default(True).truth(),
        grants=_grants(
            item, [item["policy"], *[node["policy"] for node in attached.nodes], Value(attached.more if not attached.nodes else None)]
        ),
    )


@reads("aws_kms_external_key")
def external_key(item: Item, stack: Stack) -> Key:
    return Key(
        identity=identity(item, name=item["description"]),
        rotatable=Value(True, (item.location(),)),
        imported=Value(True, (item.location(),)),
        rotation_days=Value(OUTSIDE, (item.location(),)),
        enabled=item["enabled"].default(True).truth(),
        grants=_grants(item, [item["policy"]]),
    )


@reads("aws_kms_replica_key")
def replica_key(item: Item, stack: Stack) -> Key:
    # Rotation is a property of the primary: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-manage.html
    return Key(
        identity=identity(item, name=item["description"]),
        rotatable=Value(False, (item.location(),)),
        imported=Value(False, (item.location(),)),
        rotation_days=Value(None, (item.location(),)),
        enabled=item["enabled"].default(True).truth(),
        grants=_grants(item, [item["policy"]]),
    )


def _grants(item: Item, documents: list[Value[Any]]) -> Value[Any]:
    account = item.account.data if isinstance(item.account.data, str) else None
    # Without a policy, KMS writes one that lets the account itself: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    return gather([policies.aws_grants(document, account) for document in documents])
