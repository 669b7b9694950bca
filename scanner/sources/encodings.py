"""Text files in the encodings that editors and shells write: UTF-8 with or without a byte order mark, and UTF-16 with one.

PowerShell's `terraform show -json > plan.json` gives UTF-16:
https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_character_encoding
"""

from __future__ import annotations

import codecs

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_utf16(content: bytes) -> bool:
    """Whether the first bytes of a file are the byte order mark of UTF-16."""
    return content[:2] in _UTF16


def utf8(content: bytes) -> bytes:
    """The text of a file as UTF-8 without a byte order mark; bytes that are no text stay as they are. Raises UnicodeDecodeError."""
    if is_utf16(content):
        return content.decode("utf-16").encode()
    return content.removeprefix(codecs.BOM_UTF8)
