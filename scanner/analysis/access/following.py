"""Those who become somebody that may do what is asked, in any number of steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import describe
from assay.scanner.sources.values import Value, all_of

from .ways import Ways

_FAR = 6
"""Steps from one identity to the next that are followed."""
_MANY = 1000
"""Identities that are followed in a step."""


class Reached(NamedTuple):
    """Somebody who may, or becomes one who may."""

    who: Parties
    name: Value[str]
    steps: list[Step]
    """The way, from this one to what is asked about."""
    certain: Value[bool]
    item: Item | None
    """The identity, where it is of the input."""
    key: str
    """Whom it is, so that one is told once."""


def reached(
    who: Parties, name: Value[Any], by: str, certain: Value[bool], item: Item | None, key: str, following: Sequence[Step]
) -> Reached:
    """Somebody by whatever is known of the name. `by`: what leads from there to the steps that follow."""
    called = name.data if isinstance(name.data, str) else describe(name.raw)
    declared = (item.location(),) if item is not None else name.seen
    return Reached(who, Value(called, name.seen), [step(called, declared, by, certain.seen), *following], certain, item, key)


def followed(view: View, ways: Ways, direct: list[Reached], *, once: bool = False) -> Iterator[Reached]:
    """Those who become one of some, in up to some steps.

    `once`: nobody else is asked about, so that who is met is not looked at again; else what is found of a role is kept for others.
    """
    met = {found.key for found in direct if found.certain.data is True}
    front = [found for found in direct if found.item is not None]
    for _ in range(_FAR):
        following: list[Reached] = []
        for before in front:
            if before.item is None:
                continue
            for entry in ways.into_but(view, before.item, met) if once else ways.into(view, before.item):
                if entry.key in met:
                    continue
                certain = all_of([entry.certain, before.certain])
                if certain.data is False:
                    continue
                may: Value[Any] = Value(certain.data, entry.certain.seen)
                found = reached(entry.who, entry.name, entry.how, may, entry.item, str(entry.key), before.steps)
                if not ways.is_idle(view, entry.item):
                    yield found
                if certain.data is True:
                    met.add(found.key)
                if entry.item is not None:
                    following.append(found)
        if not following:
            return
        front = following[:_MANY]


def merged(found: Iterable[Reached]) -> list[Reached]:
    """One for each: what is certain before what is not."""
    kept: dict[str, Reached] = {}
    for one in found:
        known = kept.get(one.key)
        if known is None or (known.certain.data is not True and one.certain.data is True):
            kept[one.key] = one
    return list(kept.values())
