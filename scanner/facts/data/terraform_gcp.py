"""Firestore in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_database"""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.data import google
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.sources.interface import Item


@reads("google_firestore_database")
def database(item: Item, stack: Stack) -> DataStore:
    return google.database(
        identity(item, name=item["name"]),
        item,
        location=item["location_id"],
        recovery=item["point_in_time_recovery_enablement"],
        key=key_ref(item["cmek_config.kms_key_name"], stack),
    )
