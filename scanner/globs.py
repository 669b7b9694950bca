"""Globs, as configurations have them: over names, and over paths that are left out, or that are libraries of Terraform code."""

from __future__ import annotations

import fnmatch
import functools
import os
import re
from collections.abc import Callable, Iterable

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
        return _by_part(_plain(self.glob))(self._relative(path)) is not None

    def _relative(self, path: str) -> str:
        return os.path.relpath(os.path.abspath(path), os.path.abspath(self.directory)).replace(os.sep, "/")


def excluded_by(rules: Iterable[PathRule], path: str) -> str | None:
    """Why a configuration leaves a path out; None where it does not."""
    rule = next((rule for rule in rules if rule.covers(path)), None)
    return None if rule is None else f"excluded by {rule.file}: {rule}"


def _plain(glob: str) -> str:
    return glob.removeprefix("./").rstrip("/") or "*"


@functools.lru_cache(256)
def _by_part(glob: str) -> Callable[[str], re.Match[str] | None]:
    parts = (_PARTS.get(part) or re.escape(part) for part in re.split(r"(\*\*/?|\*|\?)", glob))
    return re.compile("".join(parts) + r"\Z", re.DOTALL).match


_PARTS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
