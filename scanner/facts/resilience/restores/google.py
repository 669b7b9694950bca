"""Databases of Google, of which the provider tests no restore.

https://cloud.google.com/firestore/native/docs/backups, https://cloud.google.com/sql/docs/postgres/backup-recovery/restoring
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.google_assets import named
from assay.scanner.facts.model import attestable
from assay.scanner.facts.resilience.restores.kinds import RestoreTest
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells that a database is none by itself, or none any more."""

    primary: Annotated[Place, "*"] = ""
    """Set of a replica."""
    deleted: Annotated[Place, "*"] = ""


def database(view: View, at: DatabaseAt) -> RestoreTest | None:
    """None of a replica, whose primary is backed up, and of one that is deleted."""
    if view[at.primary].is_set().data is True or view[at.deleted].is_set().data is True:
        return None
    why = attestable(f"whether anybody tests that a backup of {view.item.address} can be restored", view.location)
    return RestoreTest(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        sort=view.says("database"),
        selects=view.says(why),
        interval_days=view.says(0.0),
        age_days=view.says(None),
        succeeded=view.says(True),
    )
