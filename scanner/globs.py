"""Globs, as configurations have them: over names, and over paths that are left out, or that are libraries of Terraform code."""

from __future__ import annotations

import fnmatch
import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator

import msgspec


def matches(glob: str, text: str) -> bool:
    """Whether a text is what a glob says: `*` is any text, `?` any character, and everything else, brackets too, stands for itself."""
    return glob == text or _pattern(glob)(text) is not None


def at_or_below(glob: str, path: str) -> bool:
    """Whether a glob says a path, or a directory that it is in."""
    directory = glob.rstrip("/")
    return matches(directory, path) or matches(f"{directory}/*", path)


@functools.lru_cache(1024)
def _pattern(glob: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(fnmatch.translate(glob.replace("[", "[[]"))).match


class PathRule(msgspec.Struct, frozen=True):
    """A glob over paths, with the configuration that it stands in."""

    glob: str
    reason: str = ""
    directory: str = "."
    """What the glob is relative to."""
    file: str = "assay.yaml"
    """Where it stands, as reports name it."""

    def __str__(self) -> str:
        return f"{self.glob} ({self.reason})" if self.reason else self.glob

    def covers(self, path: str) -> bool:
        """Whether it is for a path, or for a directory that this is in: `*` is any text, `**/` at the beginning also none."""
        glob, relative = _plain(self.glob), self._relative(path)
        return at_or_below(glob, relative) or (glob.startswith("**/") and at_or_below(glob[3:], relative))

    def names(self, path: str) -> bool:
        """Whether it is for this path itself: `*` is a part of a name, `**` any number of directories."""
        return by_part(_plain(self.glob), self._relative(path))

    def _relative(self, path: str) -> str:
        return os.path.relpath(os.path.abspath(path), os.path.abspath(self.directory)).replace(os.sep, "/")


def excluded_by(rules: Iterable[PathRule], path: str) -> str | None:
    """Why a configuration leaves a path out; None where it does not."""
    rule = next((rule for rule in rules if rule.covers(path)), None)
    return None if rule is None else f"excluded by {rule.file}: {rule}"


def _plain(glob: str) -> str:
    return glob.removeprefix("./").rstrip("/") or "*"


@functools.lru_cache(4096)
def by_part(glob: str, path: str) -> bool:
    """Whether a path is what a glob says: `*` and `?` are of one part of it, `**` is any text, `**/` also none.

    All ways through the glob are followed side by side, so that the time is in proportion to its length and that of the path: an expression
    with several `.*` takes exponential time for `*a*a*a*b`.
    """
    parts = [part for part in re.split(r"(\*\*/?|\*|\?)", glob) if part]
    units = [unit for part in parts for unit in ([part] if part in ("**/", "**", "*", "?") else part)]
    at = _reached({0}, units)
    for char in path:
        at = _reached({state for before in at for state in _after(before, char, units)}, units)
        if not at:
            return False
    return len(units) in at


def _reached(states: set[int], units: list[str]) -> set[int]:
    """States (numbers of units to come; `~` of one within `**/`, which has to end in `/`) with those that need no character."""
    reached = set(states)
    for state in states:
        following = state
        while 0 <= following < len(units) and units[following] in ("**/", "**", "*"):
            following += 1
            reached.add(following)
    return reached


def _after(state: int, char: str, units: list[str]) -> Iterator[int]:
    """The states that one character leads to."""
    number = state if state >= 0 else ~state
    unit = units[number] if number < len(units) else ""
    if unit == "**/":
        yield ~number
        if char == "/":
            yield number + 1
    elif unit == "**" or (unit == "*" and char != "/"):
        yield number
    elif unit == char or (unit == "?" and char != "/"):
        yield number + 1
