"""Those who become somebody that may do what is asked, in any number of steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, all_of

from .trusting import Group, called
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
    declared = (item.location(),) if item is not None else name.seen
    named = called(who, name)
    return Reached(who, Value(named, name.seen), [step(named, declared, by, certain.seen), *following], certain, item, key)


def followed(view: View, ways: Ways, direct: list[Reached]) -> Iterator[Reached]:
    """Those who become one of some, in up to some steps: each once, and once more where it is certain after it was not."""
    met = {one.key for one in direct if one.certain.data is True}
    perhaps = {one.key for one in direct}
    walked: dict[int, bool] = {}
    front = direct
    for _ in range(_FAR):
        following: list[Reached] = []
        for before, group in _not_walked(view, ways, front, walked):
            so_far = before.certain if group.doubt is None else all_of([before.certain, Value(group.doubt)])
            for assumer in group.assumers:
                key = str(assumer.key)
                if key in met or (so_far.data is not True and key in perhaps):
                    continue
                certain = all_of([assumer.certain, so_far])
                if certain.data is False or (certain.data is not True and key in perhaps):
                    continue
                may: Value[Any] = Value(certain.data, assumer.certain.seen)
                somebody = reached(assumer.who, assumer.name, group.how, may, assumer.item, key, before.steps)
                if not ways.is_idle(view, assumer.item):
                    yield somebody
                (met if certain.data is True else perhaps).add(key)
                if assumer.item is not None:
                    following.append(somebody)
        front = following[:_MANY]


def _not_walked(view: View, ways: Ways, front: list[Reached], walked: dict[int, bool]) -> Iterator[tuple[Reached, Group]]:
    """Who becomes some, less lists that say nothing new: those of which all were met as surely. `walked`: these, by their ids."""
    for before in front:
        for group in ways.into(view, before.item) if before.item is not None else ():
            sure = before.certain.data is True and group.doubt is None
            if walked.get(id(group.assumers)) is None or (sure and not walked[id(group.assumers)]):
                walked[id(group.assumers)] = sure
                yield before, group


def merged(several: Iterable[Reached]) -> list[Reached]:
    """One for each: what is certain before what is not."""
    kept: dict[str, Reached] = {}
    for one in several:
        known = kept.get(one.key)
        if known is None or (known.certain.data is not True and one.certain.data is True):
            kept[one.key] = one
    return list(kept.values())
