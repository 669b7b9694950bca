"""Finds what there is to scan below the paths that a user names."""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from assay.scanner.sources.formats import recognise
from assay.scanner.sources.interface import Gap
from assay.scanner.sources.overlay import DISK, Overlay, inside, repository
from assay.scanner.sources.terraform import terragrunt
from assay.scanner.sources.terraform.files import SUFFIXES, is_code
from assay.scanner.sources.terraform.variables import automatic

SKIPPED = ("node_modules", "__pycache__", "venv")
_VALUES = (".tfvars", ".tfvars.json")
_WAY = "name code, a plan, a template, an asset export or a snapshot: README.md shows each"


class Found(msgspec.Struct):
    """Directories with Terraform files, Terraform files named by themselves, files of other formats, and what could not be used."""

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


def discover(paths: Iterable[str], overlay: Overlay = DISK) -> Found:
    """What there is below some paths. What cannot be scanned is a gap."""
    found = Found([], [], {}, set(paths := list(paths)), [], [])
    for path in paths:
        if overlay.is_directory(path):
            found.boundary.append(repository(path, overlay) or path)
            before = len(found)
            _directory(path, found, overlay)
            if len(found) == before:
                found.gaps.append(Gap(show(path), "nothing_found", "nothing that can be scanned is below this directory", _WAY))
        elif overlay.is_file(path):
            directory = os.path.dirname(path) or "."
            found.boundary.append(repository(directory, overlay) or directory)
            _file(path, found, overlay)
        else:
            found.missing += 1
            found.gaps.append(Gap(path, "not_found", "no such file or directory", "correct the path"))
    found.directories = _once(found.directories)
    whole = set(map(os.path.abspath, found.directories))
    found.files = [path for path in _once(found.files) if os.path.abspath(os.path.dirname(path)) not in whole]
    found.inputs = {name: _once(paths) for name, paths in found.inputs.items()}
    return found


def _once(paths: Iterable[str]) -> list[str]:
    """Paths without those that another one spells as well."""
    spelled: dict[str, str] = {}
    for path in paths:
        spelled.setdefault(os.path.abspath(path), path)
    return list(spelled.values())


def show(path: str) -> str:
    """A path as reports name it: relative to the working directory where it is below it, with `/`."""
    relative = os.path.relpath(path)
    return (os.path.abspath(path) if relative.startswith("..") else relative).replace(os.sep, "/")


def _directory(top: str, found: Found, overlay: Overlay) -> None:
    real_top = overlay.real(top)
    units: list[str] = []
    for directory, names, files in overlay.walk(top):
        for name in names:
            path = os.path.join(directory, name)
            if overlay.is_link(path) and not inside(target := overlay.real(path), real_top):
                found.gaps.append(Gap(show(path), "link_not_followed", "a link out of the scanned directory", f"name {target} to scan it"))
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in SKIPPED)
        if any(is_code(name) for name in files):
            found.directories.append(os.path.normpath(directory))
        units += [os.path.join(directory, name) for name in terragrunt.FILES if name in files]
        for name in sorted(files):
            path = os.path.join(directory, name)
            if not name.endswith(SUFFIXES) and overlay.is_file(path) and inside(overlay.real(path), real_top):
                _enter(path, found, overlay)
    found.gaps += terragrunt.gaps(units, show)


def _enter(path: str, found: Found, overlay: Overlay) -> bool:
    """Enter a file by its content; whether it is of a kind that can be scanned."""
    format_ = recognise(path, overlay)
    if format_ is not None:
        found.inputs.setdefault(format_.name, []).append(path)
    return format_ is not None


def _file(path: str, found: Found, overlay: Overlay) -> None:
    if path.endswith(SUFFIXES):
        found.files.append(os.path.normpath(path))
    elif path.endswith(_VALUES):
        _values(path, found, overlay)
    elif not _enter(path, found, overlay):
        if path.endswith(".json"):
            found.inputs.setdefault("plan", []).append(path)  # which says what is wrong with it
        else:
            found.gaps.append(Gap(show(path), "unsupported", "not a kind of file that can be scanned", _WAY))


def _values(path: str, found: Found, overlay: Overlay) -> None:
    """Values of variables: of a whole root module where Terraform reads them unasked, as any verdict on it may hang on them."""
    directory = os.path.dirname(path) or "."
    if os.path.join(directory, os.path.basename(path)) in automatic(directory, overlay):
        found.directories.append(os.path.normpath(directory))
    else:
        way = "give it by --var-file, and name the root module that it is for"
        found.gaps.append(Gap(show(path), "unsupported", "values of variables, which no root module reads unasked", way))


__all__ = ["Found", "discover", "repository", "show"]
