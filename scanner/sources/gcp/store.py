"""The bytes behind an inventory, read again where a reader asks for them: exported files themselves, or a spool for what has no file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import IO, TypeAlias

import msgspec

from assay.scanner.sources.gcp.records import MALFORMED, Head, Record, decode, from_search

MAX_LINE_BYTES = 64_000_000
MAX_ARRAY_BYTES = 500_000_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OPEN_FILES = 64
"""At once. An export of an organisation has thousands of shards."""
SPOOL = -1
"""Number of the spool, in place of a file."""

Read: TypeAlias = tuple[Record | Exception, bytes, int, int, int]
"""A record (or the error that says why it is none), its text, the number of its file (or SPOOL), its offset in bytes, and its line."""


class Store:
    """Reads by file, offset and length."""

    def __init__(self) -> None:
        self._files: list[str] = []
        self._open: dict[int, IO[bytes]] = {}
        self._spool: IO[bytes] | None = None
        self._end = 0
        self._flushed = 0

    def file(self, path: str) -> int:
        """Enter a file; gives the number that it is read by."""
        self._files.append(path)
        return len(self._files) - 1

    def keep(self, raw: bytes) -> int:
        """Keep bytes that are in no file; gives their offset in the spool."""
        if self._spool is None:
            self._spool = tempfile.TemporaryFile(prefix="assay-assets-")  # noqa: SIM115
        self._spool.write(raw)
        self._end += len(raw)
        return self._end - len(raw)

    def read(self, file: int, offset: int, length: int) -> bytes:
        """So many bytes of a file, or of the spool. Raises OSError."""
        opened = self._handle(file)
        if hasattr(os, "pread"):
            return os.pread(opened.fileno(), length, offset)
        opened.seek(offset)
        data = opened.read(length)
        if file == SPOOL:
            opened.seek(self._end)
        return data

    def _handle(self, file: int) -> IO[bytes]:
        if file == SPOOL:
            assert self._spool is not None
            if self._flushed < self._end:
                self._spool.flush()
                self._flushed = self._end
            return self._spool
        if file not in self._open:
            if len(self._open) >= _OPEN_FILES:
                self._open.pop(next(iter(self._open))).close()
            self._open[file] = open(self._files[file], "rb")  # noqa: SIM115
        return self._open[file]

    def close(self) -> None:
        """Close all files; what was kept in the spool is gone."""
        for file in (*self._open.values(), *([self._spool] if self._spool else [])):
            file.close()
        self._open, self._spool = {}, None


def read_file(path: str, store: Store) -> Iterator[Read]:
    """The records of one file: JSON lines or an array.

    Raises OSError where it cannot be read, one of MALFORMED where it is an array that is broken.
    """
    with open(path, "rb") as opened:
        head = opened.read(512).removeprefix(_BYTE_ORDER_MARK).lstrip()
        opened.seek(0)
        if head.startswith(b"["):
            if os.fstat(opened.fileno()).st_size > MAX_ARRAY_BYTES:
                raise OSError(f"an array larger than {MAX_ARRAY_BYTES // 1_000_000} MB: write one asset a line")
            yield from _array(opened.read().removeprefix(_BYTE_ORDER_MARK))
            return
        file, offset, number = store.file(path), 0, 0
        while line := opened.readline(MAX_LINE_BYTES):
            number += 1
            if number == 1 and line.startswith(_BYTE_ORDER_MARK):
                line, offset = line[len(_BYTE_ORDER_MARK) :], len(_BYTE_ORDER_MARK)
            try:
                record = decode(line)
            except MALFORMED as error:
                if not line.isspace():
                    yield error, line, file, offset, number
            else:
                plain = record.resource.__class__ is Head or not record.of_search
                yield (record, line, file, offset, number) if plain else read_text(line, file, offset, number)
            offset += len(line)


_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


def _array(source: bytes) -> Iterator[Read]:
    line, end = 1, 0
    for raw in _ARRAY.decode(source):
        text = bytes(raw)
        start = source.find(text, end)  # elements are slices of the source
        line += source.count(b"\n", end, start)
        yield read_text(text, SPOOL, 0, line)
        line, end = line + text.count(b"\n"), start + len(text)


def read_text(raw: bytes, file: int, offset: int, line: int) -> Read:
    """One record from its text. A search result becomes an asset, which is in no file as it stands."""
    try:
        record = decode(raw)
        if not record.of_search:
            return record, raw, file, offset, line
        raw = from_search(raw)
        return decode(raw), raw, SPOOL, 0, line
    except (*MALFORMED, AttributeError) as error:
        return error, raw, file, offset, line
