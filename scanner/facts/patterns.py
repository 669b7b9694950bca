"""Patterns that policies and conditions compare text with, in one form whatever language they are written in.

A pattern is text in which three marks stand for what is not written out. A `*` in it is that character, since only some operators of AWS
and no comparison of CEL read it as a wildcard.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Text, Unknown

ANY = "\ue010"
"""Any text, or none."""
ONE = "\ue011"
"""One character, whichever it is."""
OPEN = "\ue012"
"""A part that is not known, and is one text."""
_MARKS = lazy_re.pattern(f"[{ANY}{ONE}{OPEN}]")
_VARIABLE = lazy_re.pattern(r"\$\{([^}]*)\}")
MAX_ALTERNATIVES = 64


def literal(text: str) -> str:
    """Text as it stands; a mark of ours in it, which no name has, counts as any text."""
    return _MARKS.sub(ANY, text)


def spelled(value: Any) -> str:
    """A raw value as a pattern without wildcards: what is not known in it is open."""
    parts = value.parts if isinstance(value, Text) else (value,)
    return "".join(literal(part) if isinstance(part, str) else str(part) if isinstance(part, (int, float)) else OPEN for part in parts)


def aws(value: Any, *, wildcards: bool) -> str:
    """A value of a condition of AWS; a policy variable in it may be filled in by whoever calls, apart from `${*}`, `${?}` and `${$}`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    pieces = _VARIABLE.split(spelled(value))  # text, name of a variable, text, …
    for at, piece in enumerate(pieces):
        if at % 2:
            pieces[at] = piece if piece in ("*", "?", "$") else ANY
        elif wildcards:
            pieces[at] = piece.replace("*", ANY).replace("?", ONE)
    return "".join(pieces)


def fixed(pattern: str) -> bool:
    """Whether it is one text: nothing in it may be anything."""
    return ANY not in pattern and ONE not in pattern


def settled(pattern: str, holds: Callable[[str], bool], why: Unknown) -> bool | Unknown:
    """Whether something holds for a pattern; `why` where that hangs on an open part of it, as far as that is one name."""
    if OPEN not in pattern:
        return holds(pattern)
    return why if holds(pattern.replace(OPEN, "some")) else False


def regular_expression(text: str) -> list[str] | None:
    """The patterns that a regular expression stands for, wider where it says more than a pattern can; None for what is not read here.

    Syntax, which is found anywhere in a text unless it is anchored: https://github.com/google/re2/wiki/Syntax
    """
    try:
        alternatives, rest = _alternatives(text)
    except _NotRead:
        return None
    if rest:
        return None
    anchored = [(pattern if pattern.startswith("^") else ANY + pattern) for pattern in alternatives]
    anchored = [(pattern if pattern.endswith("$") else pattern + ANY).strip("^$") for pattern in anchored]
    return None if any("^" in pattern or "$" in pattern for pattern in anchored) else [_unescaped(pattern) for pattern in anchored]


class _NotRead(Exception):
    pass


_CARET, _DOLLAR = "\ue013", "\ue014"
_QUANTIFIER = lazy_re.pattern(r"(?:[*+?]|\{\d+(?:,\d*)?\})\??")
_CLASS = lazy_re.pattern(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


def _unescaped(pattern: str) -> str:
    return pattern.replace(_CARET, "^").replace(_DOLLAR, "$")


def _alternatives(text: str) -> tuple[list[str], str]:
    """The patterns of what is separated by `|`, and what follows: nothing, or a closing bracket."""
    patterns: list[str] = []
    while True:
        sequence, text = _sequence(text)
        patterns += sequence
        if len(patterns) > MAX_ALTERNATIVES:
            raise _NotRead
        if not text.startswith("|"):
            return patterns, text
        text = text[1:]


def _sequence(text: str) -> tuple[list[str], str]:
    patterns = [""]
    while text and text[0] not in "|)":
        atom, text = _atom(text)
        if quantifier := _QUANTIFIER.match(text):
            atom, text = [ANY], text[quantifier.end() :]
        patterns = [before + after for before, after in product(patterns, atom)]
        if len(patterns) > MAX_ALTERNATIVES:
            raise _NotRead
    return patterns, text


def _atom(text: str) -> tuple[list[str], str]:
    first = text[0]
    if first == "(":
        text = text[3:] if text.startswith("(?:") else text[1:]
        if text.startswith("?"):
            raise _NotRead  # flags, names
        inner, text = _alternatives(text)
        if not text:
            raise _NotRead
        return inner, text[1:]
    if first == "[":
        match = _CLASS.match(text)
        if match is None:
            raise _NotRead
        return [ONE], text[match.end() :]
    if first == "\\":
        if len(text) < 2 or (text[1].isalnum() and text[1] not in "dDwWsS"):
            raise _NotRead
        escaped = {"^": _CARET, "$": _DOLLAR}.get(text[1], text[1])
        return [ONE if text[1].isalnum() else escaped], text[2:]
    return [ONE if first == "." else first if first in "^$" else literal(first)], text[1:]
