"""DynamoDB in the live account. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.data import dynamodb
from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.facts.keys._old import KEY_NEEDS, in_region, live_key
from assay.scanner.sources.aws.calls import Call, Listing, listing
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Unknown, Value

_TABLE = (("TableName", "value"),)
DESCRIBE = Call("dynamodb", "DescribeTable", _TABLE)
BACKUPS = Call("dynamodb", "DescribeContinuousBackups", _TABLE)
TABLES = listing(
    Listing(
        "dynamodb.table",
        Call("dynamodb", "ListTables", page_size=100),
        entries="TableNames",
        id="arn:{partition}:dynamodb:{region}:{account}:table/{value}",
        joined_across_regions=True,
        gone=("ResourceNotFoundException", "TableNotFoundException"),
        details=(DESCRIBE, BACKUPS),
    )
)
_RECOVERY = "describe_continuous_backups.ContinuousBackupsDescription.PointInTimeRecoveryDescription"


@reads(
    TABLES.type,
    needs={
        "replicas": (DESCRIBE,),
        "replicas.encryption_key": KEY_NEEDS,
        "replicas.pitr_enabled": (BACKUPS,),
        "replicated": (DESCRIBE,),
        "recovery_days": (BACKUPS,),
    },
)
def table(item: Item, stack: Stack) -> DataStore:
    """A table in one region with its replicas. Every replica of a global table is a table of its own region, and judged there too."""
    pitr = _recoverable(item)
    home = Replica(
        region=item.region,
        home=Value(True, (item.location(),)),
        encryption_key=live_key(item["describe_table.Table.SSEDescription.KMSMasterKeyArn"], item, stack),
        pitr_enabled=pitr,
    )
    blocks, more = item.blocks("describe_table.Table.Replicas")
    others = [block for block in blocks if block["RegionName"].data != item.region.data and block["ReplicaStatus"].data not in _NO_COPY]
    doubts = [each for each in (more, _legacy(item, blocks), *map(_being_made, others)) if each]
    made = [block for block in others if block["ReplicaStatus"].data not in _COMING]
    copies: list[Any] = [home, *[_replica(block, item, stack) for block in made], *doubts]
    return DataStore(
        identity=identity(item, name=item["value"]),
        replicas=Value(copies, (item.location(),)),
        replicated=Value(True if made else next(iter(doubts), False), item["describe_table.Table"].seen),
        multi_region=Value(False),
        location=item.region,
        recovery_days=dynamodb.recovery_days(pitr, item[f"{_RECOVERY}.RecoveryPeriodInDays"]),
    )


# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicaDescription.html
_COMING = ("CREATING", "ARCHIVING")
_NO_COPY = ("CREATION_FAILED", "DELETING", "ARCHIVED", "REGION_DISABLED")


def _being_made(block: Node) -> Unknown | None:
    status, region = block["ReplicaStatus"].data, block["RegionName"].data
    return Unknown(f"the copy in {region} is {status}", "audit again later", block.location()) if status in _COMING else None


def _legacy(item: Item, blocks: list[Node]) -> Unknown | None:
    """The copies of a global table of 2017 are not among a table's replicas.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables.V1.html
    """
    version = item["describe_table.Table.GlobalTableVersion"].data
    if version is None or blocks or isinstance(version, Unknown):
        return None
    return Unknown(f"where the copies of this global table of version {version} are", "upgrade it to version 2019.11.21", item.location())


def _recoverable(item: Item) -> Value[bool]:
    return item[f"{_RECOVERY}.PointInTimeRecoveryStatus"].default("").equals("ENABLED")


def _replica(block: Node, item: Item, stack: Stack) -> Replica:
    there = next((each for each in stack.of(TABLES.type) if _is_copy(each, item, block)), None)
    reason = f"the copy in {block['RegionName'].data} was not collected"
    unseen: Value[Any] = Value(Unknown(reason, "audit that region too", block.location()), (block.location(),))
    named = block["KMSMasterKeyId"]
    if there is not None:
        key = live_key(there["describe_table.Table.SSEDescription.KMSMasterKeyArn"], there, stack)
    else:
        key = unseen if named.absent else live_key(in_region(named, block["RegionName"], item), item, stack)
    return Replica(
        region=block["RegionName"],
        home=Value(False),
        encryption_key=key,
        pitr_enabled=_recoverable(there) if there is not None else unseen,
    )


def _is_copy(each: Item, item: Item, block: Node) -> bool:
    return bool(each["value"].data == item["value"].data and each.region.data == block["RegionName"].data)
