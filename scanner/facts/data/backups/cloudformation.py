"""Backups of AWS in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupselection.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.backups.aws import OPERATORS, SelectionAt, StoreAt, store
from assay.scanner.facts.data.backups.indexes import every
from assay.scanner.facts.data.backups.kinds import BackedUpStore
from assay.scanner.facts.spelling import Index, Link

_SELECTION = SelectionAt(
    selections=Index(("AWS::Backup::BackupSelection",), every),
    plan=Link("BackupPlanId", ("AWS::Backup::BackupPlan",)),
    resources="BackupSelection.Resources",
    left_out="BackupSelection.NotResources",
    tags=("BackupSelection.ListOfTags", "ConditionKey", "ConditionValue"),
    narrowed=tuple(f"BackupSelection.Conditions.{operator}" for operator in OPERATORS),
    rules="BackupPlan.BackupPlanRule",
    rule="RuleName",
    schedule="ScheduleExpression",
    delete_after="Lifecycle.DeleteAfterDays",
)
_DAYS = "BackupRetentionPeriod"
_STORES = {
    "AWS::DynamoDB::Table": StoreAt(name="TableName", arn="dynamodb:table/*", selection=_SELECTION),
    "AWS::DynamoDB::GlobalTable": StoreAt(name="TableName", arn="dynamodb:table/*", selection=_SELECTION),
    # Without a period both keep automatic backups for a day.
    "AWS::RDS::DBInstance": StoreAt(
        name="DBInstanceIdentifier", arn="rds:db:*", retention=_DAYS, retention_unset=1, selection=_SELECTION,
        part_of="DBClusterIdentifier|SourceDBInstanceIdentifier",
    ),
    "AWS::RDS::DBCluster": StoreAt(
        name="DBClusterIdentifier", arn="rds:cluster:*", retention=_DAYS, retention_unset=1, selection=_SELECTION
    ),
    "AWS::DocDB::DBCluster": StoreAt(
        name="DBClusterIdentifier", arn="rds:cluster:*", retention=_DAYS, retention_unset=1, selection=_SELECTION
    ),
    "AWS::Neptune::DBCluster": StoreAt(
        name="DBClusterIdentifier", arn="rds:cluster:*", retention=_DAYS, retention_unset=1, selection=_SELECTION
    ),
}  # fmt: skip
READERS = tuple(Reader(BackedUpStore, (type_,), store, at, always=not at.part_of) for type_, at in _STORES.items())
