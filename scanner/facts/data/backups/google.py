"""Backups of Google's databases."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.data.backups.kinds import BackedUpStore, Schedule
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.keys.google import days
from assay.scanner.facts.spelling import Many, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_DAILY, _WEEKLY = 24.0, 168.0


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the backup schedules of a Firestore database."""

    companions: Annotated[Many | None, "schedules"] = None
    daily: Annotated[str, "schedules"] = ""
    retention: Annotated[str, "schedules"] = ""
    untold: Annotated[Unknown | None, "schedules"] = None
    """Why schedules are not known, of an input that does not tell them."""
    deleted: Annotated[Place, "schedules"] = ""
    """Set where it is deleted, and still listed."""


def database(view: View, at: DatabaseAt) -> BackedUpStore | None:
    """A Firestore database. Its schedules are resources of their own, which run daily or weekly.

    https://cloud.google.com/firestore/docs/backups
    """
    if view[at.deleted].is_set().data is True:
        return None
    schedules: list[Any] = [at.untold] if at.untold else []
    if at.companions is not None:
        blocks, more = view.inner(at.companions)
        schedules += [_schedule(block, at) for block in blocks] + ([more] if more else [])
    return BackedUpStore(identity=view.identity(view[at.name] if at.name else named(view.item)), schedules=view.says(schedules))


def _schedule(block: View, at: DatabaseAt) -> Schedule:
    daily = block[at.daily].then(lambda data: data is not None)
    return Schedule(
        by=block.says(block.item.label),
        interval_hours=daily.then(lambda is_daily: _DAILY if is_daily else _WEEKLY),
        retention_days=block[at.retention].text().then(days),
    )


class InstanceAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the automated backups of a Cloud SQL instance."""

    enabled: Annotated[Place, "schedules"]
    kept: Annotated[Place, "schedules"]
    """How many daily backups are kept."""
    primary: Annotated[Place, "schedules"]
    """Set of a replica, which is made again from what it names."""


def instance(view: View, at: InstanceAt) -> BackedUpStore | None:
    """Automated backups are made daily, and seven are kept: https://cloud.google.com/sql/docs/mysql/backup-recovery/backups"""
    replica, identity = view[at.primary].is_set(), view.identity(view[at.name] if at.name else named(view.item))
    if replica.data is True:
        return None
    identity.perhaps = replica.unknown
    kept = view[at.enabled].default(False).truth().then(lambda on: view[at.kept].default(7).number().raw if on else 0)
    schedule = Schedule(by=view.says("automated backups"), interval_hours=view.says(_DAILY), retention_days=Value.of(kept.raw, kept.seen))
    return BackedUpStore(identity=identity, schedules=view.says([schedule]))
