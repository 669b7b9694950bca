"""Text files in the encodings that editors and shells write: UTF-8 with or without a byte order mark, and UTF-16 with one.

PowerShell's `terraform show -json > plan.json` gives UTF-16:
https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_character_encoding
"""

from __future__ import annotations

import codecs
import mmap
import re
from typing import IO

from assay.scanner import lazy_re

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NUL = b"\0"


_PIECE = 1 << 20


def read_up_to(stream: IO[bytes], size: int) -> bytes:
    """What a stream holds, up to so many bytes. `read` alone would reserve all of them, however little there is."""
    pieces = []
    while size and (piece := stream.read(min(size, _PIECE))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def is_utf16(content: bytes) -> bool:
    """Whether the first bytes of a file are the byte order mark of UTF-16."""
    return content[:2] in _UTF16


def utf8(content: bytes) -> bytes:
    """The text of a file as UTF-8 without a byte order mark; bytes that are no text stay as they are. Raises UnicodeDecodeError."""
    if is_utf16(content):
        return content.decode("utf-16").encode()
    return content.removeprefix(codecs.BOM_UTF8)


_CHARACTER = rb"(2[2dDeEfF]|3[0-9aA]|4[0-9a-fA-F]|5[0-9aAfF]|6[0-9a-fA-F]|7[0-9aA])"
"""A letter, a digit or one of `"-./:_`, by its number."""
_ESCAPE = lazy_re.pattern(
    rb"""\\(?:
        (?:x|u00|U000000)"""
    + _CHARACTER
    + rb"""
        | (?:\r\n|[\r\n]|\xc2\x85|\xe2\x80[\xa8\xa9])[ \t]*    # YAML: a line that goes on in the next
        | (/)
    )""",
    re.VERBOSE,
)


# What an escape begins with, each with what it then takes to be one that counts: to look for words so is many times faster.
_BEGINNINGS = [
    *((begin, lazy_re.pattern(re.escape(begin) + _CHARACTER)) for begin in (b"\\x", b"\\u00", b"\\U000000")),
    *((begin, None) for begin in (b"\\/", b"\\\n", b"\\\r", b"\\\xc2\x85", b"\\\xe2\x80")),
]


_CHUNK = 1 << 24


def holds(content: bytes | mmap.mmap, text: bytes) -> bool:
    """Whether a text is in a file. Mapped memory is searched in parts, which is many times faster than its own search."""
    if isinstance(content, bytes):
        return text in content
    return any(text in content[at : at + _CHUNK + len(text)] for at in range(0, len(content), _CHUNK))


def is_legible(content: bytes | mmap.mmap) -> bool:
    """Whether ASCII words can be searched for in a text as it stands."""
    start = content[:4]
    if _NUL in start or is_utf16(start):
        return False
    if not holds(content, b"\\"):
        return True
    return not any(holds(content, begin) and (escape is None or escape.search(content)) for begin, escape in _BEGINNINGS)


def legible(content: bytes) -> bytes:
    """A text as bytes in which ASCII words can be searched for, whatever encoding and escapes of JSON and YAML it is written in.

    It may be no valid text. Takes time in proportion to its length.
    https://www.rfc-editor.org/rfc/rfc8259#section-7, https://yaml.org/spec/1.2.2/#57-escaped-characters
    """
    if _NUL in content[:4] or is_utf16(content):  # UTF-16 and UTF-32, with a byte order mark or without
        content = content.replace(_NUL, b"").lstrip(b"\xff\xfe")
    content = content.removeprefix(codecs.BOM_UTF8)
    return content if is_legible(content) else _ESCAPE.sub(_written, content)


def _written(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)]) if match[1] else match[2] or b""
