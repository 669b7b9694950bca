"""Rules of a lifecycle, whatever the provider: which objects they are for, and what they do with them after how many days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from assay.scanner.facts.model import Identity
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of, places


class Step(NamedTuple):
    """What a rule does."""

    does: Value[bool]
    """Whether it does it at all: it is enabled, and the class is one of archives."""
    limited: Value[bool]
    """It is for some of the objects alone."""
    days: Value[Any]


def lifecycle(view: View, who: Identity, archives: list[Step], deletes: list[Step], more: Unknown | None) -> BucketLifecycle:
    """What the steps of all rules come to. `more`: why there may be more rules."""
    doubtful = [step for step in archives if _doubt(step) is not None]
    perhaps = next((why for step in doubtful if (why := _doubt(step))), more)
    return BucketLifecycle(
        identity=who,
        archived_after=_earliest(view, archives),
        archived_perhaps=view.says(perhaps or False),
        deleted_after=_deleted(view, deletes, more),
    )


def _earliest(view: View, steps: Iterable[Step]) -> Value[Any]:
    certain = [step for step in steps if _certain(step)]
    if not certain:
        seen = places([step.does for step in steps])
        return Value(None, seen or (view.location,))
    first = min(certain, key=lambda step: step.days.data)
    return Value(first.days.data, first.days.seen or first.does.seen)


def _deleted(view: View, steps: list[Step], more: Unknown | None) -> Value[Any]:
    """As soon as something may be deleted that matters, when it is is not known."""
    first = _earliest(view, steps)
    for step in steps:
        doubt = _doubt(step)
        days = step.days.data
        if doubt is not None and (first.data is None or isinstance(days, Unknown) or days < first.data):
            return Value(doubt, step.days.seen)
    return Value(more, first.seen) if more and first.data is None else first


def _certain(step: Step) -> bool:
    return step.does.data is True and step.limited.data is False and not isinstance(step.days.data, Unknown) and step.days.data is not None


def _doubt(step: Step) -> Unknown | None:
    """Why it is not known whether a step is for all objects."""
    if step.does.data is False or step.days.data is None:
        return None
    unknown = next((value.unknown for value in (step.does, step.days, step.limited) if value.unknown), None)
    if unknown or step.limited.data is False:
        return unknown
    reason = "whether the objects that matter are those that a rule with a filter is for"
    return Unknown(reason, "write a rule without a filter", step.limited.seen[0] if step.limited.seen else None)


def said(*values: Value[Any]) -> Value[bool]:
    """Whether any of some conditions is written: not empty, and not the zero that a plan fills in."""
    return any_of([value.then(lambda data: data not in (None, "", 0, False, [], {})) for value in values] or [Value(False)])


def both(*values: Value[Any]) -> Value[bool]:
    """Whether all of it is so."""
    return all_of(values)
