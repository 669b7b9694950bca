"""Edits of files by ranges of bytes: everything beside them stays as it is, byte by byte."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec


class Edit(msgspec.Struct, frozen=True, order=True):
    """The bytes `[start, end)` of a file become `text`; where both are one offset, it is inserted there."""

    file: str
    """As reports name it."""
    start: int
    end: int
    text: str


class NoEdit(Exception):
    """Why an edit cannot be made, in words that go on after the finding: `its block is made by "dynamic"`."""


def applied(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The content with edits of one file in it, of which none overlap."""
    parts, at = [], 0
    for edit in sorted(edits):
        parts += [content[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*parts, content[at:]])


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """Edits in the order of their places; insertions at one place are one, in the order in which they were given, and what is taken out
    twice is taken out once."""
    made: dict[tuple[str, int, int], Edit] = {}
    for edit in edits:
        key = edit.file, edit.start, edit.end
        before = made.get(key)
        if before is None:
            made[key] = edit
        elif edit.start == edit.end:
            made[key] = Edit(*key, before.text + edit.text)
    parted: list[Edit] = []
    for edit in sorted(made.values()):
        before = parted[-1] if parted else None
        if before is not None and before.file == edit.file and edit.start < before.end and not (edit.text or before.text):
            parted[-1] = Edit(edit.file, before.start, max(before.end, edit.end), "")
        else:
            parted.append(edit)
    return parted


def conflict(edits: Sequence[Edit], others: Sequence[Edit]) -> bool:
    """Whether some edits touch what others touch. Two insertions at one place do; an equal edit does, too."""
    return any(edit.file == other.file and edit.start <= other.end and other.start <= edit.end for edit in edits for other in others)


class Taken:
    """The ranges of edits that are to be applied together."""

    def __init__(self) -> None:
        self._by_file: dict[str, list[Edit]] = {}

    def take(self, edits: Sequence[Edit]) -> bool:
        """Take some more, unless one of them meets one that is taken."""
        for edit in edits:
            if conflict([edit], self._by_file.get(edit.file, ())):
                return False
        for edit in edits:
            self._by_file.setdefault(edit.file, []).append(edit)
        return True
