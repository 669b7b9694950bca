"""Global tables of the live account. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html

Every replica is a table of its own region, and judged there by what is written there. Tables that resources of other regions refer to stand
where all regions find them (data/aws_api.py), and alarms do not, so that they are listed once more, each in its region.
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.aws_api import DESCRIBE, TABLES
from assay.scanner.facts.data.aws_config import REGIONAL_TABLE
from assay.scanner.facts.observe.alerts.aws_api import WATCH
from assay.scanner.facts.resilience.lag.aws import TableAt, table
from assay.scanner.facts.resilience.lag.kinds import ReplicatedTable
from assay.scanner.sources.aws.calls import Listing

HERE = Listing(
    "dynamodb.regional_table",
    TABLES.call,
    entries=TABLES.entries,
    id=TABLES.id,
    gone=TABLES.gone,
    details=(DESCRIBE,),
    recorded=REGIONAL_TABLE,
)
LISTINGS = (HERE,)
READERS = (
    Reader(
        ReplicatedTable,
        (HERE.type,),
        table,
        TableAt(
            name="value",
            copies=("describe_table.Table.Replicas",),
            copy_region="RegionName",
            copy_status="ReplicaStatus",
            consistency="describe_table.Table.MultiRegionConsistency",
            watch=WATCH,
            live=True,
        ),
    ),
)
