"""Backups of Google's databases in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_backup_schedule
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.backups.google import DatabaseAt, InstanceAt, database, instance
from assay.scanner.facts.data.backups.kinds import BackedUpStore
from assay.scanner.facts.spelling import Many

_DATABASE = DatabaseAt(
    name="name",
    names=("name", "id"),
    companions=Many("google_firestore_backup_schedule", "database"),
    daily="daily_recurrence",
    retention="retention",
)
_BACKUPS = "settings.backup_configuration"
_INSTANCE = InstanceAt(
    name="name",
    enabled=f"{_BACKUPS}.enabled",
    kept=f"{_BACKUPS}.backup_retention_settings.retained_backups",
    primary="master_instance_name",
)
READERS = (
    Reader(BackedUpStore, ("google_firestore_database",), database, _DATABASE),
    Reader(BackedUpStore, ("google_sql_database_instance",), instance, _INSTANCE, always=False),
)
