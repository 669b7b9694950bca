"""DynamoDB in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.data import dynamodb
from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Unknown, Value

_HOME = Unknown("the template does not say which region it is deployed to", "pass --region")
_RECOVERY = "PointInTimeRecoverySpecification"
_CDK_REPLICA = "Custom::DynamoDBReplica"
_BY_FUNCTION = Unknown("a function of the CDK makes this replica, and how is not in the template", "scan the live table")


@reads("AWS::DynamoDB::Table", companions=(_CDK_REPLICA,))
def table(item: Item, stack: Stack) -> DataStore:
    """A table of one region: replicas need the other type, or the function that older versions of the CDK add for each region."""
    made = stack.companions(item, _CDK_REPLICA, "TableName", names=("TableName",))
    pitr = item[f"{_RECOVERY}.PointInTimeRecoveryEnabled"].default(False).truth()
    home = Replica(
        region=item.region.default(_HOME),
        home=Value(True, (item.location(),)),
        encryption_key=dynamodb.own_key(item["SSESpecification.SSEEnabled"], item["SSESpecification.KMSMasterKeyId"], stack),
        pitr_enabled=pitr,
    )
    return DataStore(
        identity=identity(item, name=item["TableName"], companions=[made]),
        replicas=Value([home, *[_made(node) for node in made.nodes], *([made.more] if made.more else [])], (item.location(),)),
        replicated=Value(True if made.nodes else made.more or False, (item.location(),)),
        multi_region=Value(False),
        location=home.region,
        recovery_days=dynamodb.recovery_days(pitr, item[f"{_RECOVERY}.RecoveryPeriodInDays"]),
    )


def _made(node: Node) -> Replica:
    why: Value[Any] = Value(_BY_FUNCTION, (node.location(),))
    return Replica(region=node["Region"], home=Value(False), encryption_key=why, pitr_enabled=why)


@reads("AWS::DynamoDB::GlobalTable")
def global_table(item: Item, stack: Stack) -> DataStore:
    """Every copy is in the list, that of the stack's own region included."""
    blocks, more = item.blocks("Replicas")
    copies: list[Any] = [_replica(block, item, stack) for block in blocks]
    # A table has one copy in a region, so that two copies are in two regions whatever those are called.
    replicated: Any = True if len(copies) > 1 else more or False
    return DataStore(
        identity=identity(item, name=item["TableName"]),
        replicas=Value([*copies, *([more] if more else [])], (item.location(),)),
        replicated=Value(replicated, (item.location(),)),
        multi_region=Value(False),
        location=item.region.default(_HOME),
        recovery_days=_shortest(blocks, copies, item),
    )


def _replica(block: Node, item: Item, stack: Stack) -> Replica:
    home = block["Region"].equals(item.region.data) if isinstance(item.region.data, str) else Value(_HOME, (item.location(),))
    return Replica(
        region=block["Region"],
        home=home,
        # SSEEnabled is the table's, the key each copy's own: a key of another region cannot encrypt it.
        encryption_key=dynamodb.own_key(item["SSESpecification.SSEEnabled"], block["SSESpecification.KMSMasterKeyId"], stack),
        pitr_enabled=block[f"{_RECOVERY}.PointInTimeRecoveryEnabled"].default(False).truth(),  # off even where another copy has it
    )


def _shortest(blocks: list[Node], copies: list[Any], item: Item) -> Value[Any]:
    """The days that the copy with the shortest recovery reaches back, of those that have it on."""
    days = [
        dynamodb.recovery_days(copy.pitr_enabled, block[f"{_RECOVERY}.RecoveryPeriodInDays"])
        for block, copy in zip(blocks, copies, strict=True)
    ]
    unknown = next((each for each in days if each.unknown), None)
    known = [each for each in days if not each.absent and not each.unknown]
    shortest: Value[Any] = min(known, key=lambda each: each.data, default=Value(None, (item.location(),)))
    return unknown or shortest
