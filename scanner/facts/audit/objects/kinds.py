"""Where it is recorded what is read from buckets and written to them."""

from __future__ import annotations

from assay.scanner.facts.audit.trails.kinds import Exemption
from assay.scanner.facts.model import Fact, Resource


class ObjectTrail(Resource, kw_only=True):
    """Who has a record of reads and writes of the objects of all buckets: a live account of AWS, or a trail in code."""

    sort: Fact[str]
    """In words: `account`, `trail`."""
    reads_recorded: Fact[bool]
    """Trails of the account record every read of an object, of every bucket in every region; of those that are told apart, `exemptions`."""
    writes_recorded: Fact[bool]
    """The same of every write."""
    reads_lacking: Fact[str]
    """In words, why reads are not recorded; of several trails, of the one that comes nearest."""
    writes_lacking: Fact[str]
    """The same of writes."""
    exemptions: Fact[list[Exemption]]
    """What the record leaves out, as ARNs, or beginnings of ARNs."""


KINDS = (ObjectTrail,)
