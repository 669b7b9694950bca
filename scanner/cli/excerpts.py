"""The lines of code that reports show."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import DISK, inside, repository
from assay.scanner.sources.sensitive import Sensitive


class Excerpts:
    """Lines of the code that was scanned. A report can name any file, in a stack trace of an assembly for one: no other is opened, no pipe
    and no device."""

    MAX_FILE = 5_000_000
    """Bytes. Of a larger file no code is shown: looking through it for secrets takes about a second for each megabyte."""
    MAX_LINES = 500_000
    MAX_LINE = 4_000
    """Bytes of a line; reports show fewer."""
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
        """From the first to the last line, counted from 1; empty where they cannot be read."""
        code = self._kept.get(file) or self._keep(file)
        numbers = range(max(first, 1), min(last, len(code.starts)) + 1)
        return [code.line(number, self.MAX_LINE).decode("utf-8", "replace").rstrip("\r\n") for number in numbers]

    def _keep(self, file: str) -> _Code:
        """The code of a file, which is kept in the place of the oldest."""
        from assay.scanner.results.code import without_secret_values  # its expressions take longer than a report without code

        content = self._read(file).decode("utf-8", "surrogateescape")
        masked = without_secret_values(content, self._sensitive).encode("utf-8", "surrogateescape")
        code = _Code(masked, _starts(masked))
        self._kept[file] = code
        self._bytes += len(masked)
        while self._bytes > self.MAX_KEPT and len(self._kept) > 1:
            self._bytes -= len(self._kept.pop(next(iter(self._kept))).content)
        return code

    def _read(self, file: str) -> bytes:
        try:
            file = self._names.get(file, file)
            real = os.path.realpath(file)
            if not any(inside(real, top) for top in self._tops) or ".git" in real.split(os.sep):  # which may hold credentials
                return b""
            content = DISK.read(file, self.MAX_FILE + 1)
            return utf8(content) if len(content) <= self.MAX_FILE and content.count(b"\n") < self.MAX_LINES else b""
        except (OSError, ValueError):
            return b""


class _Code(NamedTuple):
    """What is shown of a file."""

    content: bytes
    starts: list[int]

    def line(self, number: int, most: int) -> bytes:
        """A line, counted from 1; no more than so many bytes of it."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.content)
        return self.content[start : min(end, start + most)]


def _starts(content: bytes) -> list[int]:
    """Where each line begins."""
    starts, position = [], 0
    for line in content.splitlines(keepends=True):
        starts.append(position)
        position += len(line)
    return starts
