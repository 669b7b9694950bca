"""DynamoDB in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.data import dynamodb
from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Unknown, Value

_HOME = Unknown("the provider's region is not in this code", "scan the root module that configures the provider, or the plan")


@reads("aws_dynamodb_table", orphans={"aws_dynamodb_table_replica": "global_table_arn"}, companions=("aws_dynamodb_global_table",))
def table(item: Item, stack: Stack) -> DataStore:
    separate = stack.companions(item, "aws_dynamodb_table_replica", "global_table_arn")
    legacy = stack.companions(item, "aws_dynamodb_global_table", "name", names=("name",))
    pitr = item["point_in_time_recovery.enabled"].default(False).truth()
    home = Replica(
        region=item.region.default(_HOME),
        home=Value(True, (item.location(),)),
        encryption_key=dynamodb.own_key(item["server_side_encryption.enabled"], item["server_side_encryption.kms_key_arn"], stack),
        pitr_enabled=pitr,
    )
    blocks, more = item.blocks("replica")
    copies: list[Any] = [home, *[_replica(block, item, stack) for block in blocks]]
    copies += [_separate(node, stack) for node in separate.nodes]
    copies += [each for each in (more, separate.more, legacy.more) if each]
    for node in legacy.nodes:
        inner, unknown = node.blocks("replica")
        copies += [_legacy(block, home) for block in inner] + ([unknown] if unknown else [])
    others = [copy for copy in copies[1:] if not isinstance(copy, Unknown)]
    unknown = next((copy for copy in copies if isinstance(copy, Unknown)), None)
    return DataStore(
        identity=identity(item, name=item["name"], companions=[separate, legacy]),
        replicas=Value(copies, (item.location(),)),
        replicated=Value(True if others else unknown or False, (item.location(),)),
        multi_region=Value(False),
        location=home.region,
        recovery_days=dynamodb.recovery_days(pitr, item["point_in_time_recovery.recovery_period_in_days"]),
    )


def _replica(block: Node, item: Item, stack: Stack) -> Replica:
    return Replica(
        region=block["region_name"],
        home=Value(False),
        encryption_key=_replica_key(block, item, stack),
        pitr_enabled=block["point_in_time_recovery"].default(False).truth(),  # off even where the table has it
    )


def _replica_key(block: Node, item: Item, stack: Stack) -> Value[Any]:
    return key_ref(block["kms_key_arn"], stack) if not block["kms_key_arn"].absent else Value(None, (block.location(),))


def _separate(node: Node, stack: Stack) -> Replica:
    region = node.region if isinstance(node, Item) else Value(None, (node.location(),))
    return Replica(
        region=region.default(_HOME),
        home=Value(False),
        encryption_key=key_ref(node["kms_key_arn"], stack),
        pitr_enabled=node["point_in_time_recovery"].default(False).truth(),
    )


def _legacy(block: Node, home: Replica) -> Replica:
    """Global tables of 2017: every copy is a table of its own, which is judged by itself."""
    return Replica(region=block["region_name"], home=Value(False), encryption_key=home.encryption_key, pitr_enabled=home.pitr_enabled)
