"""Files of code that were parsed before, for a process that reads the same directories again and again: a language server.

A scan keeps nothing. What is kept is found by the path and the whole content, so that it is what parsing would give. Blocks that a module
changes as it puts its files together (overrides, declarations that stand there twice) are not kept: see `Directories`.
"""

from __future__ import annotations

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import HclText, read_blocks

Parsed = tuple[list[Block], list[Gap]]


class KeptFiles:
    """Parsed files, at most so many bytes of text of them; those that were used longest ago make room."""

    def __init__(self) -> None:
        self._most = self._bytes = 0
        self._parsed: dict[tuple[str, str], tuple[bytes, Parsed]] = {}

    def keep(self, most: int) -> None:
        """Keep files from now on: `most` bytes of text."""
        self._most = most

    def read_blocks(self, source: bytes, path: str, shown: str) -> Parsed:
        """As `files.read_blocks`. Raises FileError."""
        key = path, shown
        known = self._parsed.pop(key, None)
        if known is not None and known[0] == source:
            self._parsed[key] = known
            blocks = known[1][0]
            if blocks and isinstance(blocks[0].text, HclText):
                blocks[0].text.lines.read_again = 0  # each run has its allowance
            return known[1]
        if known is not None:
            self._bytes -= len(known[0])
        parsed = read_blocks(source, path, shown)
        if self._most:
            self._parsed[key] = source, parsed
            self._bytes += len(source)
            while self._bytes > self._most:
                self._forget(next(iter(self._parsed)))
        return parsed

    def forget(self, path: str, shown: str) -> None:
        """Drop a file whose blocks are not what was parsed any more."""
        if (path, shown) in self._parsed:
            self._forget((path, shown))

    def _forget(self, key: tuple[str, str]) -> None:
        self._bytes -= len(self._parsed.pop(key)[0])


KEPT = KeptFiles()
"""Of this process."""
