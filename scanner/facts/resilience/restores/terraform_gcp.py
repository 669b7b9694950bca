"""Databases of Google in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_database"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.restores.google import DatabaseAt, database
from assay.scanner.facts.resilience.restores.kinds import RestoreTest

READERS = (
    Reader(RestoreTest, ("google_firestore_database",), database, DatabaseAt(name="name")),
    Reader(
        RestoreTest,
        ("google_sql_database_instance",),
        database,
        DatabaseAt(name="name", primary="master_instance_name", sort="instance_type"),
        always=False,
    ),
)
