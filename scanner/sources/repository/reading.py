"""What readers of files of a repository share: the tree that they are in, and what they make of a file."""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.interface import Item
from assay.scanner.sources.lines import Lines
from assay.scanner.sources.listing import Became
from assay.scanner.sources.overlay import Boundary, Overlay, repository
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.templates.syntax import decode

MAX_BYTES = 2_000_000
"""Of one file that tells how something is built or released."""


class ReadFile(msgspec.Struct):
    """What a file holds. `file`: as reports name it."""

    file: str
    items: list[Item] = []
    gaps: list[Gap] = []
    became: Became = "judged"
    why: str = ""
    sensitive: Sensitive | None = None


class RepositoryFiles:
    """The files that a run was given, and those around them that they refer to, within the repositories that they are in."""

    def __init__(self, paths: Iterable[str], overlay: Overlay) -> None:
        self.paths, self.overlay = frozenset(paths), overlay
        self.budget = Budget()
        """Of the file that is read, with those that it refers to."""
        self._tops: dict[str, str] = {}
        self.called: dict[str, frozenset[str]] = {}
        """By folder of workflows, the files in it that others of it run."""

    def text(self, path: str, file: str) -> tuple[str, Lines]:
        """The text of a file, and its lines. Raises OSError, Malformed, OverBudget."""
        source = self.overlay.read(path, MAX_BYTES + 1)
        self.budget.made(len(source))
        return decode(source, file, MAX_BYTES)

    def top(self, path: str) -> str:
        """The top of the repository that a file is in; without one, its home."""
        directory = os.path.dirname(path) or "."
        if directory not in self._tops:
            self._tops[directory] = repository(directory, self.overlay) or self.home(path)
        return self._tops[directory]

    def home(self, path: str) -> str:
        """The directory that a file speaks of: its own, of a workflow the one that `.github` is in."""
        parts = self.overlay.real(os.path.dirname(path) or ".").split(os.sep)
        return os.sep.join(parts[: parts.index(".github")] if ".github" in parts else parts) or os.sep

    def beside(self, path: str, name: str) -> str | None:
        """The file that a path names relative to the directory of another; None where none is there, or it is out of the repository."""
        return self._inside(os.path.join(os.path.dirname(path), name), path)

    def from_top(self, path: str, name: str) -> str | None:
        """The file that a path names relative to the home of another, else to the top of its repository."""
        tops = dict.fromkeys((self.home(path), self.top(path)))
        candidates = (self._inside(os.path.join(top, name.lstrip("/")), path) for top in tops)
        return next((target for target in candidates if target is not None), None)

    def holds(self, path: str, target: str) -> bool:
        """Whether a path is within the repository of a file."""
        return Boundary([self.top(path)], self.overlay).holds(target)

    def _inside(self, target: str, path: str) -> str | None:
        if "\0" in target or not self.overlay.is_file(target):
            return None
        return os.path.normpath(target) if self.holds(path, target) else None
