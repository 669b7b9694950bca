"""Numbers and texts as they are spelled."""

from __future__ import annotations

import math
import re
import unicodedata

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
MAX_DIGITS = 300


def read_number(text: str) -> int | float | None:
    """The number that a text spells; a whole one is an int however it is written."""
    if len(text) > MAX_DIGITS or not _NUMBER.fullmatch(text):
        return None
    if text.lstrip("+-").isdigit():
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|(\$\$\{|%%\{)')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unescape(text: str) -> str:
    """A text with its escapes resolved, and with letters and their accents as one character where there is one, as Terraform holds it."""
    if "\\" in text or "$${" in text or "%%{" in text:
        text = _ESCAPE.sub(_escape, text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _escape(match: re.Match[str]) -> str:
    plain, short, long, marker = match.groups()
    if plain:
        return _PLAIN[plain]
    if marker:
        return marker[1:]
    code = int(short or long, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"
