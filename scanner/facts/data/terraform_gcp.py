"""Firestore in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_database"""

from __future__ import annotations

from scanner.facts.base import Stack, identity, reads
from scanner.facts.data.kinds import DataStore, Replica
from scanner.facts.keys.references import key_ref
from scanner.sources.interface import Item
from scanner.sources.values import Value

# https://cloud.google.com/firestore/docs/locations#location-mr
MULTI_REGIONS = ("nam5", "nam7", "eur3")


@reads("google_firestore_database")
def database(item: Item, stack: Stack) -> DataStore:
    location = item["location_id"].text()
    multi = location.equals(*MULTI_REGIONS)
    pitr = item["point_in_time_recovery_enablement"].default("POINT_IN_TIME_RECOVERY_DISABLED").equals("POINT_IN_TIME_RECOVERY_ENABLED")
    copy = Replica(region=location, home=Value(True), encryption_key=key_ref(item["cmek_config.kms_key_name"], stack), pitr_enabled=pitr)
    return DataStore(
        identity=identity(item, name=item["name"]),
        replicas=Value([copy], (item.location(),)),
        replicated=multi,
        multi_region=multi,
        location=location,
        # The window is fixed: https://cloud.google.com/firestore/docs/use-pitr
        recovery_days=pitr.then(lambda on: 7 if on else None),
    )
