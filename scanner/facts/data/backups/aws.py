"""Backups of AWS: automatic ones of a database, and those of AWS Backup.

A selection of AWS Backup takes resources by ARN, with wildcards, and by tags, in its own region.
https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.data.backups.kinds import FOREVER, BackedUpStore, Schedule
from assay.scanner.facts.secrets.schedules import schedule_days
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.globs import matches
from assay.scanner.sources.marks import Tags
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

OPERATORS = ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike")
"""Of the conditions of a selection. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Conditions.html"""
_CRON = lazy_re.pattern(r"cron\((\d+|\*)( .*)\)")


class SelectionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a selection of AWS Backup takes, and what its plan does with that."""

    selections: Index
    plan: Link
    resources: str
    left_out: str = ""
    """Resources that it leaves out though they match."""
    tags: tuple[str, str, str] = ("", "", "")
    """Blocks that each take what has a tag, and in them its key and its value."""
    narrowed: tuple[str, ...]
    """Blocks of conditions that narrow what it takes."""
    rules: str
    """The rules of the plan."""
    rule: str
    schedule: str
    delete_after: str


class StoreAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how a database is backed up."""

    arn: Annotated[str, "schedules"]
    """Service and resource of its ARN, with `*` for its name: `dynamodb:table/*`."""
    retention: Annotated[Place, "schedules"] = ""
    """Days that automatic backups are kept, which are made daily; 0 switches them off."""
    retention_unset: Annotated[int, "schedules"] = 0
    selection: Annotated[SelectionAt, "schedules"]
    tags_untold: Annotated[Unknown | None, "schedules"] = None
    """Why the tags of the resource are not known, of an input that does not tell them."""
    part_of: Annotated[Place, "schedules"] = ""
    """Set of what is backed up with another resource."""


def store(view: View, at: StoreAt) -> BackedUpStore | None:
    """A database; None for what is backed up as a part of another."""
    part, name = view[at.part_of].is_set(), view[at.name]
    if part.data is True:
        return None
    identity = view.identity(name)
    identity.perhaps = part.unknown
    schedules: list[Any] = []
    if at.retention:
        days = view[at.retention].default(at.retention_unset).number()
        schedules.append(Schedule(by=view.says("automatic backups"), interval_hours=view.says(24.0), retention_days=days))
    schedules += _planned(view, at, name)
    return BackedUpStore(identity=identity, schedules=view.says(schedules))


def _planned(view: View, at: StoreAt, name: Value[Any]) -> list[Any]:
    """The rules of every plan that takes the resource; an Unknown where it is not known whether it does."""
    of = at.selection
    known = view.index(of.selections)
    rules: list[Any] = list(known.get(None, ()))
    for item in known.get(of.selections.types[0], ()):
        selection = view.of(item)
        taken = _takes(view, at, of, selection, name)
        taken = selection.weighed(taken, False) if taken.data is not False else taken
        if taken.unknown:
            rules.append(taken.unknown)
        elif taken.data:
            plan = selection.target(of.plan)
            missing = Unknown(f"the plan of {item.address} is not among what was read", "scan it together with this", item.location())
            rules += [missing] if plan is None else _rules(plan, of)
    return rules


def _rules(plan: View, of: SelectionAt) -> list[Any]:
    rules, more = plan.inner(of.rules)
    schedules: list[Any] = [
        Schedule(
            by=rule[of.rule].default("a rule").text(),
            interval_hours=rule[of.schedule].default("cron(0 5 * * ? *)").then(hours),
            retention_days=rule[of.delete_after].number().default(FOREVER),
        )
        for rule in rules
    ]
    return schedules + ([more] if more else [])


def hours(expression: Any) -> Any:
    """Without a schedule, a plan runs at 5 every day. What Secrets Manager takes, with minutes of any number."""
    text = str(expression)
    cron = _CRON.fullmatch(text.strip())
    days = schedule_days(f"cron(0{cron[2]})" if cron else text)
    return days * 24 if isinstance(days, (int, float)) else days


def _takes(view: View, at: StoreAt, of: SelectionAt, selection: View, name: Value[Any]) -> Value[bool]:
    regions = view.item.region.data, selection.item.region.data
    if all(isinstance(region, str) for region in regions) and regions[0] != regions[1]:
        return Value(False)
    named = [_is_named(view, at, name, entry) for entry in selection[of.resources].elements()]
    blocks, more = selection.inner(of.tags[0])
    tagged = [_has_tag(view, at, block[of.tags[1]], block[of.tags[2]]) for block in blocks]
    taken = any_of([*named, *tagged, Value(more or False)])
    left_out = any_of([Value(False), *(_is_named(view, at, name, entry) for entry in selection[of.left_out].elements())])
    conditions, open_ = selection.inner(*of.narrowed)
    why = f"{selection.item.address} takes some of the resources by conditions"
    meets: Any = Unknown(why, "look at what AWS Backup protects", selection.location) if conditions or open_ else True
    return all_of([taken, left_out.negate(), Value(meets)])


def _is_named(view: View, at: StoreAt, name: Value[Any], entry: Value[Any]) -> Value[bool]:
    return entry.then(lambda data: _matches(view, at, name.data, data))


def _matches(view: View, at: StoreAt, name: Any, entry: Any) -> bool | Unknown:
    """Whether an entry of a list of resources is for this one."""
    if isinstance(entry, Reference):
        return entry.address == view.item.address
    if isinstance(entry, Text) or not isinstance(entry, str):
        return Unknown(f"whether {entry} names {view.item.address}", "scan the plan", view.location)
    service, _, resource = at.arn.partition(":")
    if entry == "*":
        return True
    fields = entry.split(":", 5)
    if len(fields) != 6 or not matches(fields[2], service):
        return False
    region = view.item.region.data
    if isinstance(region, str) and fields[3] and not matches(fields[3], region):
        return False
    if not isinstance(name, str):
        all_of_a_kind = fields[5] in ("*", resource)
        return all_of_a_kind or Unknown(f"the name of {view.item.address} is not known", "scan the plan", view.location)
    return matches(fields[5], resource.replace("*", name))


def _has_tag(view: View, at: StoreAt, key: Value[Any], value: Value[Any]) -> Value[bool]:
    if key.unknown or value.unknown:
        return Value(key.unknown or value.unknown)
    if at.tags_untold is not None:
        return view.says(at.tags_untold)
    tags = view.item.tags
    if str(key.data) in tags:
        return Value(tags[str(key.data)]).equals(value.data)
    return view.says(tags.open if isinstance(tags, Tags) and tags.open else False)
