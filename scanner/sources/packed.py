"""Files of records as UTF-8 text, whatever they are packed in: gzip, UTF-16 with its byte order mark, UTF-8 with or without one."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from assay.scanner.sources import stage
from assay.scanner.sources.encodings import is_utf16, legible, read_up_to, utf8
from assay.scanner.sources.overlay import open_regular

GZIP = b"\x1f\x8b"
MAX_TEXT_BYTES = 500_000_000
"""Of what is held in memory as a whole."""
MAX_RATIO = 200
"""How many times its size compressed data may become: records of assets, which are much alike, become 20 to 60 times."""
BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading compressed data raises where it ends early or is damaged."""


def damage(error: Exception) -> str:
    """One of BROKEN in words."""
    if isinstance(error, EOFError):
        return "the compressed data ends early"
    # https://docs.python.org/3/library/gzip.html: what follows a whole part and begins as none
    behind = isinstance(error, gzip.BadGzipFile) and str(error).startswith("Not a gzipped file")
    return "something else follows the compressed data" if behind else "the compressed data is damaged"


_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PEEK_BYTES, _STEP = 1 << 18, 1 << 10
"""By which compressed data is recognised."""


class Opened(msgspec.Struct):
    """The text of a file from its first character on."""

    stream: IO[bytes]
    offset: int | None
    """Where in the file the stream begins, in bytes; None where it is not the bytes of the file that are read."""


@contextlib.contextmanager
def opened(path: str) -> Iterator[Opened]:
    """Raises OSError; while it is read, one of BROKEN as well."""
    with open_regular(path) as raw:
        stage.enter(path, os.fstat(raw.fileno()).st_size)
        first = raw.read(3)
        raw.seek(0)
        if first.startswith(GZIP):
            size = os.fstat(raw.fileno()).st_size
            yield Opened(_text(io.BufferedReader(_Unpacked(raw, size), 1 << 20)), None)
        elif is_utf16(first):
            yield Opened(_text(raw), None)
        else:
            offset = len(_BYTE_ORDER_MARK) if first == _BYTE_ORDER_MARK else 0
            raw.seek(offset)
            yield Opened(raw, offset)


class _Unpacked(io.RawIOBase):
    """The data of a compressed file, piece by piece, so that what comes before damage is there. Raises one of BROKEN, and OSError where it
    grows beyond what text does."""

    def __init__(self, packed: IO[bytes], size: int) -> None:
        self._data = gzip.GzipFile(fileobj=packed)
        self._left = max(MAX_TEXT_BYTES, size * MAX_RATIO)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._data.read1(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise OSError(f"the compressed data becomes more than {MAX_RATIO} times its size")
        buffer[: len(data)] = data
        return len(data)


def _text(stream: IO[bytes]) -> IO[bytes]:
    """A stream, in UTF-8 without its byte order mark. Raises OSError where it is too large or in no such encoding."""
    peek: Any = stream
    first = peek.peek(3)[:3]
    if is_utf16(first):
        content = read_up_to(stream, MAX_TEXT_BYTES + 1)
        if len(content) > MAX_TEXT_BYTES:
            raise OSError(f"text in UTF-16 larger than {MAX_TEXT_BYTES // 1_000_000} MB: write it in UTF-8")
        try:
            return io.BytesIO(utf8(content))
        except UnicodeDecodeError as error:
            raise OSError(f"no text in UTF-16: {error}") from None
    if first == _BYTE_ORDER_MARK:
        stream.read(len(_BYTE_ORDER_MARK))
    return stream


def beginning(packed: bytes) -> bytes:
    """The first bytes of compressed data, unpacked, as far as that is possible, with what encodes and escapes words undone (`legible`)."""
    content, unpack = b"", zlib.decompressobj(wbits=31)
    with contextlib.suppress(zlib.error):
        for at in range(0, len(packed), _STEP):  # what comes before damage is there
            piece = packed[at : at + _STEP]
            while piece and len(content) < PEEK_BYTES:
                content += unpack.decompress(piece, PEEK_BYTES)
                piece = unpack.unused_data
                if unpack.eof:  # one part may follow another: https://www.rfc-editor.org/rfc/rfc1952#section-2.2
                    unpack = zlib.decompressobj(wbits=31)
    return legible(content[:PEEK_BYTES])
