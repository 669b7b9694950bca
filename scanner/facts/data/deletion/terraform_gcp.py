"""Protection against deletion on Google Cloud, in Terraform.

What the API itself refuses counts; `deletion_protection` of the provider keeps Terraform alone from deleting.
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/sql_database_instance
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.deletion.guards import GuardAt, guard
from assay.scanner.facts.data.deletion.kinds import DeletionGuard

_GUARDS = {
    "google_firestore_database": GuardAt(name="name", protected="delete_protection_state"),
    "google_sql_database_instance": GuardAt(name="name", protected="settings.deletion_protection_enabled", sort="instance_type"),
    "google_spanner_database": GuardAt(name="name", protected="enable_drop_protection"),
    "google_bigtable_table": GuardAt(name="name", protected="deletion_protection"),
}
READERS = tuple(Reader(DeletionGuard, (type_,), guard, at, always=not at.sort) for type_, at in _GUARDS.items())
