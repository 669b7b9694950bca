"""Which calls a run needs: those behind the facts that the selected controls read, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from scanner.facts import base
from scanner.sources.aws.calls import LISTINGS, Call, Listing

_NAME = re.compile(r"\{(\w+)")
ALWAYS = (
    Call("sts", "GetCallerIdentity"),  # allowed to everyone, whatever a policy says
    Call("ec2", "DescribeRegions"),
)
ORGANIZATION = (
    Call("organizations", "ListAccounts"),
    Call("organizations", "ListParents"),
    Call("organizations", "ListTagsForResource"),
    Call("sts", "AssumeRole"),
)


class Plan(msgspec.Struct, frozen=True):
    """The listings to go through, and for each type the calls to make for every resource."""

    listings: tuple[Listing, ...]
    details: dict[str, tuple[Call, ...]]
    left_out: tuple[Listing, ...] = ()
    """Listings that would be needed, of services that the user left out."""

    def calls(self) -> list[Call]:
        """Every call once, by name."""
        found = [each.call for each in self.listings] + [each.locate for each in self.listings if each.locate]
        found += [call for calls in self.details.values() for call in calls]
        return list({call.label: call for call in sorted(found, key=lambda call: call.label)}.values())


def make_plan(controls: Iterable[Any], services: Iterable[str] = ()) -> Plan:
    """The plan for compiled controls; `services` are client names, empty for all."""
    wanted: dict[str, set[str]] = {}
    for compiled in controls:
        wanted.setdefault(compiled.kind, set()).update(facts_of(compiled))
    types: set[str] = set()
    calls: set[tuple[str, Call]] = set()
    for type_, entries in base.READERS.items():
        for entry in entries if type_ in LISTINGS else ():
            if entry.kind in wanted:
                types.add(type_)
                for fact, needs in entry.needs.items():
                    if any(_within(fact, path) for path in wanted[entry.kind]):
                        _add(type_, needs, types, calls)
    while more := {LISTINGS[each].parent for each in types} - types - {""}:
        types |= more
    chosen = set(services) or {each.call.service for each in LISTINGS.values()}
    listed = tuple(each for each in LISTINGS.values() if each.type in types and each.call.service in chosen)
    return Plan(
        listings=listed,
        details={each.type: tuple(call for call in each.details if (each.type, call) in calls) for each in listed},
        left_out=tuple(each for each in LISTINGS.values() if each.type in types and each.call.service not in chosen),
    )


def facts_of(compiled: Any) -> set[str]:
    """The facts that a control reads, or names in its messages: `versioned`, `replicas.encryption_key.disabled`."""
    paths = [*compiled.when_reads, *(path for each in compiled.assertions for path in each.reads)]
    named = {name for each in compiled.assertions for name in _NAME.findall(each.text.message)}
    return {".".join(name for name in path if name != "*") for path in paths} | named


def _within(fact: str, path: str) -> bool:
    """Whether one of two paths leads through the other."""
    return fact == path or path.startswith(fact + ".") or fact.startswith(path + ".")


def _add(type_: str, needs: Iterable[Any], types: set[str], calls: set[tuple[str, Call]]) -> None:
    """A need is a call about each resource of the type, another type, or a call about each resource of that one: `(type, call)`."""
    for need in needs:
        if isinstance(need, str):
            types.add(need)
        elif isinstance(need, tuple):
            types.add(need[0])
            calls.add(need)
        else:
            calls.add((type_, need))
