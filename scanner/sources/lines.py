"""Offsets in the text of a file as places: line, column and byte.

Nothing is computed before the first place is asked for. In text without other characters than ASCII, offsets of characters are those of
bytes; in other text a table with one entry for every few thousand characters leads from the one to the other.
"""

from __future__ import annotations

import bisect
import itertools
import re
from array import array

from assay.scanner.sources.raw import Location

_CHUNK = 4096
BYTE_ORDER_MARK = "\ufeff"


class Lines:
    """The lines of one text. A line ends with a line feed; columns count Unicode characters from 1, as editors do.

    `skipped`: bytes of the file that come before the text, a byte order mark.
    """

    __slots__ = ("_bytes", "_starts", "_text", "file", "read_again", "skipped")

    def __init__(self, file: str, text: str, skipped: int = 0) -> None:
        self.file, self.skipped = file, skipped
        self.read_again = 0
        """Bytes that were parsed again to find places in documents that are written in the file."""
        self._text: str | None = text
        self._starts: array[int] | None = None
        self._bytes: list[int] | None = None
        """For text that is not ASCII: how many bytes come before every chunk."""

    def location(self, start: int, end: int) -> Location:
        """The place of the characters `[start, end)` of the text."""
        return self._location(start, end, self._byte(start) + self.skipped, self._byte(end) + self.skipped)

    def location_of_bytes(self, start: int, end: int) -> Location:
        """The place of the bytes `[start, end)` of the file."""
        self._lines()
        if self._text is None:  # most files, and every argument of them
            return self._location(start - self.skipped, end - self.skipped, start, end)
        return self._location(self._character(start - self.skipped), self._character(end - self.skipped), start, end)

    def line(self, offset: int) -> int:
        """The line of a character, from 1."""
        return bisect.bisect_right(self._lines(), offset)

    def _location(self, first: int, last: int, start: int, end: int) -> Location:
        starts = self._lines()
        line = bisect.bisect_right(starts, first)
        end_line = line if last <= first else bisect.bisect_right(starts, last - 1)
        return Location(self.file, line, end_line, first - starts[line - 1] + 1, last - starts[end_line - 1] + 1, start, end)

    def _lines(self) -> array[int]:
        """The offset of the first character of every line."""
        if self._starts is None:
            assert self._text is not None
            self._starts = array("L", [0])
            self._starts.extend(match.end() for match in re.finditer("\n", self._text))
            if self._text.isascii():
                self._text = None
        return self._starts

    def _byte(self, offset: int) -> int:
        self._lines()
        if self._text is None:
            return offset
        chunk = offset // _CHUNK
        return self._table(self._text)[chunk] + len(self._text[chunk * _CHUNK : offset].encode())

    def _character(self, offset: int) -> int:
        self._lines()
        if self._text is None:
            return offset
        table = self._table(self._text)
        chunk = min(bisect.bisect_right(table, offset) - 1, len(table) - 2)  # the last entry is the length of all
        before = self._text[chunk * _CHUNK : (chunk + 1) * _CHUNK].encode()[: offset - table[chunk]]
        return chunk * _CHUNK + len(before.decode("utf-8", "ignore"))

    def _table(self, text: str) -> list[int]:
        if self._bytes is None:
            lengths = (len(text[at : at + _CHUNK].encode()) for at in range(0, len(text), _CHUNK))
            self._bytes = [0, *itertools.accumulate(lengths)]
        return self._bytes


class Reencoded(Lines):
    """The lines of a file in UTF-16. Of its text as UTF-8 the bytes are not those of the file."""

    __slots__ = ()

    def _location(self, first: int, last: int, start: int, end: int) -> Location:
        return super()._location(first, last, 0, 0)
