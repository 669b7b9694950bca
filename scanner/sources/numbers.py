"""How many blocks there are where the input does not tell: a resource is read once with each number.

None, one and several are all that is told apart. A verdict that is the same for each of them is known though the number is not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
MAX_READINGS = 40
"""Of more, none is tried: three blocks of which nothing is known take 27, and those that find out about them."""


class Reading:
    """What is chosen while something is read: of each thing that is open, the number of a choice."""

    __slots__ = ("chosen", "met")

    def __init__(self, chosen: Mapping[Hashable, int] | None) -> None:
        """`chosen`: None where nothing is chosen, and what is open stays so."""
        self.chosen = chosen
        self.met: dict[Hashable, int] = {}
        """What was open, to how many choices there are."""


_READING: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading(chosen: Mapping[Hashable, int] | None = None) -> Iterator[Reading]:
    """Reads with some choices, and tells what was open."""
    current = Reading(chosen)
    token = _READING.set(current)
    try:
        yield current
    finally:
        _READING.reset(token)


@contextmanager
def without() -> Iterator[None]:
    """For what is kept beyond a reading: nothing is chosen there."""
    token = _READING.set(None)
    try:
        yield
    finally:
        _READING.reset(token)


def is_chosen(key: Hashable) -> bool:
    """Whether a choice is made now for something open, `key`, which tells it from others; that it was met is kept."""
    current = _READING.get()
    if current is not None:
        current.met.setdefault(key, 0)
    return current is not None and current.chosen is not None


def choice(key: Hashable, choices: int) -> int:
    """The number of the choice that counts now, of some, for something open."""
    current = _READING.get()
    assert current is not None and current.chosen is not None
    current.met[key] = choices
    return current.chosen.get(key, 0)


def kept(answers: dict[Hashable, T], key: Hashable, make: Callable[[], T]) -> T:
    """What a function gives, made once where nothing that is open was asked for."""
    if key in answers:
        return answers[key]
    outer = _READING.get()
    with reading(outer.chosen if outer is not None else None) as current:
        made = make()
    if outer is not None:
        outer.met |= {open_: max(choices, outer.met.get(open_, 0)) for open_, choices in current.met.items()}
    if not current.met:
        answers[key] = made
    return made


def in_each(read: Callable[[], T]) -> list[T]:
    """What a function gives with every combination of choices; nothing where these are more than MAX_READINGS."""
    pending: list[dict[Hashable, int]] = [{}]
    results: list[T] = []
    for _ in range(MAX_READINGS):
        chosen = pending.pop()
        with reading(chosen) as current:
            result = read()
        further = next((key for key, choices in current.met.items() if choices and key not in chosen), None)
        if further is None:
            results.append(result)
        else:  # what was read with the first choice of it is read again
            pending += [{**chosen, further: at} for at in range(current.met[further])]
        if not pending:
            return results
    return []
