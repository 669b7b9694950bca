"""Databases of Google Cloud by their REST resources.

https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances,
https://cloud.google.com/spanner/docs/reference/rest/v1/projects.instances.databases,
https://cloud.google.com/alloydb/docs/reference/rest/v1/projects.locations.clusters,
https://cloud.google.com/bigtable/docs/reference/admin/rest/v2/projects.instances.clusters
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.databases import spanner, sql
from assay.scanner.facts.data.databases.copies import naming
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.keys.at_rest.google_api import STORES
from assay.scanner.facts.keys.at_rest.stores import StoreAt
from assay.scanner.facts.keys.google import rest_key
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.raw import Unknown

_SQL, _SPANNER, _ALLOYDB = "sqladmin.googleapis.com/Instance", "spanner.googleapis.com/Database", "alloydb.googleapis.com/Cluster"
_BIGTABLE, _TABLE_CLUSTER = "bigtableadmin.googleapis.com/Instance", "bigtableadmin.googleapis.com/Cluster"
_SPANNER_INSTANCE = "spanner.googleapis.com/Instance"
_BACKUPS = "settings.backupConfiguration"
_PRIMARY = "secondaryConfig.primaryClusterName"
_INSTANCE = sql.InstanceAt(
    location="region",
    # https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances#DatabaseInstance (region)
    home="us-central1",
    kept=STORES[_SQL],
    source="masterInstanceName",
    naming=naming((_SQL,), "masterInstanceName"),
    backups=_BACKUPS,
    left_out=Unknown("what Enterprise Plus makes of a switch of recovery that is left out", "write the switch"),
    engine="databaseVersion",
    enabled=f"{_BACKUPS}.enabled",
    binary_log=f"{_BACKUPS}.binaryLogEnabled",
    recovery=f"{_BACKUPS}.pointInTimeRecoveryEnabled",
    days=f"{_BACKUPS}.transactionLogRetentionDays",
    edition="settings.edition",
    tier="settings.tier",
    sort="instanceType",
)
_CLUSTER = sql.DatabaseAt(
    location="location",
    home=None,
    kept=STORES[_ALLOYDB],
    source=_PRIMARY,
    naming=naming((_ALLOYDB,), _PRIMARY),
    listed="primaryConfig.secondaryClusterNames",
    enabled="continuousBackupConfig.enabled",
    days="continuousBackupConfig.recoveryWindowDays",
)
# Deployment Manager has the statements of the request that makes a database, Config Connector those of Terraform.
_DATABASE = spanner.DatabaseAt(
    kept=STORES[_SPANNER],
    retention="versionRetentionPeriod",
    ddl="ddl|extraStatements",
    instance="instance",
    instances=by_text("name", _SPANNER_INSTANCE, addresses=True),
    config="config",
    instance_type=_SPANNER_INSTANCE,
)
_TABLES = spanner.BigtableAt(
    clusters=("cluster",),
    assets=Index((_TABLE_CLUSTER,), spanner.clusters_of),
    place="zone|location",
    # A cluster of a manifest is a block of its instance.
    kept=StoreAt(sort="cluster", key=rest_key("encryptionConfig.kmsKeyName|kmsKeyName")),
)
READERS = (
    Reader(DataStore, (_SQL,), sql.instance, _INSTANCE, always=False),
    Reader(DataStore, (_ALLOYDB,), sql.cluster, _CLUSTER),
    Reader(DataStore, (_SPANNER,), spanner.spanner, _DATABASE),
    Reader(DataStore, (_BIGTABLE,), spanner.bigtable, _TABLES),
)
