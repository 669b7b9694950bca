"""Places of files as positions of an editor: lines from 0, and columns in the units that it counts in.

Places count lines by line feeds and columns in characters. Editors end lines at a carriage return alone, too, and count in UTF-16 unless
they say otherwise: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments
"""

from __future__ import annotations

import bisect
import functools
import re
from typing import Literal, NamedTuple

from assay.scanner import lazy_re

Encoding = Literal["utf-8", "utf-16", "utf-32"]
_ENDS = lazy_re.pattern(r"\r\n|\n|\r")
_FEEDS = re.compile("\n")


class TextPosition(NamedTuple):
    """A place between two characters."""

    line: int
    character: int


class TextSpan(NamedTuple):
    """From a position up to another."""

    start: TextPosition
    end: TextPosition

    def holds(self, position: TextPosition) -> bool:
        """Whether a position is in it, or at its end."""
        return self.start <= position <= self.end


class EditorText:
    """The text of a file, as an editor has it."""

    def __init__(self, text: str, encoding: Encoding = "utf-16") -> None:
        self.text, self._encoding = text, encoding
        self._plain = text.isascii()
        self._lines = [0, *(match.end() for match in _ENDS.finditer(text))]
        self._feeds = [0, *(match.end() for match in _FEEDS.finditer(text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a character: both from 1, as places count."""
        start = self._feeds[min(max(line, 1), len(self._feeds)) - 1]
        end = self._feeds[line] if line < len(self._feeds) else len(self.text)
        return min(start + max(column, 1) - 1, end)

    def position(self, offset: int) -> TextPosition:
        """The position of an offset in characters."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect.bisect_right(self._lines, offset) - 1
        return TextPosition(line, self._units(self._lines[line], offset))

    def span(self, start: int, end: int) -> TextSpan:
        """The span of characters `[start, end)`."""
        return TextSpan(self.position(start), self.position(max(start, end)))

    def line_span(self, line: int) -> TextSpan:
        """What is written in a line, counted from 1 as places do, without white space around it."""
        start = self.offset(line, 1)
        end = self._feeds[line] if line < len(self._feeds) else len(self.text)
        written = self.text[start:end]
        return self.span(start + len(written) - len(written.lstrip()), start + max(len(written.rstrip()), 0))

    def indent(self, line: int) -> str:
        """The white space that a line begins with."""
        start = self.offset(line, 1)
        end = self._feeds[line] if line < len(self._feeds) else len(self.text)
        written = self.text[start:end]
        return written[: len(written) - len(written.lstrip(" \t"))]

    @property
    def ending(self) -> str:
        """How its lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def _units(self, start: int, end: int) -> int:
        if self._plain or self._encoding == "utf-32":
            return end - start
        part = self.text[start:end]
        if self._encoding == "utf-8":
            return len(part.encode("utf-8", "surrogatepass"))
        return len(part.encode("utf-16-le", "surrogatepass")) // 2


@functools.lru_cache(4)
def moved(before: str, after: str) -> Moved:
    """Where lines of a text are in a later one; the last answers are kept, since many places ask for the same two."""
    return Moved(before, after)


class Moved:
    """Lines of a text in a later text of the same file, by what both begin and end with."""

    def __init__(self, before: str, after: str) -> None:
        old, new = before.split("\n"), after.split("\n")
        most = min(len(old), len(new))
        self._head = next((at for at in range(most) if old[at] != new[at]), most)
        rest = most - self._head
        tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
        self._tail, self._by = len(old) - tail, len(new) - len(old)

    def line(self, line: int) -> int:
        """The line, from 1, that a line is now; of one that was changed, where it would be."""
        return line + self._by if line > self._tail else line


class TextChange(NamedTuple):
    """Text in the place of other text."""

    span: TextSpan
    text: str


def change(text: EditorText, after: str) -> TextChange:
    """What of a text becomes another, in whole lines: those that both begin and end with are no part of it."""
    old, new = text.text.splitlines(keepends=True), after.splitlines(keepends=True)
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    rest = most - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    start = sum(map(len, old[:head]))
    end = len(text.text) - sum(map(len, old[len(old) - tail :]))
    return TextChange(text.span(start, end), "".join(new[head : len(new) - tail]))
