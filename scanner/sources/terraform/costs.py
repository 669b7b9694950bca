"""What evaluation costs: steps for what is walked, bytes for what is made. Both are spent from the budget of the root module.

Values share their parts, so that a few lines can stand for a million millions of elements: what is counted is what a walk of all of them
would meet, though each shared part is walked once to count it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import AtLeast, Document, Either, Text

MAX_NODES = 100_000
"""Elements of one value, nested ones counted."""
_BYTES_A_STEP, _ELEMENTS_A_STEP, _COPIES_A_STEP = 64, 4, 16
_FACTS = 12
"""Steps for each element that is asked for."""
SLOT, _ENTRY, _CONTAINER = 48, 128, 64
"""Bytes that an element of a list takes, with a number in it, an entry of a map, and the list or map itself."""
MODULE, RESOURCE, BODY = 4000, 1000, 300
"""Bytes that an instance of a module, of a resource and of a nested block take, without their values."""


class TooMuch(Exception):
    """One value is larger than any real one: a gap for its root module, or an unknown value."""


def asked(raw: Any, budget: Budget) -> Any:
    """The value itself, which rules are given now: facts are made of each of its elements. Raises OverBudget."""
    if isinstance(raw, (list, dict)):
        budget.step(_FACTS * len(raw))
    return raw


def limited(raw: Any, budget: Budget) -> Any:
    """The value itself, unless it is larger than any real one. Raises TooMuch, OverBudget."""
    if isinstance(raw, (list, dict, AtLeast)):
        walked: dict[int, tuple[int, int]] = {}
        elements, _ = _weight(raw, walked)
        budget.step(len(walked) // _ELEMENTS_A_STEP)
        if elements > MAX_NODES:
            raise TooMuch(f"a value of more than {MAX_NODES:,} elements")
    return raw


def walk(raw: Any, budget: Budget, times: int = 1) -> None:
    """Spend what it costs to go through all of a value. `times`: how much more than a copy is made of each part. Raises OverBudget."""
    elements, length = weight(raw)
    budget.step(times * (elements // _ELEMENTS_A_STEP + length // _BYTES_A_STEP))


def copy(raw: Any, budget: Budget) -> None:
    """Spend what it costs to copy the elements of a list or map, or a text, but not what is inside of elements. Raises OverBudget."""
    if isinstance(raw, str):
        budget.step(len(raw) // _BYTES_A_STEP)
    elif isinstance(raw, (list, dict)):
        budget.step(len(raw) // _COPIES_A_STEP)
    elif isinstance(raw, AtLeast):
        copy(raw.content, budget)
        budget.step(len(raw.open) // _COPIES_A_STEP)


def made(raw: Any, budget: Budget) -> Any:
    """The value itself, after its bytes are spent, but not those of its elements: they were spent before. Raises OverBudget."""
    if isinstance(raw, str):
        budget.made(sys.getsizeof(raw))
    elif isinstance(raw, list):
        budget.made(_CONTAINER + SLOT * len(raw))
    elif isinstance(raw, dict):
        budget.made(_CONTAINER + _ENTRY * len(raw))
    elif isinstance(raw, Text):
        budget.made(_CONTAINER + sum(len(part) if isinstance(part, str) else _CONTAINER for part in raw.parts))
    elif isinstance(raw, AtLeast):
        made(raw.content, budget)
    return raw


def all_made(raw: Any, budget: Budget) -> Any:
    """The value itself, after its bytes and those of all its elements are spent. Raises OverBudget."""
    elements, length = weight(raw)
    budget.step(elements)
    budget.made(_ENTRY * elements + length)
    return raw


def weight(raw: Any) -> tuple[int, int]:
    """How many elements a value has at all depths, and how many characters its texts have."""
    if isinstance(raw, str):
        return 0, len(raw)
    return _weight(raw, {})


def _weight(raw: Any, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    if id(raw) in known:
        return known[id(raw)]
    parts = _parts(raw)
    if parts is None:
        return 0, 0
    elements = length = 0
    for part in parts:
        elements += 1
        if part.__class__ is str:
            length += len(part)
        elif part.__class__ in _COMPOUND or isinstance(part, _KINDS):
            inner, characters = _weight(part, known)
            elements, length = elements + inner, length + characters
    if isinstance(raw, dict):
        length += sum(map(len, raw))
    known[id(raw)] = elements, length
    return elements, length


_COMPOUND = frozenset({list, dict})
_KINDS = (list, dict, Text, Document, Either, AtLeast)


def _parts(raw: Any) -> Iterable[Any] | None:
    if isinstance(raw, dict):
        return raw.values()
    if isinstance(raw, list):
        return raw
    if isinstance(raw, Text):
        return raw.parts
    if isinstance(raw, Either):
        return raw.options
    if isinstance(raw, AtLeast):
        return (raw.content, *(part for pair in raw.open for part in pair))
    return (raw.content,) if isinstance(raw, Document) else None
