"""Scheduled backups of databases."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource

FOREVER = 36_500.0
"""Days that stand for a backup that nothing deletes."""


class Schedule(Part):
    """What backs a database up regularly."""

    known_by: ClassVar = ("by",)
    by: Fact[str]
    """In words: the name of a rule of a plan, or `automatic backups`."""
    interval_hours: Fact[float]
    """Hours between two backups, the most where that varies."""
    retention_days: Fact[float]
    """Days that a backup is kept; FOREVER where nothing deletes it."""


class BackedUpStore(Resource, kw_only=True):
    """A database of which backups can be scheduled: DynamoDB table, RDS, Aurora, DocumentDB and Neptune; Firestore, Cloud SQL."""

    schedules: Fact[list[Schedule]]


KINDS = (BackedUpStore,)
