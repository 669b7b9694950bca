"""Functions of texts that change their ends, or characters one by one: what they make of a text of which a part is not known."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from assay.scanner.sources.raw import Encoded, Reference, Text, Unknown, because
from assay.scanner.sources.terraform.functions.patterns import replace
from assay.scanner.sources.terraform.functions.register import FUNCTIONS
from assay.scanner.sources.terraform.functions.text import SPACE, indented
from assay.scanner.sources.terraform.operators import finish, join_text, to_text, to_whole, unsettled
from assay.scanner.sources.terraform.provided import never_empty

_Partly = Callable[..., Any]


def partly(name: str, at: int = 0) -> Callable[[_Partly], _Partly]:
    """Let a function of plain data also take a text with parts that are not known, as its argument number `at`.

    What is registered is given a Text, and gives None where what is not known decides.
    """
    whole = FUNCTIONS[name]

    def register(function: _Partly) -> _Partly:
        @functools.wraps(whole)
        def either_way(*arguments: Any) -> Any:
            settled = [finish(argument) for argument in arguments]
            text = settled[at] if at < len(settled) else None
            if not isinstance(text, (Text, Reference)) or any(unsettled(one) for number, one in enumerate(settled) if number != at):
                return whole(*arguments)
            settled[at] = text if isinstance(text, Text) else Text((text,))
            made = function(*settled)
            return whole(*arguments) if made is None else made

        FUNCTIONS[name] = either_way
        return function

    return register


def _without(part: Any, characters: str) -> bool:
    """Whether a part that is not known is sure not to be empty and to have none of these characters.

    Names, identifiers and JSON in one line have no white space.
    """
    if characters.strip(SPACE):
        return False
    return isinstance(part, Encoded) or (isinstance(part, Reference) and never_empty(part))


def _stripped(text: Text, left: str, right: str) -> Any:
    """The text without these characters at its beginning and its end."""
    parts = list(text.parts)
    for end, characters, strip in ((0, left, str.lstrip), (-1, right, str.rstrip)):
        if not characters:
            continue
        if isinstance(parts[end], str):
            parts[end] = strip(parts[end], characters)
            if parts[end]:
                continue
            parts.pop(end)
        if not parts or not _without(parts[end], characters):
            return None
    return join_text(parts)


def _everywhere(text: Text, characters: str, change: Callable[[str], str]) -> Any:
    """The text with a change of each of these characters; what becomes of a part that may have some is not known."""
    parts: list[Any] = []
    for part in text.parts:
        if isinstance(part, str):
            parts.append(change(part))
        elif _without(part, characters):
            parts.append(part)
        elif isinstance(part, Unknown):
            parts.append(because(part))
        else:
            return None
    return join_text(parts)


@partly("trimspace")
def _trimspace(text: Text) -> Any:
    return _stripped(text, SPACE, SPACE)


@partly("chomp")
def _chomp(text: Text) -> Any:
    return _stripped(text, "", "\r\n")


@partly("trim")
def _trim(text: Text, characters: Any) -> Any:
    return _stripped(text, to_text(characters), to_text(characters))


@partly("trimprefix")
def _trimprefix(text: Text, prefix: Any) -> Any:
    begins, prefix = text.parts[0], to_text(prefix)
    if not isinstance(begins, str):
        return None
    if begins.startswith(prefix):
        return join_text([begins.removeprefix(prefix), *text.parts[1:]])
    return None if prefix.startswith(begins) else text


@partly("trimsuffix")
def _trimsuffix(text: Text, suffix: Any) -> Any:
    ends, suffix = text.parts[-1], to_text(suffix)
    if not isinstance(ends, str):
        return None
    if ends.endswith(suffix):
        return join_text([*text.parts[:-1], ends.removesuffix(suffix)])
    return None if suffix.endswith(ends) else text


@partly("indent", at=1)
def _indent(spaces: Any, text: Text) -> Any:
    return _everywhere(text, "\n", lambda part: indented(to_whole(spaces), part))


@partly("replace")
def _replace(text: Text, old: Any, new: Any) -> Any:
    """A text of several characters may stand across the border of what is known."""
    old, new = to_text(old), to_text(new)
    return _everywhere(text, old, lambda part: replace(part, old, new)) if len(old) == 1 else None
