"""What fields of the options may be. Each function gives a value as it is kept, or raises OptionsError: field, value, what is allowed."""

from __future__ import annotations

import datetime
import math
import os
import reprlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from assay.scanner.errors import OptionsError
from assay.scanner.globs import PathRule

T = TypeVar("T")
Check = Callable[[str, Any], T]
"""The name of a field, as messages have it, and a value, to the value as it is kept."""

_DEEPEST = 20
"""Lists and maps in each other, within the value of a param."""


def refused(name: str, value: Any, allowed: str) -> OptionsError:
    """The error for a value; `allowed` says what to give instead."""
    return OptionsError(f"{name} is {reprlib.repr(value)}; give {allowed}")


def optional(check: Check[T]) -> Check[T | None]:
    """A value that may be None."""
    return lambda name, value: None if value is None else check(name, value)


def of_type(type_: type[T], allowed: str) -> Check[T]:
    """An instance of a type."""

    def checked(name: str, value: Any) -> T:
        if not isinstance(value, type_):
            raise refused(name, value, allowed)
        return value

    return checked


def text(name: str, value: Any) -> str:
    """Any text, the empty one too."""
    if not isinstance(value, str):
        raise refused(name, value, "a text")
    return value


def word(name: str, value: Any) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise refused(name, value, "a text that is not empty")
    return value


def one_of(*known: str) -> Check[str]:
    """One of a few texts."""

    def checked(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise refused(name, value, f"one of {', '.join(known)}")
        return value

    return checked


def path(name: str, value: Any) -> str:
    """A path that a system can be asked for; whether something is there is no matter."""
    try:
        kept = os.fspath(value)
        os.fsencode(kept)  # half of a character
    except (TypeError, UnicodeError):
        raise refused(name, value, "a path, as text or os.PathLike") from None
    if not isinstance(kept, str) or not kept or "\0" in kept:
        raise refused(name, value, "a path, as text or os.PathLike")
    return kept


def glob(name: str, value: Any) -> PathRule:
    """A glob over paths, with where it stands."""
    if isinstance(value, PathRule):
        return value
    if not isinstance(value, str) or not value.strip():
        raise refused(name, value, "a glob over paths")
    return PathRule(value, file="the options")


def date(name: str, value: Any) -> datetime.date:
    """A day. A time is none: in which zone, nobody could say."""
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise refused(name, value, "a datetime.date")
    return value


def several(check: Check[T], alone: type | tuple[type, ...], allowed: str) -> Check[tuple[T, ...]]:
    """Some values, or one of the type `alone` as it stands."""

    def checked(name: str, value: Any) -> tuple[T, ...]:
        if isinstance(value, alone):
            return (check(name, value),)
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
            raise refused(name, value, allowed)
        return tuple(check(f"{name}[{at}]", element) for at, element in enumerate(value))

    return checked


def named(check: Check[T], allowed: str) -> Check[dict[str, T]]:
    """Values by name."""

    def checked(name: str, value: Any) -> dict[str, T]:
        if not isinstance(value, Mapping):
            raise refused(name, value, allowed)
        wrong = next((key for key in value if not isinstance(key, str) or not key.strip()), None)
        if wrong is not None:
            raise OptionsError(f"{name} has the name {reprlib.repr(wrong)}; give {allowed}")
        return {key: check(f"{name}[{key!r}]", element) for key, element in value.items()}

    return checked


def as_on_command_line(name: str, value: Any) -> str:
    """The text of a variable or parameter: lists and maps are written as on the command line."""
    if not isinstance(value, str):
        raise refused(name, value, "a text, as on the command line: '3', '[\"a\", \"b\"]'")
    return value


def plain(name: str, value: Any, depth: int = 0) -> Any:
    """Data as YAML or JSON writes it: what params can be. A copy, so that nobody changes it afterwards."""
    if isinstance(value, (list, tuple)) and depth < _DEEPEST:
        return [plain(f"{name}[{at}]", element, depth + 1) for at, element in enumerate(value)]
    if isinstance(value, Mapping) and depth < _DEEPEST and all(isinstance(key, str) for key in value):
        return {key: plain(f"{name}[{key!r}]", element, depth + 1) for key, element in value.items()}
    number = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    if value is not None and not number and not isinstance(value, str):
        raise refused(name, value, "plain data: texts, numbers, booleans, lists and maps of them")
    return value
