"""Roles that read the objects of a bucket are those of the table of all permissions that `assay access` looks into."""

from __future__ import annotations

from assay.scanner.analysis.access.tables import google_roles
from assay.scanner.facts.edge.cdn.reading_roles import READS_OBJECTS


def test_roles_that_read_objects() -> None:
    table = google_roles()
    assert {role for role in table.roles if table.holds(role, "storage.objects.get")} == READS_OBJECTS
    assert {"roles/storage.objectViewer", "roles/storage.folderAdmin", "roles/firebase.viewer"} <= READS_OBJECTS
    assert "roles/storage.objectCreator" not in READS_OBJECTS
