"""How long what is in buckets is kept, whoever wants to delete it."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource
from assay.scanner.sources.values import Value


class BucketRetention(Resource, kw_only=True):
    """The retention that a bucket gives to each new object by itself."""

    naming: ClassVar = {"aws": Naming(globally=True), "google": Naming(globally=True)}

    retention_days: Fact[float | None]
    """None where it gives none: retention that each object may or may not be written with protects nothing by itself."""
    locked: Fact[bool]
    """Nobody can shorten or remove it: Object Lock in the mode COMPLIANCE, a retention policy that is locked."""
    weakness: Fact[str] = Value("")
    """Why it can be, as the provider names it."""


KINDS = (BucketRetention,)
