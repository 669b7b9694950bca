"""VPC Service Controls: perimeters, and the projects within them.

https://cloud.google.com/vpc-service-controls/docs/service-perimeters
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.network.perimeters.entries import NAMED, NUMBERED, OPEN, RULES, PerimeterRecord, ShapeAt, WayAt, entries, opening
from assay.scanner.facts.network.perimeters.kinds import DataPerimeter, Perimeter
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.view import View, may_not_exist
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

_NOT_SHOWN = Unknown("whether a perimeter of other code holds the project is not in this code", "scan the live organisation")


class PerimeterAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a perimeter."""

    shape: ShapeAt = ShapeAt()
    ways: Annotated[tuple[tuple[Referrer, WayAt], ...], "openings"] = ()
    """Rules that are resources of their own."""


def perimeter(view: View, at: PerimeterAt) -> DataPerimeter | None:
    """None of a bridge, which only connects the projects of regular perimeters."""
    told, more = entries(view.item, at.shape)
    regular = [entry for entry in told if entry.regular.data is not False]
    if not regular and not more:
        return None
    identity = view.identity(view[at.name] if at.name else named(view.item))
    if not view.elsewhere:  # a bridge takes no rules, so that what has one is none
        identity.perhaps = next((entry.regular.unknown for entry in regular if entry.regular.unknown), None)
    rest = [more] if more else []
    return DataPerimeter(
        identity=identity,
        held=view.says(True),
        declared=view.says(False),
        held_elsewhere=view.says(False),
        perimeters=view.says([entry.told for entry in regular] + rest),
        openings=view.says([way for entry in regular for way in entry.openings] + _separate(view, at, regular) + rest),
    )


def _separate(view: View, at: PerimeterAt, regular: list[PerimeterRecord]) -> list[Any]:
    """The rules that are resources of their own, which stand in the configuration in force."""
    told: list[Any] = []
    for join, way in at.ways:
        companions = view.referrers(join)
        name = regular[0].told.name if regular else view.says(view.item.label)
        for rule in companions.views:
            rule_opening = opening(rule.surely.node, way, name, rule.item.address)
            rule_opening.everything = rule.weighed(rule_opening.everything, absence=False)
            told.append(rule_opening)
        told += [companions.more] if companions.more else []
    return told


class ProjectAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which perimeters hold a project."""

    number: Annotated[Place, "held"] = "projectNumber|name"
    perimeters: Annotated[Index, "held", "perimeters", "openings"]
    """Perimeters by project, and what speaks of them (entries.py)."""


def project(view: View, at: ProjectAt) -> DataPerimeter | None:
    """A project is held by the perimeter that lists its number. What only a dry run lists is not held.

    None of one that is declared elsewhere, where only its bindings are here: templates have a name of those and nothing of the project.
    """
    live = is_live(view.item)
    written = view.item.attributes().data
    if not live and isinstance(written, dict) and written.keys() <= {"name"}:
        return None
    index = view.index(at.perimeters)
    candidates = [entry for entry in _holding(view, at, index) if entry.regular.data is not False]
    is_held = any_of([_in_force(view, entry) for entry in candidates])
    if is_held.data is False and (why := _may_be_held(view, at, index)):
        is_held = view.says(why)
    certain = [entry for entry in candidates if _in_force(view, entry).data is True]
    return DataPerimeter(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        held=is_held if is_held.seen else view.says(is_held.data),
        declared=view.says(not live),
        held_elsewhere=view.says(False if live else _NOT_SHOWN),
        perimeters=view.says([entry.told for entry in certain]),
        openings=view.says([way for entry in certain for way in _ways(view, entry, index)]),
    )


def _holding(view: View, at: ProjectAt, index: Mapping[Any, list[Any]]) -> list[PerimeterRecord]:
    """The perimeters that list a project, each once; those that a membership names among them."""
    records = [*index.get(view.item.address, ())]
    own = _number(view, at)
    records += [entry for number, entry in index.get(NUMBERED, ()) if number == own]
    by_id: dict[int, PerimeterRecord] = {}
    for record in records:
        for entry in [record] if isinstance(record, PerimeterRecord) else _of_membership(view, record, index):
            by_id[id(entry)] = entry
    return list(by_id.values())


def _of_membership(view: View, membership: Any, index: Mapping[Any, list[Any]]) -> list[PerimeterRecord]:
    """The perimeter that a membership of its own names; of one that is declared elsewhere no more than that it is in force."""
    item, name = membership
    doubt = None if view.item.coexists(item) else may_not_exist(item)
    declared = index.get((NAMED, name), ())
    if declared:
        return [_doubted(entry, doubt) for entry in declared]
    reason = f"the perimeter that {item.address} is for is declared elsewhere"
    why = Unknown(reason, "scan it together with this, or the live organisation", item.location())
    seen = (item.location(),)
    told = Perimeter(name=Value(name.rpartition("/")[2] or item.label, seen), enforced=Value(True, seen), services=Value(why, seen))
    return [PerimeterRecord(regular=Value(True, seen), told=told, openings=[why], members=[], doubt=doubt)]


def _doubted(entry: PerimeterRecord, doubt: Unknown | None) -> PerimeterRecord:
    """The same perimeter where it may not be the one that holds a project."""
    if doubt is None:
        return entry
    return PerimeterRecord(entry.regular, entry.told, entry.openings, entry.members, entry.names, doubt)


def _in_force(view: View, entry: PerimeterRecord) -> Value[bool]:
    doubt = entry.doubt if entry.item is None else view.of(entry.item).doubt
    return view.says(doubt) if doubt else entry.regular


def _ways(view: View, entry: PerimeterRecord, index: Mapping[Any, list[Any]]) -> list[Any]:
    """The rules of a perimeter, those among them that are resources of their own."""
    told = list(entry.openings)
    rules = {item.address: (item, way) for name in entry.names for item, way in index.get((RULES, name), ())}
    for item, way in rules.values():
        rule_opening = opening(item, way, entry.told.name, item.address)
        rule_opening.everything = view.of(item).weighed(rule_opening.everything, absence=False)
        told.append(rule_opening)
    return told


def _may_be_held(view: View, at: ProjectAt, index: Mapping[Any, list[Any]]) -> Unknown | None:
    """Why a perimeter that does not name the project for sure may hold it all the same."""
    silent = view["#perimeters"]
    if silent.unknown:
        return silent.unknown
    opened = [(why, entry) for why, entry in index.get(OPEN, ()) if entry is None or entry.regular.data is not False]
    if opened:
        why, entry = opened[0]
        what = f"whether {entry.told.name.data} holds it" if entry else "whether a perimeter holds it"
        return Unknown(f"{what}: {why.reason}", why.settles_it, why.location)
    numbered = [(number, entry) for number, entry in index.get(NUMBERED, ()) if entry.regular.data is not False]
    if numbered and not _number(view, at):
        number, entry = numbered[0]
        reason = f"whether projects/{number}, which {entry.told.name.data} holds, is {view.item.address}: its number is not known"
        way = (
            "include the project itself in the export"
            if is_live(view.item)
            else "name its number by reference, or scan the live organisation"
        )
        return Unknown(reason, way, view.location)
    return None


def _number(view: View, at: ProjectAt) -> str:
    """The number of a project; empty where it is not known. Code makes a project that has none yet."""
    if not is_live(view.item):
        return ""
    for text in (*(view[path].data for path in str(at.number).split("|")), view.item.address):
        match = re.search(r"(?:^|projects/)(\d+)$", text if isinstance(text, str) else str(text) if isinstance(text, int) else "")
        if match:
            return match[1]
    return ""
