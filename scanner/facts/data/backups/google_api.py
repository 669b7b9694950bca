"""Backups of Google's databases by their REST resources.

No asset type has the schedules of Firestore: https://cloud.google.com/asset-inventory/docs/asset-types
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.backups.google import DatabaseAt, InstanceAt, database, instance
from assay.scanner.facts.data.backups.kinds import BackedUpStore
from assay.scanner.sources.raw import Unknown

_UNTOLD = Unknown("backup schedules of Firestore stand in neither the inventory nor a template", "scan the code that makes them")
_BACKUPS = "settings.backupConfiguration"
_INSTANCE = InstanceAt(
    enabled=f"{_BACKUPS}.enabled",
    kept=f"{_BACKUPS}.backupRetentionSettings.retainedBackups",
    primary="masterInstanceName",
    sort="instanceType",
)
READERS = (
    Reader(BackedUpStore, ("firestore.googleapis.com/Database",), database, DatabaseAt(untold=_UNTOLD, deleted="deleteTime"), always=False),
    Reader(BackedUpStore, ("sqladmin.googleapis.com/Instance",), instance, _INSTANCE, always=False),
)
