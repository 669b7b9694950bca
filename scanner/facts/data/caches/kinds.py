"""Caches."""

from __future__ import annotations

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Resource


class Cache(Resource, kw_only=True):
    """An in-memory store: ElastiCache replication group, cluster or serverless cache, MemoryDB cluster, Memorystore instance or cluster."""

    encryption_key: Fact[KeyRef | None]
    """Of what is kept at rest; None where the provider's own key encrypts, or none does."""
    encrypted_in_transit: Fact[bool]
    """Clients have to use TLS."""
    authenticated: Fact[bool]
    """Clients identify themselves: by a token, or as users with permissions."""
    private: Fact[bool]
    """It stands in a network that is chosen for it, rather than in the default network, whose subnets are public."""


KINDS = (Cache,)
