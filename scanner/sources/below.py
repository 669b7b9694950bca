"""Walks a directory: each directory below it once, with the files to look at and what is left out, and why.

Nothing is left out in silence. Links are followed where what they lead to is inside and would not be met otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import msgspec

from assay.scanner.globs import PathRule, excluded_by
from assay.scanner.sources import formats
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.listing import Fate, excluded
from assay.scanner.sources.overlay import Listed, Overlay, inside
from assay.scanner.sources.paths import show
from assay.scanner.sources.terraform.files import is_code

_SPECIAL = Fate("other", "a pipe, a socket or a device, which is never opened")
_NOTHING = Fate("other", "a link to nothing")
_ELSEWHERE = Fate("other", "a link to a directory that is scanned where it is")
_OUTSIDE = Fate("other", "a link out of the scanned directory, and its name is of no format that is read")
_OUT = "a link out of the scanned directory"


class WalkedDirectory(msgspec.Struct):
    """One directory."""

    directory: str
    files: list[str]
    """The names of files to look at, in order: regular ones, and links to such inside of the boundary."""
    settled: list[tuple[str, Fate]]
    """Names of the others, with what becomes of them."""
    prefix: str = ""

    def show(self, name: str) -> str:
        """The path of a file in it, as reports name it."""
        return self.prefix + name


class Below:
    """The directories below one, itself included. `boundary`: the directory in which links to files may lead anywhere."""

    def __init__(self, top: str, boundary: str, overlay: Overlay, rules: Iterable[PathRule] = ()) -> None:
        """`rules`: what a configuration leaves out, unless it is the top itself that was named."""
        self._rules = [rule for rule in rules if not rule.covers(top)]
        self.gaps: list[Gap] = []
        self._top, self._overlay = top, overlay
        self._real_top, self._real_boundary = overlay.real(top), overlay.real(boundary)
        self._followed: set[str] = set()
        """What links led to, with all that is below, of directories that are left out where they are."""

    def __iter__(self) -> Iterator[WalkedDirectory]:
        waiting = [(self._top, False)]
        while waiting:
            directory, linked = waiting.pop()
            shown = show(directory)
            place = WalkedDirectory(directory, [], [], "" if shown == "." else shown.rstrip("/") + "/")
            try:
                listed = self._overlay.listed(directory)
            except OSError as error:
                self._unreadable(shown, error, place)
                yield place
                continue
            inner = self._enter(place, listed, linked)
            yield place
            waiting += [(os.path.join(directory, name), by_link) for name, by_link in sorted(inner, reverse=True)]

    def _enter(self, place: WalkedDirectory, listed: Listed, linked: bool) -> list[tuple[str, bool]]:
        """Enter what a directory holds; gives the directories to go into, and whether a link led there."""
        inner: list[tuple[str, bool]] = []
        for name in listed.directories:
            if rule := excluded(name) or self.left_out(os.path.join(place.directory, name)):
                place.settled.append((f"{name}/", Fate("excluded", rule)))
            elif not linked or self._first(os.path.join(place.directory, name), place, name):
                inner.append((name, linked))
        place.files += listed.files
        for name in listed.links:
            if self._link(place, name):
                inner.append((name, True))
        for name in listed.special:
            if is_code(name):
                place.files.append(name)  # Terraform would read it: its reader says that it cannot be
            else:
                self._special(place, name)
        place.files.sort()
        return inner

    def left_out(self, path: str) -> str | None:
        """The rule of a configuration by which a path is left out."""
        return excluded_by(self._rules, path)

    def _link(self, place: WalkedDirectory, name: str) -> bool:
        """Enter a link; whether it is a directory to go into."""
        path = os.path.join(place.directory, name)
        target = self._overlay.real(path)
        if self._overlay.is_directory(path):
            return self._link_to_directory(place, name, path, target)
        if is_code(name):
            place.files.append(name)  # its reader keeps the boundary
        elif not inside(target, self._real_boundary):
            self._file_outside(place, name, target)
        elif self._overlay.is_file(path):
            place.files.append(name)
        elif os.path.exists(path):
            self._special(place, name)
        else:
            place.settled.append((name, _NOTHING))
        return False

    def _special(self, place: WalkedDirectory, name: str) -> None:
        """Enter what is no regular file: a gap where a tool would read it for what it is called."""
        if not formats.named(name):
            place.settled.append((name, _SPECIAL))
            return
        place.settled.append((name, Fate("unread", _SPECIAL.why)))
        self.gaps.append(Gap(place.show(name), "parse_error", _SPECIAL.why, "put a regular file in its place"))

    def _link_to_directory(self, place: WalkedDirectory, name: str, path: str, target: str) -> bool:
        if rule := excluded(name) or self.left_out(path):
            place.settled.append((name, Fate("excluded", rule)))
        elif not inside(target, self._real_top):
            place.settled.append((name, Fate("unread", _OUT)))
            self.gaps.append(Gap(place.show(name), "link_not_followed", _OUT, f"name {target} to scan it"))
        elif not self._left_out_there(target):
            place.settled.append((name, _ELSEWHERE))
        else:  # what is left out where it is, and has a name here by which it is applied
            return self._first(path, place, name)
        return False

    def _left_out_there(self, target: str) -> bool:
        """Whether what a link leads to is left out where it is, by its real path."""
        below = target[len(self._real_top) :].strip(os.sep)
        return any(map(excluded, filter(None, below.split(os.sep)))) or self.left_out(os.path.join(self._top, below)) is not None

    def _first(self, path: str, place: WalkedDirectory, name: str) -> bool:
        """Whether no link led to a directory before."""
        real = self._overlay.real(path)
        if real in self._followed:
            place.settled.append((name, _ELSEWHERE))
            return False
        self._followed.add(real)
        return True

    def _file_outside(self, place: WalkedDirectory, name: str, target: str) -> None:
        if formats.expected(name):
            place.settled.append((name, Fate("unread", _OUT)))
            self.gaps.append(Gap(place.show(name), "link_not_followed", _OUT, f"name {target} to scan it"))
        else:
            place.settled.append((name, _OUTSIDE))

    def _unreadable(self, shown: str, error: OSError, place: WalkedDirectory) -> None:
        reason = f"the directory cannot be read ({error.strerror or error})"
        place.settled.append(("", Fate("unread", reason)))
        self.gaps.append(Gap(shown, "parse_error", reason, "make it readable, or scan what does not hold it"))
