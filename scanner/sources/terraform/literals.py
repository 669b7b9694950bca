"""Numbers and texts as they are spelled."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform.exact import Near, settled

_NUMBER = lazy_re.pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
MAX_DIGITS = 300


def read_number(text: str) -> int | float | None:
    """The number that a text spells; a whole one is an int however it is written."""
    match = _NUMBER.fullmatch(text) if len(text) <= MAX_DIGITS else None
    if match is None or len(match[1] or "") > len("+300"):
        return None
    if text.lstrip("+-").isdigit():
        return int(text)
    number = settled(Fraction(Decimal(text)))
    if isinstance(number, Unknown):
        return None
    near = float(text) if isinstance(number, Near) else number
    return number if isinstance(near, int) or Fraction(repr(near)) != Fraction(Decimal(text)) else near


def is_number(text: str) -> bool:
    """Whether a text spells a number, of any size."""
    return _NUMBER.fullmatch(text) is not None


def composed(text: str) -> str:
    """A text as Terraform holds it: letters and their accents as one character where there is one."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_RUN = lazy_re.pattern(rb"\$\$\$+\{|%%%+\{")
_BRACE = 0x01
"""Stands for the brace of such a run. In a file of code that control character has no meaning."""


def shielded(source: bytes) -> bytes:
    """Source text for the parser, of the same length, in which no `$$${` begins an interpolation.

    Of a run of `$` or `%` the last two are the escape (`TemplateNotInterp` in
    https://github.com/hashicorp/hcl/blob/main/hclsyntax/scan_tokens.rl); the parser pairs them from the first on. `restored` undoes it.
    """
    if b"$$${" not in source and b"%%%{" not in source:
        return source
    return _RUN.sub(lambda run: run[0][:-1] + bytes((_BRACE,)), source)


def restored(text: str) -> str:
    """Source text as it was before `shielded`, its escape resolved."""
    return text.replace("$$\x01", "${").replace("%%\x01", "%{") if "\x01" in text else text


def leads_on(text: str) -> bool:
    """Whether literal source text holds the mark of an interpolation or directive that is not escaped: the parser has passed over it."""
    return ("${" in text or "%{" in text) and _LEADS.search(text) is not None


_LEADS = lazy_re.pattern(r"(?<!\$)\$\{|(?<!%)%\{")
_ESCAPE = lazy_re.pattern(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|(\$\$\{|%%\{)')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unescape(text: str) -> str:
    """A text with its escapes resolved, and with letters and their accents as one character where there is one, as Terraform holds it."""
    if "\\" in text or "$${" in text or "%%{" in text:
        text = _ESCAPE.sub(_escape, text)
    text = restored(text)
    return composed(text)


def _escape(match: re.Match[str]) -> str:
    plain, short, long, marker = match.groups()
    if plain:
        return _PLAIN[plain]
    if marker:
        return marker[1:]
    code = int(short or long, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"
