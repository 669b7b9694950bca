"""Firestore by its REST resource. https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data import google
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.google import rest_key

_DATABASE = google.DatabaseAt(
    location="locationId",
    recovery="pointInTimeRecoveryEnablement",
    key=rest_key("cmekConfig.kmsKeyName"),
    deleted="deleteTime",
)
READERS = (Reader(DataStore, ("firestore.googleapis.com/Database",), google.database, _DATABASE, always=False),)
