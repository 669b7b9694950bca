"""Databases by their REST resources. https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.restores.google import DatabaseAt, database
from assay.scanner.facts.resilience.restores.kinds import RestoreTest

READERS = (
    Reader(RestoreTest, ("firestore.googleapis.com/Database",), database, DatabaseAt(deleted="deleteTime"), always=False),
    Reader(
        RestoreTest,
        ("sqladmin.googleapis.com/Instance",),
        database,
        DatabaseAt(primary="masterInstanceName", sort="instanceType"),
        always=False,
    ),
)
