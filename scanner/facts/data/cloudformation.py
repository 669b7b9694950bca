"""DynamoDB in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data import dynamodb
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.references import template_key
from assay.scanner.facts.spelling import Referrer
from assay.scanner.sources.raw import Unknown

HOME = Unknown("the template does not say which region it is deployed to", "pass --region")
_PITR = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"

_COMMON: dict[str, Any] = {
    "name": "TableName",
    "home": HOME,
    "period": "PointInTimeRecoverySpecification.RecoveryPeriodInDays",
    "encrypted": "SSESpecification.SSEEnabled",
    "key": template_key("SSESpecification.KMSMasterKeyId"),
    "copy_region": "Region",
}
_TABLE = dynamodb.TableAt(
    **_COMMON,
    names=("TableName",),
    pitr=_PITR,
    # Replicas need the other type, or the function that older versions of the CDK add for each region.
    copies=(Referrer("Custom::DynamoDBReplica", "TableName"),),
    untold=Unknown("a function of the CDK makes this replica, and how is not in the template", "scan the live table"),
)
_GLOBAL_TABLE = dynamodb.TableAt(**_COMMON, copies=("Replicas",), copy_pitr=_PITR)
READERS = (
    Reader(DataStore, ("AWS::DynamoDB::Table",), dynamodb.table, _TABLE),
    Reader(DataStore, ("AWS::DynamoDB::GlobalTable",), dynamodb.global_table, _GLOBAL_TABLE),
)
