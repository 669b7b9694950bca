"""Whether two names that an input writes are one, where parts of them are not known."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.targets import spelled
from assay.scanner.sources.raw import Either, Reference, Text, Unknown, because, either, ends_differ


def same_name(one: Any, other: Any) -> bool | Unknown:
    """Whether two raw names are equal: certainly where the same open value stands on both sides, perhaps where either may be anything.

    Of one of a few values it is what all of them agree on. What a reference to something else stands for is not known here.
    """
    if isinstance(one, Either) or isinstance(other, Either):
        opened, rest = (one, other) if isinstance(one, Either) else (other, one)
        answer = either(because(opened), *[same_name(option, rest) for option in opened.options])
        return because(answer) if isinstance(answer, Unknown) else bool(answer)
    if one is None or other is None or not any(isinstance(side, (Unknown, Text, Reference)) for side in (one, other)):
        return bool(one == other)
    if (name := spelled(one)) and name == spelled(other):
        return True
    why = next((because(side) for side in (one, other) if isinstance(side, Unknown)), None)
    if why is not None:
        return why
    return _of_text(one, other)


def _of_text(one: Any, other: Any) -> bool | Unknown:
    """The same of names of which parts are known: what these begin or end with can tell them apart."""
    if ends_differ(one, other):
        return False
    why = next((side.unknown for side in (one, other) if isinstance(side, Text) and side.unknown), None)
    named = next(side for side in (one, other) if isinstance(side, (Text, Reference)))
    return why or Unknown(f"the value of {named} is known after apply", "scan the plan or the live resource")
