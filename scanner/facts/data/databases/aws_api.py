"""Databases in the live account: those of DocumentDB and Neptune are among the clusters of RDS.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeGlobalClusters.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.databases.rds import DatabaseAt, store
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.at_rest.aws_api import CLUSTERS, INSTANCES, STORES
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item, Unlisted

# A region lists the global databases that have a cluster there.
GLOBAL_CLUSTERS = Listing(
    "rds.global_cluster",
    Call("rds", "DescribeGlobalClusters", page_size=100),
    entries="GlobalClusters",
    id="GlobalClusterArn",
    joined_across_regions=True,
)
LISTINGS = (GLOBAL_CLUSTERS,)


def _members(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Each cluster of a global database with all that are in it; under None why there may be more of these databases."""
    if isinstance(item, Unlisted):
        yield None, item.why
        return
    members = item["GlobalClusterMembers"].data
    clusters = tuple(member["DBClusterArn"] for member in members if member.get("DBClusterArn")) if isinstance(members, list) else ()
    for cluster in clusters:
        yield cluster, clusters


_STORES = {
    INSTANCES.type: DatabaseAt(
        name="DBInstanceIdentifier",
        kept=STORES[INSTANCES.type],
        days="BackupRetentionPeriod",
        source="ReadReplicaSourceDBInstanceIdentifier|ReadReplicaSourceDBClusterIdentifier",
        part_of="DBClusterIdentifier",
        listed=("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBClusterIdentifiers"),
    ),
    CLUSTERS.type: DatabaseAt(
        name="DBClusterIdentifier",
        kept=STORES[CLUSTERS.type],
        days="BackupRetentionPeriod",
        source="ReplicationSourceIdentifier",
        listed=("ReadReplicaIdentifiers",),
        listed_members=Index((GLOBAL_CLUSTERS.type,), _members),
        joined_to="GlobalClusterIdentifier",
    ),
}
READERS = tuple(Reader(DataStore, (type_,), store, at, always=not at.part_of) for type_, at in _STORES.items())
