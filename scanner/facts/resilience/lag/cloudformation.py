"""Global tables in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.cloudformation import HOME
from assay.scanner.facts.observe.alerts.cloudformation import WATCH
from assay.scanner.facts.resilience.lag.aws import TableAt, table
from assay.scanner.facts.resilience.lag.kinds import ReplicatedTable
from assay.scanner.facts.spelling import Referrer

READERS = (
    Reader(
        ReplicatedTable,
        ("AWS::DynamoDB::Table",),
        table,
        TableAt(
            name="TableName",
            names=("TableName",),
            home=HOME,
            copies=(Referrer("Custom::DynamoDBReplica", "TableName"),),
            copy_region="Region",
            watch=WATCH,
        ),
    ),
    Reader(
        ReplicatedTable,
        ("AWS::DynamoDB::GlobalTable",),
        table,
        TableAt(
            name="TableName",
            names=("TableName",),
            home=HOME,
            copies=("Replicas",),
            copy_region="Region",
            consistency="MultiRegionConsistency",
            own_listed=True,
            watch=WATCH,
        ),
    ),
)
