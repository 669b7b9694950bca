"""Time to live in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-timetolivespecification.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.expiry.kinds import ExpiringStore
from assay.scanner.facts.data.expiry.ttl import TableAt, table

_TABLE = TableAt(name="TableName", enabled="TimeToLiveSpecification.Enabled")
READERS = (Reader(ExpiringStore, ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"), table, _TABLE),)
