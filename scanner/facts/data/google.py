"""Firestore databases, whatever input spells them."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Identity
from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value

# https://cloud.google.com/firestore/docs/locations#location-mr
MULTI_REGIONS = ("nam5", "nam7", "eur3")


def database(who: Identity, item: Item, *, location: Value[Any], recovery: Value[Any], key: Value[KeyRef | None]) -> DataStore:
    place = location.text()
    multi = place.equals(*MULTI_REGIONS)
    pitr = recovery.default("POINT_IN_TIME_RECOVERY_DISABLED").equals("POINT_IN_TIME_RECOVERY_ENABLED")
    copy = Replica(region=place, home=Value(True), encryption_key=key, pitr_enabled=pitr)
    return DataStore(
        identity=who,
        replicas=Value([copy], (item.location(),)),
        replicated=multi,
        multi_region=multi,
        location=place,
        # The window is fixed: https://cloud.google.com/firestore/docs/use-pitr
        recovery_days=pitr.then(lambda on: 7 if on else None),
    )
