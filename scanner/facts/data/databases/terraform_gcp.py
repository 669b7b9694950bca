"""Databases of Google Cloud in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/sql_database_instance"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.databases import spanner, sql
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.keys.at_rest.terraform_gcp import DEVICES, STORES
from assay.scanner.facts.spelling import Referrer
from assay.scanner.sources.raw import Unknown

_SQL, _SPANNER, _ALLOYDB, _BIGTABLE = (
    "google_sql_database_instance", "google_spanner_database", "google_alloydb_cluster", "google_bigtable_instance",
)  # fmt: skip
_BACKUPS = "settings.backup_configuration"
_PRIMARY = "secondary_config.primary_cluster_name"
_HOME = Unknown("the provider's region is not in this code", "write where it is, or scan the root module that configures the provider")
_INSTANCE = sql.InstanceAt(
    name="name",
    names=("name", "id", "self_link"),
    location="region",
    home=_HOME,
    kept=STORES[_SQL],
    source="master_instance_name",
    sort="instance_type",
    readers=(Referrer(_SQL, "master_instance_name"),),
    backups=_BACKUPS,  # of a block the provider sends every switch: one that is left out is off
    engine="database_version",
    enabled=f"{_BACKUPS}.enabled",
    binary_log=f"{_BACKUPS}.binary_log_enabled",
    recovery=f"{_BACKUPS}.point_in_time_recovery_enabled",
    days=f"{_BACKUPS}.transaction_log_retention_days",
    edition="settings.edition",
    tier="settings.tier",
)
_CLUSTER = sql.DatabaseAt(
    name="cluster_id",
    names=("name", "id"),
    location="location",
    home=_HOME,
    kept=STORES[_ALLOYDB],
    source=_PRIMARY,
    readers=(Referrer(_ALLOYDB, _PRIMARY),),
    enabled="continuous_backup_config.enabled",
    days="continuous_backup_config.recovery_window_days",
)
_DATABASE = spanner.DatabaseAt(
    name="name",
    kept=STORES[_SPANNER],
    retention="version_retention_period",
    ddl="ddl",
    instance="instance",
    instances=by_text("name", "google_spanner_instance", addresses=True),
    config="config",
    instance_type="google_spanner_instance",
)
_TABLES = spanner.BigtableAt(name="name", clusters=("cluster",), place="zone", home=_HOME, kept=DEVICES[_BIGTABLE])
READERS = (
    Reader(DataStore, (_SQL,), sql.instance, _INSTANCE, always=False),
    Reader(DataStore, (_ALLOYDB,), sql.cluster, _CLUSTER),
    Reader(DataStore, (_SPANNER,), spanner.spanner, _DATABASE),
    Reader(DataStore, (_BIGTABLE,), spanner.bigtable, _TABLES),
)
