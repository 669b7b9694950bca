"""Who can come at data from outside: public addresses of databases, and copies of data that are shared."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Way(Part):
    """One way to come at the data of a resource."""

    known_by: ClassVar = ("by",)
    by: Fact[str]
    """In words: an address, a network, an account or member with what it may do."""
    public: Fact[bool]
    """Everybody can take it, or everybody who has an account at the provider."""


class DataCopy(Resource, kw_only=True):
    """A database, data warehouse, search domain, message broker or dataset, or a copy of data that can be shared: snapshot, image, disk.

    Buckets, secrets, queues and keys are kinds of their own.
    """

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    ways: Fact[list[Way]]


KINDS = (DataCopy,)
