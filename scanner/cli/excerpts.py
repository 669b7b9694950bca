"""The lines of code that reports show."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from assay.scanner.sources import fetched
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import DISK, inside, repository
from assay.scanner.sources.sensitive import Sensitive


class Excerpts:
    """Lines of the code that was scanned. A report can name any file, in a stack trace of an assembly for one: no other is opened, no pipe
    and no device."""

    MAX_FILE = 5_000_000
    """Bytes. Of a larger file no code is shown: looking through it for secrets takes about a second for each megabyte."""
    MAX_LINES = 500_000
    MAX_LINE = 1_000
    """Bytes of a line. Nobody reads a longer one, as an asset of an export or a template without line breaks has them."""
    MAX_KEPT = 8_000_000
    """Bytes of code that are kept for further places: a report is in the order of the controls, which speak of the same files."""

    def __init__(self, paths: Sequence[str], sensitive: Sensitive, names: Mapping[str, str] = MappingProxyType({})) -> None:
        """`paths`: what was scanned. Code is shown that is below it or in the same repository, without what is `sensitive`. `names`: what
        reports call files otherwise."""
        self._sensitive, self._names = sensitive, names
        self._tops = [repository(path) or os.path.realpath(path) for path in paths if os.path.exists(path)]
        self._kept: dict[str, _Code] = {}
        self._bytes = 0

    def lines(self, file: str, first: int, last: int) -> list[str]:
        """From the first to the last line, counted from 1; empty where they cannot be read, or all of them are too long to show."""
        code = self._kept.get(file) or self._keep(file)
        return code.lines(max(first, 1), last, self.MAX_LINE)

    def _keep(self, file: str) -> _Code:
        """The code of a file, which is kept in the place of the oldest."""
        code = self._kept[file] = _Code(self._read(file), self._sensitive)
        self._bytes += len(code.content)
        while self._bytes > self.MAX_KEPT and len(self._kept) > 1:
            self._bytes -= len(self._kept.pop(next(iter(self._kept))).content)
        return code

    def _read(self, file: str) -> bytes:
        try:
            file = self._names.get(file) or fetched.located(file)
            real = os.path.realpath(file)
            if not any(inside(real, top) for top in self._tops) or ".git" in real.split(os.sep):  # which may hold credentials
                return b""
            content = DISK.read(file, self.MAX_FILE + 1)
            return utf8(content) if len(content) <= self.MAX_FILE and content.count(b"\n") < self.MAX_LINES else b""
        except (OSError, ValueError):
            return b""


class _Code:
    """A file, and what is shown of it."""

    def __init__(self, content: bytes, sensitive: Sensitive) -> None:
        self.content, self._sensitive = content, sensitive
        self._starts = _starts(content)

    def lines(self, first: int, last: int, most: int) -> list[str]:
        """From the first to the last line, counted from 1, so many bytes of each; none where all have more."""
        numbers = range(first, min(last, len(self._starts)) + 1)
        if all(len(_line(self.content, self._starts, number)) > most for number in numbers):
            return []
        content, starts = self._shown
        return [_line(content, starts, number)[:most].decode("utf-8", "replace").rstrip("\r\n") for number in numbers]

    @functools.cached_property
    def _shown(self) -> tuple[bytes, list[int]]:
        """Without secrets, and where each line begins."""
        from assay.scanner.results.code import without_secret_values  # its expressions take longer than a report without code

        masked = without_secret_values(self.content.decode("utf-8", "surrogateescape"), self._sensitive).encode("utf-8", "surrogateescape")
        return masked, _starts(masked)


def _line(content: bytes, starts: list[int], number: int) -> bytes:
    """A line, counted from 1."""
    return content[starts[number - 1] : starts[number] if number < len(starts) else len(content)]


def _starts(content: bytes) -> list[int]:
    """Where each line begins."""
    starts, position = [], 0
    for line in content.splitlines(keepends=True):
        starts.append(position)
        position += len(line)
    return starts
