"""Firestore databases. https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases"""

from __future__ import annotations

from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value

# https://cloud.google.com/firestore/docs/locations#location-mr
MULTI_REGIONS = ("nam5", "nam7", "eur3")


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a Firestore database."""

    location: Place
    recovery: Place
    key: KeyLink
    deleted: Place = ""
    """Set where it is deleted, and still listed."""


def database(view: View, at: DatabaseAt) -> DataStore | None:
    """A database is one copy, which a multi-region location replicates by itself; None for one that is deleted and still listed."""
    if view[at.deleted].is_set().data is True:
        return None
    place = view[at.location].text()
    multi = place.equals(*MULTI_REGIONS)
    pitr = view[at.recovery].default("POINT_IN_TIME_RECOVERY_DISABLED").equals("POINT_IN_TIME_RECOVERY_ENABLED")
    return DataStore(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        replicas=view.says([Replica(region=place, home=Value(True), encryption_key=at.key.key(view), pitr_enabled=pitr)]),
        followers=view.says([]),
        copy_of=view.says(None),
        rewindable=view.says(True),
        replicated=multi,
        multi_region=multi,
        location=place,
        # The window is fixed: https://cloud.google.com/firestore/docs/use-pitr
        recovery_days=pitr.then(lambda on: 7 if on else None),
    )
