"""Firestore by its REST resource. https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases"""

from __future__ import annotations

from scanner.facts.base import Stack, identity, reads
from scanner.facts.data import google
from scanner.facts.data.kinds import DataStore
from scanner.facts.google_assets import named
from scanner.facts.keys.google import CRYPTO_KEY, VERSION, key_ref
from scanner.sources.interface import Item


@reads("firestore.googleapis.com/Database", companions=(CRYPTO_KEY, VERSION))
def database(item: Item, stack: Stack) -> DataStore | None:
    if item["deleteTime"].known().data is True:  # deleted, and still listed
        return None
    return google.database(
        identity(item, name=named(item)),
        item,
        location=item["locationId"],
        recovery=item["pointInTimeRecoveryEnablement"],
        key=key_ref(item, "cmekConfig.kmsKeyName", stack),
    )
