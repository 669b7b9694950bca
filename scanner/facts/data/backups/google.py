"""Backups of Google's databases."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.data.backups.kinds import BackedUpStore, Schedule
from assay.scanner.facts.google_assets import named, stands_outside
from assay.scanner.facts.keys.google import days
from assay.scanner.facts.spelling import Index, Link, Many, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value, all_of

_DAILY, _WEEKLY, _MONTHLY, _YEARLY = 24.0, 168.0, 744.0, 8784.0
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


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


class PlanAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a plan of Backup and DR does with an instance that is given to it."""

    associations: Index
    name: str
    instance: str
    """What an association is for: `projects/trade/instances/orders`."""
    kind: str
    instances: str
    """The kind that is an instance of Cloud SQL."""
    plan: Link
    rules: str
    rule: str
    kept: str
    recurrence: str
    every: str
    """Hours between two backups of an hourly schedule."""
    window: tuple[str, str]
    """The hours of the day in which backups are started."""
    on: str
    """Days of a weekly schedule."""


class InstanceAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the automated backups of a Cloud SQL instance."""

    enabled: Annotated[Place, "schedules"]
    kept: Annotated[Place, "schedules"]
    """How many daily backups are kept."""
    primary: Annotated[Place, "schedules"]
    """Set of a replica, which is made again from what it names."""
    sort: Annotated[Place, "schedules"] = ""
    """Whether it stands for a server elsewhere."""
    planned: Annotated[PlanAt | None, "schedules"] = None


def instance(view: View, at: InstanceAt) -> BackedUpStore | None:
    """Automated backups are made daily, and seven are kept: https://cloud.google.com/sql/docs/mysql/backup-recovery/backups"""
    replica, identity = view[at.primary].is_set(), view.identity(view[at.name] if at.name else named(view.item))
    if replica.data is True or stands_outside(view[at.sort]).data is True:
        return None
    identity.perhaps = replica.unknown
    kept = view[at.enabled].default(False).truth().then(lambda on: view[at.kept].default(7).number().raw if on else 0)
    schedule = Schedule(by=view.says("automated backups"), interval_hours=view.says(_DAILY), retention_days=Value.of(kept.raw, kept.seen))
    planned = _planned(view, at.planned) if at.planned else []
    return BackedUpStore(identity=identity, schedules=view.says([schedule, *planned]))


def _planned(view: View, at: PlanAt) -> list[Any]:
    """The rules of the plans that an instance is given to: https://cloud.google.com/sql/docs/postgres/backup-recovery/backup-options"""
    known, name = view.index(at.associations), view[at.name].data
    rules: list[Any] = list(known.get(None, ()))
    for item in known.get(at.associations.types[0], ()):
        association = view.of(item)
        given = association[at.instance].then(lambda entry: _is_named(view, name, entry))
        given = all_of([given, association[at.kind].then(lambda kind: kind == at.instances)])
        given = association.weighed(given, False) if given.data is not False else given
        if given.unknown:
            rules.append(given.unknown)
        elif given.data:
            plan = association.target(at.plan)
            missing = Unknown(f"the plan of {item.address} is not among what was read", "scan it together with this", item.location())
            rules += [missing] if plan is None else _rules(plan, at)
    return rules


def _is_named(view: View, name: Any, entry: Any) -> bool | Unknown:
    """Whether what an association is for is this instance."""
    parts = entry.parts if isinstance(entry, Text) else (entry,)
    if any(isinstance(part, Reference) and part.address == view.item.address for part in parts):
        return True
    _, slash, last = parts[-1].rpartition("/") if isinstance(parts[-1], str) else ("", "", "")
    if isinstance(entry, Reference) or (slash and isinstance(name, str)):
        return last == name and not isinstance(entry, Reference)
    return Unknown(f"whether {entry} names {view.item.address} is not known", "scan the plan", view.location)


def _rules(plan: View, at: PlanAt) -> list[Any]:
    blocks, more = plan.inner(at.rules)
    return [_rule(block, at) for block in blocks] + ([more] if more else [])


def _rule(block: View, at: PlanAt) -> Schedule:
    recurrence = block[at.recurrence].text()
    return Schedule(
        by=block[at.rule].default("a rule").text(),
        interval_hours=recurrence.then(lambda data: _interval(block, at, data)),
        retention_days=block[at.kept].number(),
    )


def _interval(block: View, at: PlanAt, recurrence: str) -> Any:
    """Hours between two backups, the most where that varies: one that is hourly rests outside of its window."""
    if recurrence == "HOURLY":
        start, end = (block[place].default(unset).number() for place, unset in zip(at.window, (0, 24), strict=True))
        rest = start.then(lambda first: end.then(lambda last: 24 - (last - first)).raw)
        return block[at.every].number().then(lambda hours: rest.then(lambda length: min(_DAILY, hours + length)).raw).raw
    if recurrence == "WEEKLY":
        return block[at.on].then(lambda days: _apart(days) * _DAILY)
    return {"DAILY": _DAILY, "MONTHLY": _MONTHLY}.get(recurrence, _YEARLY)


def _apart(names: Any) -> int:
    """The most days between two of some days of the week."""
    on = sorted({_DAYS.index(name) for name in names if name in _DAYS}) if isinstance(names, list) else []
    return max(later - day for day, later in zip(on, [*on[1:], on[0] + 7], strict=True)) if on else 7
