"""DynamoDB in the live account. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html

Every replica of a global table is a table of its own region, and judged there too.
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data import aws_config, dynamodb
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.aws_api import live_copy_key, live_key
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.aws.calls import Call, Listing

_NAME = (("TableName", "value"),)
DESCRIBE = Call("dynamodb", "DescribeTable", _NAME)
BACKUPS = Call("dynamodb", "DescribeContinuousBackups", _NAME)
EXPIRY = Call("dynamodb", "DescribeTimeToLive", _NAME)
TAGS = Call("dynamodb", "ListTagsOfResource", (("ResourceArn", "describe_table.Table.TableArn"),))
POLICY = Call("dynamodb", "GetResourcePolicy", (("ResourceArn", "describe_table.Table.TableArn"),), absent=("PolicyNotFoundException",))
TABLES = Listing(
    "dynamodb.table",
    Call("dynamodb", "ListTables", page_size=100),
    entries="TableNames",
    id="arn:{partition}:dynamodb:{region}:{account}:table/{value}",
    joined_across_regions=True,
    gone=("ResourceNotFoundException", "TableNotFoundException"),
    details=(DESCRIBE, BACKUPS, TAGS, EXPIRY, POLICY),
    recorded=aws_config.TABLE,
)
LISTINGS = (TABLES,)
_RECOVERY = "describe_continuous_backups.ContinuousBackupsDescription.PointInTimeRecoveryDescription"

_TABLE = dynamodb.TableAt(
    name="value",
    pitr=f"{_RECOVERY}.PointInTimeRecoveryStatus",
    period=f"{_RECOVERY}.RecoveryPeriodInDays",
    key=live_key("describe_table.Table.SSEDescription.KMSMasterKeyArn"),
    copies=("describe_table.Table.Replicas",),
    copy_region="RegionName",
    copy_status="ReplicaStatus",
    copy_key=live_copy_key("KMSMasterKeyId", "RegionName"),
    tables=Index((TABLES.type,), lambda table: [((str(table["value"].data), str(table.region.data)), table)]),
    version="describe_table.Table.GlobalTableVersion",
)
READERS = (Reader(DataStore, (TABLES.type,), dynamodb.table, _TABLE),)
