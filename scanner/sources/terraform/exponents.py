"""Numbers such as `1e3`, which the language has and the parser has not: it reads an exponent behind a decimal point alone.

For the parser each is spelled as a name of the same length, so that all places stay: a letter, then digits. `spelled` undoes it wherever
text comes from the parser, in texts and comments too. A file that has such a letter itself is left as it is.
"""

from __future__ import annotations

import re

from assay.scanner import lazy_re

_NUMBER = lazy_re.pattern(rb"(?<![\w.\x80-\xff])(?<!\w-)([0-9]{1,300})([eE])([+-]?)([0-9]{1,9})(?![\w.\x80-\xff])")
"""`NumberLit` in https://github.com/hashicorp/hcl/blob/main/hclsyntax/scan_tokens.rl, without a decimal point."""
_FIRST = 0x0780
"""Letters of Thaana, two bytes each: ten with a first digit and `e`, ten with a first digit and `E`."""
_CODED = lazy_re.pattern(r"([\u0780-\u0793])([a-j]*)([p-]?)([0-9]{1,9})")
_LETTERS = lazy_re.pattern(rb"\xde[\x80-\x93]")
_DIGITS = (b"0123456789", b"abcdefghij")


def coded(source: bytes) -> bytes:
    """Source text of the same length in which the parser reads such numbers as names; the same text where there are none."""
    return source if _LETTERS.search(source) else _NUMBER.sub(_code, source)


def _code(match: re.Match[bytes]) -> bytes:
    digits, mark, sign, exponent = match.groups()
    letter = chr(_FIRST + int(digits[:1]) + (10 if mark == b"E" else 0)).encode()
    return letter + digits[1:].translate(bytes.maketrans(*_DIGITS)) + sign.replace(b"+", b"p") + exponent


def spelled(text: str) -> str:
    """Text that comes from the parser as it was written."""
    return text if text.isascii() else _CODED.sub(_spell, text)


def _spell(match: re.Match[str]) -> str:
    letter, rest, sign, exponent = match.groups()
    at = ord(letter) - _FIRST
    digits = rest.translate(str.maketrans("abcdefghij", "0123456789"))
    return f"{at % 10}{digits}{'E' if at >= 10 else 'e'}{sign.replace('p', '+')}{exponent}"


def is_number(text: str) -> bool:
    """Whether a name that the parser read is such a number."""
    return _CODED.fullmatch(text) is not None


def is_part(text: str) -> bool:
    """Whether such a number is part of a name that the parser read."""
    return not text.isascii() and _CODED.search(text) is not None
