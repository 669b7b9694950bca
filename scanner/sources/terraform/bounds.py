"""What the parser of HCL is given: it takes some hundred bytes of memory for each piece of the text, and cannot be stopped.

Measured with tree-sitter 0.26 and the HCL grammar 1.2: 90 to 160 bytes for each byte of ordinary code, 270 for each line break, quote or
bracket, 1,000 for each `${` inside of another. Nineteen million `[` end the process.
"""

from __future__ import annotations

from assay.scanner import lazy_re

MAX_BYTES = 10_000_000
MAX_PIECES = 2_000_000
"""Line breaks, brackets, quotes and other marks."""
MAX_DEPTH = 20_000
"""Brackets that are open at a time. Brackets in texts and comments count, so that this is far from what expressions are nested."""
MAX_QUOTES = 20_000
"""Quotes in one line. Where they are errors, the parser takes quadratic time to get over them: 200,000 `" "` take it minutes."""
_PLAIN = bytes(range(ord("a"), ord("z") + 1)) + bytes(range(ord("A"), ord("Z") + 1)) + b"0123456789_-.: \t\r" + bytes(range(0x80, 0x100))
_BRACKET = lazy_re.pattern(rb"[\[({]+|[\])}]+")
_OPENING = b"[({"


class NotParsed(Exception):
    """A text that the parser is not given: the message says why."""


def check(source: bytes) -> None:
    """Raises Refused for what takes the parser more memory than a machine can be expected to have. Takes linear time."""
    if len(source) <= MAX_DEPTH:
        return
    if len(source) > MAX_BYTES:
        raise NotParsed(f"larger than {MAX_BYTES // 1_000_000} MB of HCL")
    if len(source) > MAX_PIECES and len(source.translate(None, _PLAIN)) > MAX_PIECES:
        raise NotParsed(f"more than {MAX_PIECES:,} line breaks, brackets, quotes and other marks")
    if source.count(b'"') > MAX_QUOTES and max(line.count(b'"') for line in source.split(b"\n")) > MAX_QUOTES:
        raise NotParsed(f"more than {MAX_QUOTES:,} quotes in one line")
    if sum(source.count(bracket) for bracket in (b"[", b"(", b"{")) > MAX_DEPTH and _depth(source) > MAX_DEPTH:
        raise NotParsed(f"more than {MAX_DEPTH:,} brackets are open at a time")


def _depth(source: bytes) -> int:
    """How many brackets are open at the most."""
    depth = deepest = 0
    for match in _BRACKET.finditer(source):
        if source[match.start()] in _OPENING:
            depth += match.end() - match.start()
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - (match.end() - match.start()))
    return deepest
