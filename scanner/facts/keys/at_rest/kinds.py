"""Data at rest: every resource that keeps data, whatever its service, and the key that this is encrypted with."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Naming, Part, Resource


class KeptData(Part):
    """What a resource keeps under one key."""

    known_by: ClassVar = ("part",)
    part: Fact[str]
    """What keeps it, in words: `log group`, or the part of the resource that does, `volume /dev/sdf`."""
    encryption_key: Fact[KeyRef | None]
    """None where no key is named: the provider encrypts with one of its own, or nothing is encrypted."""


class DataAtRest(Resource, kw_only=True):
    """A resource that keeps data at rest and takes a customer's key for it.

    Buckets, secrets, operational tables, queues, topics and caches are kinds of their own with controls that ask the same of them.
    """

    # Volumes and snapshots have ids; a tag is shown as their name.
    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    keeps_data: Fact[bool]
    """Something is kept that the key would encrypt: False of a function without environment variables."""
    kept: Fact[list[KeptData]]


KINDS = (DataAtRest,)
