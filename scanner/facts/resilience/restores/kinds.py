"""Tests that what is backed up can be restored."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class RestoreTest(Resource, kw_only=True):
    """A plan of restore tests; where none is in sight, a plan of backups, or a database that the provider tests no restore of."""

    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `restore testing plan`, `backup plan`, `database`."""
    selects: Fact[bool]
    """Some backups are restored by it."""
    interval_days: Fact[float]
    """Days between two tests, the most where that varies."""
    age_days: Fact[float | None]
    """Days since it ran last; None in code and templates, which do not run it."""
    succeeded: Fact[bool]
    """The last restore was completed, and not found faulty; so it is in code."""


KINDS = (RestoreTest,)
