"""Tables and databases in AWS Config. Of a table's expiry and policy, and of its protection against deletion, there is nothing.

https://github.com/awslabs/aws-config-resource-schema, `AWS::DynamoDB::Table`, `AWS::RDS::DBInstance`, `AWS::RDS::DBCluster`,
`AWS::Redshift::Cluster`
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import AUDIT, ConfigurationItem, Recorded, as_listed
from assay.scanner.sources.raw import Unknown


def _name(item: ConfigurationItem) -> dict[str, Any]:
    return {"value": item.name or item.id}


def _table(item: ConfigurationItem) -> dict[str, Any]:
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html: a table that has none of them lacks these
    return {"Table": item.fields("SSEDescription", "StreamSpecification", "Replicas", "GlobalTableVersion", "LatestStreamArn")}


def _backups(item: ConfigurationItem) -> Any:
    backups = item.more("ContinuousBackupsDescription")
    recovery = backups.get("pointInTimeRecoveryDescription") if isinstance(backups, dict) else None
    if not isinstance(recovery, dict):
        return None
    told = {"PointInTimeRecoveryStatus": recovery.get("pointInTimeRecoveryStatus")}
    if told["PointInTimeRecoveryStatus"] == "ENABLED":
        days = recovery.get("recoveryPeriodInDays")
        told["RecoveryPeriodInDays"] = Unknown("the item has no number of days", AUDIT) if days is None else days
    return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": told}}


def _tags(item: ConfigurationItem) -> dict[str, Any]:
    return {"Tags": item.pairs}


TABLE = Recorded(
    "AWS::DynamoDB::Table", _name, (("describe_table", _table), ("describe_continuous_backups", _backups), ("list_tags_of_resource", _tags))
)
REGIONAL_TABLE = Recorded("AWS::DynamoDB::Table", _name, (("describe_table", _table),))


def _instance(item: ConfigurationItem) -> Any:
    """Of an instance that is no replica, the list of states of replication is empty, and says that there is no source of another kind.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
    """
    source = ("ReadReplicaSourceDBClusterIdentifier",) if item.configuration.get("StatusInfos") == [] else ()
    return item.fields("KmsKeyId", "DBClusterIdentifier", "ReadReplicaSourceDBInstanceIdentifier", *source)


INSTANCE = Recorded("AWS::RDS::DBInstance", _instance)
CLUSTER = as_listed("AWS::RDS::DBCluster", "KmsKeyId", "ReplicationSourceIdentifier", "ReadReplicaIdentifiers")
WAREHOUSE = as_listed("AWS::Redshift::Cluster", "KmsKeyId")
