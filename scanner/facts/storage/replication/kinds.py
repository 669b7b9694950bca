"""Where else what is in buckets is kept."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource
from assay.scanner.sources.values import Value


class BucketReplication(Resource, kw_only=True):
    """The regions that what is in a bucket is kept in."""

    naming: ClassVar = {"aws": Naming(globally=True), "google": Naming(globally=True)}

    replicated: Fact[bool]
    """Every new object is kept in another region too, also one that is encrypted with a KMS key."""
    gap: Fact[str] = Value("")
    """Why it is not."""
    regions: Fact[list[str]]
    """The regions that it is kept in, as far as the provider names them."""
    named: Fact[bool]
    """The provider names the regions: a multi-region of Google is several that it does not name."""
    copies: Fact[bool]
    """It has a rule of its own. Google: False."""
    replica: Fact[bool] = Value(False)
    """Another bucket is copied to it."""


KINDS = (BucketReplication,)
