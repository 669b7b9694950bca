"""Databases of Google, of which the provider tests no restore.

https://cloud.google.com/firestore/native/docs/backups, https://cloud.google.com/sql/docs/postgres/backup-recovery/restoring
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.google_assets import named, stands_outside
from assay.scanner.facts.model import attestable
from assay.scanner.facts.resilience.restores.kinds import RestoreTest
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells that a database is none by itself, or none any more."""

    primary: Annotated[Place, "*"] = ""
    """Set of a replica."""
    deleted: Annotated[Place, "*"] = ""
    sort: Annotated[Place, "*"] = ""
    """Whether it stands for a server elsewhere."""


def database(view: View, at: DatabaseAt) -> RestoreTest | None:
    """None of a replica, whose primary is backed up, of one that is deleted, and of a server elsewhere."""
    absent = (view[at.primary].is_set(), view[at.deleted].is_set(), stands_outside(view[at.sort]))
    if any(reason.data is True for reason in absent):
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
