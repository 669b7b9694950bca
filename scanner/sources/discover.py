"""Finds what there is to scan below the paths that a user names."""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from assay.scanner.sources.formats import recognise
from assay.scanner.sources.interface import Gap
from assay.scanner.sources.terraform.files import SUFFIXES, is_code

SKIPPED = ("node_modules", "__pycache__", "venv")
_WAY = "name code, a plan, a template, an asset export or a snapshot: README.md shows each"


class Found(msgspec.Struct):
    """Directories with Terraform files, single Terraform files that were named, files of other formats, and what could not be used."""

    directories: list[str]
    files: list[str]
    inputs: dict[str, list[str]]
    """Format to the files of it (sources/formats.py)."""
    named: set[str]
    """The paths that were given."""
    gaps: list[Gap]
    boundary: list[str]
    """What functions such as file() may read: the repositories, else the paths, that were named."""
    missing: int = 0

    def __len__(self) -> int:
        return len(self.directories) + len(self.files) + sum(map(len, self.inputs.values())) + len(self.gaps)


def discover(paths: Iterable[str]) -> Found:
    found = Found([], [], {}, set(paths := list(paths)), [], [])
    for path in paths:
        if os.path.isdir(path):
            found.boundary.append(repository(path) or path)
            before = len(found)
            _directory(path, found)
            if len(found) == before:
                found.gaps.append(Gap(show(path), "nothing_found", "nothing that can be scanned is below this directory", _WAY))
        elif os.path.isfile(path):
            found.boundary.append(repository(os.path.dirname(path) or ".") or os.path.dirname(path) or ".")
            _file(path, found)
        else:
            found.missing += 1
            found.gaps.append(Gap(path, "not_found", "no such file or directory", "correct the path"))
    found.directories = list(dict.fromkeys(found.directories))
    return found


def show(path: str) -> str:
    """A path as reports name it: relative to the working directory where it is below it, with `/`."""
    relative = os.path.relpath(path)
    return (os.path.abspath(path) if relative.startswith("..") else relative).replace(os.sep, "/")


def repository(path: str) -> str | None:
    """The top of the repository that a path is in."""
    at = os.path.realpath(path)
    while True:
        if os.path.exists(os.path.join(at, ".git")):
            return at
        parent = os.path.dirname(at)
        if parent == at:
            return None
        at = parent


def _directory(top: str, found: Found) -> None:
    real_top = os.path.realpath(top)
    for directory, names, files in os.walk(top):
        for name in names:
            path = os.path.join(directory, name)
            if os.path.islink(path) and not _inside(os.path.realpath(path), real_top):
                gap = Gap(
                    show(path), "link_not_followed", "a link out of the scanned directory", f"name {os.path.realpath(path)} to scan it"
                )
                found.gaps.append(gap)
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in SKIPPED)
        if any(is_code(name) for name in files):
            found.directories.append(os.path.normpath(directory))
        for name in sorted(files):
            path = os.path.join(directory, name)
            if not name.endswith(SUFFIXES) and os.path.isfile(path) and _inside(os.path.realpath(path), real_top):
                _enter(path, found)


def _inside(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def _enter(path: str, found: Found) -> bool:
    """Enter a file by its content; whether it is of a kind that can be scanned."""
    format_ = recognise(path)
    if format_ is not None:
        found.inputs.setdefault(format_.name, []).append(path)
    return format_ is not None


def _file(path: str, found: Found) -> None:
    if path.endswith(SUFFIXES):
        found.files.append(os.path.normpath(path))
    elif not _enter(path, found):
        if path.endswith(".json"):
            found.inputs.setdefault("plan", []).append(path)  # which says what is wrong with it
        else:
            found.gaps.append(Gap(show(path), "unsupported", "not a kind of file that can be scanned", _WAY))
