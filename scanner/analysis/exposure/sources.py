"""Who may talk to what is in security groups: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.network.security_groups import SecurityGroupAt, Sort
from assay.scanner.facts.spelling import Index, Many
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe, references_in
from assay.scanner.sources.values import Value, agreed, all_of

from .kinds import TrafficSource
from .targets import declared_target

_ELSEWHERE = "scan the code that declares it together with this, or the live account"
_BALANCERS = (Sort.BALANCER, Sort.CLASSIC, Sort.CLASSIC_INTERFACE, Sort.INTERFACE)
_NAMED = 3


class GroupsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells what security groups let in."""

    known: Index
    """Groups by what names them."""
    types: tuple[str, ...] = ()
    """Types of groups …"""
    inline: tuple[str, ...] = ()
    """… and where they have rules of their own."""
    peers: tuple[str, ...]
    """Types of what runs code, which may talk to others of it."""


def sources_of(view: View, at: GroupsAt, rules: SecurityGroupAt, groups: list[Value[Any]]) -> list[TrafficSource | Unknown]:
    """Who may talk to what is in some groups, as what names these says."""
    told: list[TrafficSource | Unknown] = []
    for target in groups:
        item = declared_target(view, at.known, target)
        if item is None:
            reason = f"the security group {describe(target.data)} of {view.item.address} is not among what was read"
            told.append(target.unknown or Unknown(reason, _ELSEWHERE, view.location))
        else:
            told += _let_in(view, at, rules, view.of(item, names=rules.names))
    for source in told:
        if isinstance(source, TrafficSource):
            source.steps = Value([*source.steps.data, _itself(view)])
    return told


def way_in(view: View, who: str, by: str, decided: Value[Any]) -> Value[list[Step]]:
    """The way of somebody who gets to a workload by an address of its own; `decided`: what says so."""
    return Value([step(who, (), by, decided.seen), _itself(view)])


def _itself(view: View) -> Step:
    return step(view.item.address, (view.location,))


def _let_in(view: View, at: GroupsAt, rules: SecurityGroupAt, group: View) -> list[TrafficSource | Unknown]:
    separate = group.referrers(*(place for place in rules.rules if isinstance(place, Many)))
    own, more = group.surely.inner(*(place for place in rules.rules if isinstance(place, str)))
    told = [source for rule in (*own, *separate.views) for source in _of_rule(view, at, rules, group, rule)]
    doubts = [doubt for doubt in (more, separate.more) if doubt]
    return [*told, *doubts]


def _of_rule(view: View, at: GroupsAt, rules: SecurityGroupAt, group: View, rule: View) -> list[TrafficSource | Unknown]:
    enters = rule.surely[rules.direction].default(rules.way).equals(rules.way)
    if enters.data is False:
        return []
    doubt: list[Value[Any]] = [Value(enters.unknown, enters.seen)] if enters.unknown else []
    told: list[TrafficSource | Unknown] = []
    for path in rules.ranges:
        told += [_source(rule, value, [Value(False, value.seen)], "addresses") for value in listed(rule.node, path) if not value.absent]
    for path in rules.prefix_lists.path.split("|"):
        told += [
            _source(rule, value, [Value(False, value.seen)], "prefix list") for value in listed(rule.node, path, linked=True) if value.data
        ]
    for path in rules.sources:
        for value in _named(rule, path):
            if value.data is True or value.data == "true":  # `self`
                told.append(_source(rule, Value(group.item.address, value.seen), [Value(True, value.seen)], "group"))
            elif value.data not in (None, False, "false", ""):
                told.append(_of_group(view, at, rules, rule, _meant(at, group, rule, value)))
    for source in told:
        if isinstance(source, TrafficSource) and doubt:
            source.trusted = all_of([source.trusted, *doubt]) if source.trusted.data is not False else doubt[0]
    return told


def _named(rule: View, path: str) -> list[Value[Any]]:
    """What a rule names; as a list in one value, of which a plan says that it is one of several."""
    if "[]." in path:
        return listed(rule.node, path, linked=True)
    named = rule.node.link(path)
    one_of_several = isinstance(named.data, list) and not isinstance(rule.node[path].data, list)
    return [named] if one_of_several else named.elements()


def _source(rule: View, value: Value[Any], trusted: list[Value[Any]], sort: str, inside: Sequence[Item] = ()) -> TrafficSource:
    """`inside`: what is in a group."""
    name = "addresses that are not known" if value.unknown else describe(value.data)
    members = ", ".join(member.address for member in inside[:_NAMED])
    what = f"{members} in {sort} {name}" if members else f"{sort} {name}"
    verdict = all_of(trusted)
    return TrafficSource(
        name=Value(name, value.seen),
        # A rule that may not exist does no harm if it does not.
        trusted=rule.weighed(verdict, absence=True),
        steps=Value([step(what, [member.location() for member in inside[:1]], rule.item.address, (rule.location,))]),
    )


def _meant(at: GroupsAt, group: View, rule: View, value: Value[Any]) -> Value[Any]:
    """The groups that a rule may name, where a plan tells only what all rules of a group name together."""
    if not value.unknown or rule.item is not group.item:
        return value
    named = [reference for path in at.inline for reference in references_in(group.item.link(path).data) if reference.type in at.types]
    return Value(named[0] if len(named) == 1 else named, value.seen) if named else value


def _of_group(view: View, at: GroupsAt, rules: SecurityGroupAt, rule: View, target: Value[Any]) -> TrafficSource:
    """Whether everything in a group is a load balancer or runs code of the deployment; without anything in it, that is not known."""
    if isinstance(target.data, list):
        trusted = [_of_group(view, at, rules, rule, Value(one, target.seen)).trusted.data for one in target.data]
        why = Unknown(f"which of {describe(target.data)[:200]} it is", "scan the source beside the plan (--source DIR)")
        return _source(rule, target, [Value(agreed(why, trusted), target.seen)], "group")
    group = declared_target(view, at.known, target)
    members = view.index(rules.members)
    if group is None:
        why = target.unknown or Unknown(
            f"what is in the group {describe(target.data)} is not among what was read", _ELSEWHERE, rule.location
        )
        return _source(rule, target, [Value(why, target.seen)], "group")
    key = group[rules.id].data if rules.id else group.address
    inside = members.get(key, [])
    if not inside:
        why = next(iter(members.get(None, ())), None) or Unknown(
            f"nothing that was read is in {group.address}", _ELSEWHERE, group.location()
        )
        return _source(rule, target, [Value(why, target.seen)], "group")
    strangers = [member for member in inside if member.sort not in _BALANCERS and member.item.type not in at.peers]
    told = [member.item for member in strangers or inside]
    return _source(rule, target, [Value(not strangers, target.seen)], "group", told)
