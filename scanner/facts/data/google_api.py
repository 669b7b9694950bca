"""Firestore by its REST resource. https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases"""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.data import google
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.keys._old import rest_key_ref as key_ref
from assay.scanner.facts.keys.google import CRYPTO_KEY, VERSION
from assay.scanner.sources.interface import Item


@reads("firestore.googleapis.com/Database", companions=(CRYPTO_KEY, VERSION))
def database(item: Item, stack: Stack) -> DataStore | None:
    if item["deleteTime"].is_set().data is True:  # deleted, and still listed
        return None
    return google.database(
        identity(item, name=named(item)),
        item,
        location=item["locationId"],
        recovery=item["pointInTimeRecoveryEnablement"],
        key=key_ref(item, "cmekConfig.kmsKeyName", stack),
    )
