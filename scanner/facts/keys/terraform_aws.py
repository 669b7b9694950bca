"""KMS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key"""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.keys import kms
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.keys.references import OUTSIDE
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, first_known


@reads("aws_kms_key", companions=("aws_kms_key_policy", "aws_kms_alias"))
def key(item: Item, stack: Stack) -> Key:
    attached = stack.companions(item, "aws_kms_key_policy", "key_id")
    spec = first_known(item["customer_master_key_spec"], item["key_spec"])
    documents = [item["policy"], *[node["policy"] for node in attached.nodes], Value(attached.more if not attached.nodes else None)]
    return Key(
        identity=identity(item, name=item["description"], companions=[attached]),
        rotatable=kms.rotatable(spec, item["key_usage"], item["custom_key_store_id"]),
        imported=Value(False, (item.location(),)),
        rotation_days=kms.rotation_days(item["enable_key_rotation"], item["rotation_period_in_days"]),
        enabled=item["is_enabled"].default(True).truth(),
        grants=kms.grants(item, documents),
    )


@reads("aws_kms_external_key")
def external_key(item: Item, stack: Stack) -> Key:
    return Key(
        identity=identity(item, name=item["description"]),
        rotatable=Value(True, (item.location(),)),
        imported=Value(True, (item.location(),)),
        rotation_days=Value(OUTSIDE, (item.location(),)),
        enabled=item["enabled"].default(True).truth(),
        grants=kms.grants(item, [item["policy"]]),
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
        grants=kms.grants(item, [item["policy"]]),
    )
