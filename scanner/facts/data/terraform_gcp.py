"""Firestore in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_database"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data import google
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.references import crypto_key

_DATABASE = google.DatabaseAt(
    name="name",
    location="location_id",
    recovery="point_in_time_recovery_enablement",
    key=crypto_key("cmek_config.kms_key_name"),
)
READERS = (Reader(DataStore, ("google_firestore_database",), google.database, _DATABASE),)
