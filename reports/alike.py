"""Messages that differ in one place, such as the service that a subnet has no endpoint for: what they share is said once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

_SHARED, _OWN = 4, 6
"""Words at least before the place where they differ, and words at most there: else they are no list that anybody reads."""


class Alike(NamedTuple):
    """What several messages share, and what each has for itself."""

    before: str
    own: list[str]
    after: str


def alike(messages: Sequence[str]) -> Alike | None:
    """Words that all begin with and end with, and those of each between them. None where that would be no sentence."""
    words = [message.split(" ") for message in messages]
    before = _common(words)
    rest = [text[len(before) :] for text in words]
    after = _common([text[::-1] for text in rest])[::-1]
    own = [text[: len(text) - len(after)] for text in rest]
    if len(before) < _SHARED or not all(0 < len(text) <= _OWN for text in own):
        return None
    return Alike(" ".join(before), [" ".join(text) for text in own], " ".join(after))


def _common(lists: Sequence[Sequence[str]]) -> list[str]:
    """What lists begin with, all of them."""
    return [column[0] for column in itertools.takewhile(lambda column: len(set(column)) == 1, zip(*lists, strict=False))]
