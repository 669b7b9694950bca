"""Backups of Google's databases in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_backup_schedule
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/backup_dr_backup_plan
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.backups.google import DatabaseAt, InstanceAt, PlanAt, database, instance
from assay.scanner.facts.data.backups.indexes import every
from assay.scanner.facts.data.backups.kinds import BackedUpStore
from assay.scanner.facts.spelling import Index, Link, Many

_DATABASE = DatabaseAt(
    name="name",
    names=("name", "id"),
    companions=Many("google_firestore_backup_schedule", "database"),
    daily="daily_recurrence",
    retention="retention",
)
_BACKUPS = "settings.backup_configuration"
_SCHEDULE = "standard_schedule"
_INSTANCE = InstanceAt(
    name="name",
    enabled=f"{_BACKUPS}.enabled",
    kept=f"{_BACKUPS}.backup_retention_settings.retained_backups",
    primary="master_instance_name",
    sort="instance_type",
    planned=PlanAt(
        associations=Index(("google_backup_dr_backup_plan_association",), every),
        name="name",
        instance="resource",
        kind="resource_type",
        instances="sqladmin.googleapis.com/Instance",
        plan=Link("backup_plan", ("google_backup_dr_backup_plan",), names=("name", "id")),
        rules="backup_rules",
        rule="rule_id",
        kept="backup_retention_days",
        recurrence=f"{_SCHEDULE}.recurrence_type",
        every=f"{_SCHEDULE}.hourly_frequency",
        window=(f"{_SCHEDULE}.backup_window.start_hour_of_day", f"{_SCHEDULE}.backup_window.end_hour_of_day"),
        on=f"{_SCHEDULE}.days_of_week",
    ),
)
READERS = (
    Reader(BackedUpStore, ("google_firestore_database",), database, _DATABASE),
    Reader(BackedUpStore, ("google_sql_database_instance",), instance, _INSTANCE, always=False),
)
