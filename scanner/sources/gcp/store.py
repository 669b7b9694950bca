"""The bytes behind an inventory, read again where a reader asks for them: exported files themselves, or a spool for what has no file."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator
from typing import IO, TypeAlias

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.encodings import read_up_to
from assay.scanner.sources.gcp.records import (
    MALFORMED,
    QUOTE,
    AssetRecord,
    ResourceHead,
    decode,
    envelope,
    from_search,
    from_table,
    observed,
)
from assay.scanner.sources.packed import BROKEN, MAX_TEXT_BYTES, Opened, damage, opened

MAX_LINE_BYTES = 64_000_000
MAX_DEPTH = 3
"""Of what assets come in: an array of pages of messages."""
_OPEN_FILES = 64
"""At once. An export of an organisation has thousands of shards."""
SPOOL = -1
"""Number of the spool, in place of a file."""

Read: TypeAlias = tuple[AssetRecord | Exception, bytes, int, int, int]
"""A record (or the error that says why it is none), its text, the number of its file (or SPOOL), its offset in bytes, and its line."""


class AssetFile:
    """Reads by file, offset and length."""

    def __init__(self) -> None:
        self._files: list[str] = []
        self._open: dict[int, IO[bytes]] = {}
        self._spool: IO[bytes] | None = None
        self._end = 0
        self._flushed = 0
        self.pages = [0, 0]
        """Pages of lists that were the last, and those after which there is another."""

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


def read_file(path: str, store: AssetFile) -> Iterator[Read]:
    """The records of one file, packed as `packed.opened` reads it: JSON lines, an array, or whole JSON texts such as pages of a list.

    Raises OSError where it cannot be read, one of MALFORMED where it is an array that is broken.
    """
    try:
        with opened(path) as text:
            first = text.stream.readline(MAX_LINE_BYTES)
            if first and not _is_json(first):
                whole = first + read_up_to(text.stream, MAX_TEXT_BYTES + 1 - len(first))
                if texts := _texts(whole):
                    for line, document in texts:
                        yield from _spread(document, line, store)
                    return
                if text.offset is None:
                    text.stream = io.BytesIO(whole)
                else:
                    text.stream.seek(text.offset)
                first = text.stream.readline(MAX_LINE_BYTES)
            yield from _lines(path, first, text, store)
    except BROKEN as error:
        raise OSError(damage(error)) from None


def _is_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except MALFORMED:
        return False
    return True


def _texts(whole: bytes) -> list[tuple[int, bytes]]:
    """The JSON texts that a file is, each with its first line; none where each line of it is one.

    Raises OSError where they are too large to be read whole, one of MALFORMED where an array is broken.
    """
    is_array = whole.lstrip()[:1] == b"["
    if len(whole) > MAX_TEXT_BYTES and is_array:
        raise OSError(f"an array larger than {MAX_TEXT_BYTES // 1_000_000} MB: write one asset a line")
    if _is_json(whole):
        return [(1, whole)]
    texts, start = [], 0
    for end in (match.end() for match in _LAST_LINE.finditer(whole)):
        texts.append((whole.count(b"\n", 0, start) + 1, whole[start:end]))
        start = end
    if texts and not whole[start:].strip() and all(_is_json(text) for _, text in texts):
        return texts
    if is_array:
        msgspec.json.decode(whole, type=msgspec.Raw)
    return []


_LAST_LINE = lazy_re.pattern(rb"^[}\]]\s*$", re.MULTILINE)
"""Of a JSON text over several lines, of which the others begin with white space."""


def _lines(path: str, line: bytes, text: Opened, store: AssetFile) -> Iterator[Read]:
    """The records of JSON lines, of which `line` is the first."""
    file, offset, number = SPOOL if text.offset is None else store.file(path), text.offset or 0, 0
    while line:
        number += 1
        try:
            record = decode(line)
        except MALFORMED as error:
            if not line.isspace():
                yield from _spread(line, number, store) if line.lstrip()[:1] == b"[" else ((error, line, file, offset, number),)
        else:
            head = record.resource
            if head.__class__ is ResourceHead:
                raw = head.data
                plain = not raw or memoryview(raw)[0] != QUOTE  # a row of a table has text there
            else:
                plain = not record.of_search
            if plain and record.name:
                yield record, line, file, offset, number
            else:
                yield from _spread(line, number, store)
        offset += len(line)
        line = text.stream.readline(MAX_LINE_BYTES)


_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


def _spread(source: bytes, line: int, store: AssetFile, depth: int = 0) -> Iterator[Read]:
    """The records in a JSON text: of an array, a page or a history those of its elements, of anything else itself."""
    try:
        if depth > MAX_DEPTH:
            raise msgspec.DecodeError(f"nested deeper than {MAX_DEPTH}")
        if source.lstrip()[:1] == b"[":
            elements = _ARRAY.decode(source)
        else:
            record = decode(source)
            if record.of_search or (record.name and record.type):
                yield read_text(source, SPOOL, 0, line)
                return
            told = envelope(source)
            if told.asset:
                inner, raw, *_ = read_text(bytes(told.asset), SPOOL, 0, line)
                yield inner if isinstance(inner, Exception) else observed(inner, told), raw, SPOOL, 0, line
                return
            if told.message is not None:
                told_in_it = [read for read in _spread(told.message.data, line, store, depth + 1) if not isinstance(read[0], Exception)]
                yield from told_in_it or [(record, source, SPOOL, 0, line)]  # of some other topic
                return
            elements = told.assets or told.results or []
            if told.assets is not None or told.results is not None:
                store.pages[bool(told.next_page_token)] += 1
            else:
                yield record, source, SPOOL, 0, line
    except MALFORMED as error:
        yield error, source, SPOOL, 0, line
        return
    end = 0
    for element in elements:
        text = bytes(element)
        start = source.find(text, end)  # elements are slices of the source
        line += source.count(b"\n", end, start)
        yield from _spread(text, line, store, depth + 1)
        line, end = line + text.count(b"\n"), start + len(text)


def read_text(raw: bytes, file: int, offset: int, line: int) -> Read:
    """One record from its text. A search result or a row of a table becomes an asset, which is in no file as it stands."""
    try:
        record = decode(raw)
        if not (record.of_search or record.of_table):
            return record, raw, file, offset, line
        raw = from_search(raw) if record.of_search else from_table(raw)
        return decode(raw), raw, SPOOL, 0, line
    except MALFORMED as error:
        return error, raw, file, offset, line
