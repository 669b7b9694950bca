"""Databases of AWS in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.cloudformation import HOME
from assay.scanner.facts.data.databases.rds import DatabaseAt, store
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.at_rest.cloudformation import STORES
from assay.scanner.sources.raw import Unknown

_APART = Unknown("a stack is of one region, and copies in other regions are of other stacks", "scan the live account")


def _at(type_: str, **more: Any) -> DatabaseAt:
    """Without a period automatic backups are kept for a day, those of an instance too, which Terraform switches off."""
    return DatabaseAt(home=HOME, kept=STORES[type_], days="BackupRetentionPeriod", days_unset=1, apart=_APART, **more)


_STORES = {
    "AWS::RDS::DBInstance": _at(
        "AWS::RDS::DBInstance",
        name="DBInstanceIdentifier",
        source="SourceDBInstanceIdentifier|SourceDBClusterIdentifier",
        part_of="DBClusterIdentifier",
    ),
    # A cluster that is restored to a point in time names its source by SourceDBClusterIdentifier, too.
    "AWS::RDS::DBCluster": _at("AWS::RDS::DBCluster", name="DBClusterIdentifier", source="ReplicationSourceIdentifier"),
    "AWS::DocDB::DBCluster": _at("AWS::DocDB::DBCluster", name="DBClusterIdentifier"),
    "AWS::Neptune::DBCluster": _at("AWS::Neptune::DBCluster", name="DBClusterIdentifier"),
}
READERS = tuple(Reader(DataStore, (type_,), store, at, always=not at.part_of) for type_, at in _STORES.items())
