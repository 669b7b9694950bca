"""What is logged in a project, and whether all of it is put somewhere else as well."""

from __future__ import annotations

from assay.scanner.facts.model import Fact, Resource


class LogRouting(Resource, kw_only=True):
    """A project of Google Cloud with the sinks that take what is logged in it."""

    exported: Fact[bool]
    """One sink that is on takes every entry, and puts it elsewhere than into the two buckets that a project has from the start."""
    exported_here: Fact[bool]
    """The same of this input alone, where other code may make sinks of the project, and of what it is in."""
    lacking: Fact[str]
    """In words, why none of the sinks that are known does."""


KINDS = (LogRouting,)
