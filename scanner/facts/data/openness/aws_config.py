"""Snapshots of databases in AWS Config, which looks late at with whom they are shared.

https://github.com/awslabs/aws-config-resource-schema, `AWS::RDS::DBSnapshot`, `AWS::RDS::DBClusterSnapshot`;
https://docs.aws.amazon.com/config/latest/developerguide/rds-snapshots-public-prohibited.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import ConfigurationItem, Recorded


def _manual(item: ConfigurationItem) -> Any:
    """None of what RDS or AWS Backup made, which nobody can share and which is not listed."""
    return None if item.configuration.get("SnapshotType") in ("automated", "awsbackup") else item.fields("KmsKeyId")


def _shared(of: str) -> Any:
    """What tells with whom a snapshot is shared; `of` is `DBSnapshot` or `DBClusterSnapshot`."""

    def told(item: ConfigurationItem) -> Any:
        attributes = item.more(f"{of}Attributes")
        return {f"{of}AttributesResult": {f"{of}Attributes": attributes}} if isinstance(attributes, list) else None

    return told


SNAPSHOT = Recorded("AWS::RDS::DBSnapshot", _manual, (("describe_db_snapshot_attributes", _shared("DBSnapshot")),))
CLUSTER_SNAPSHOT = Recorded(
    "AWS::RDS::DBClusterSnapshot", _manual, (("describe_db_cluster_snapshot_attributes", _shared("DBClusterSnapshot")),)
)
