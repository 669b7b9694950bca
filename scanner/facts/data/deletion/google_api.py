"""Protection against deletion by the REST resources of Google's databases.

https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases#DeleteProtectionState
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.deletion.guards import GuardAt, guard
from assay.scanner.facts.data.deletion.kinds import DeletionGuard

_GUARDS = {
    "firestore.googleapis.com/Database": GuardAt(protected="deleteProtectionState", deleted="deleteTime"),
    "sqladmin.googleapis.com/Instance": GuardAt(protected="settings.deletionProtectionEnabled", sort="instanceType"),
    "spanner.googleapis.com/Database": GuardAt(protected="enableDropProtection"),
    "bigtableadmin.googleapis.com/Table": GuardAt(protected="deletionProtection"),
}
READERS = tuple(Reader(DeletionGuard, (type_,), guard, at, always=not (at.deleted or at.sort)) for type_, at in _GUARDS.items())
