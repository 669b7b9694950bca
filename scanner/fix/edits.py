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


class Refused(Exception):
    """Why an edit cannot be made, in words that go on after the finding: `its block is made by "dynamic"`."""


def applied(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The content with edits of one file in it, of which none overlap."""
    parts, at = [], 0
    for edit in sorted(edits):
        parts += [content[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*parts, content[at:]])


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """Edits in the order of their places; insertions at one place are one, in the order in which they were given."""
    made: dict[tuple[str, int, int], Edit] = {}
    for edit in edits:
        key = edit.file, edit.start, edit.end
        before = made.get(key)
        if before is None:
            made[key] = edit
        elif edit.start == edit.end:
            made[key] = Edit(*key, before.text + edit.text)
    return sorted(made.values())


def beside(edits: Iterable[Edit], removals: Sequence[Edit]) -> list[Edit]:
    """Edits with removals of whole lines; what they insert at the end of a line that goes takes its place."""
    made = list(edits)
    for removal in removals:
        within = [
            edit for edit in made if edit.file == removal.file and edit.start == edit.end and removal.start < edit.start < removal.end
        ]
        made = [edit for edit in made if edit not in within]
        text = "".join(edit.text for edit in within)
        made.append(Edit(removal.file, removal.start, removal.end, _as_lines(text)))
    return made


def _as_lines(text: str) -> str:
    """What is inserted at the end of a line, as lines of their own."""
    if not text:
        return ""
    newline = "\r\n" if text.startswith("\r\n") else "\n"
    return text.removeprefix(newline) + newline


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
