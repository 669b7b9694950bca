"""Data that expires by itself."""

from __future__ import annotations

from assay.scanner.facts.model import Fact, Resource


class ExpiringStore(Resource, kw_only=True):
    """A DynamoDB table; of Firestore, a field of a collection group that is configured, by which documents may expire."""

    expires: Fact[bool]
    """A time to live is on: what it names as the time of expiry is deleted after that."""


KINDS = (ExpiringStore,)
