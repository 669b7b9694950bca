"""Finds what there is to scan below the paths that a user names."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable
from typing import Any

import msgspec

from scanner.sources.interface import Gap
from scanner.sources.terraform.files import SUFFIXES, is_code

SKIPPED = ("node_modules", "__pycache__", "venv")
_PEEK = 512
_PLAN_KEYS = (b'"format_version"', b'"terraform_version"', b'"planned_values"')
MAX_PLAN_BYTES = 500_000_000


class Found(msgspec.Struct):
    """Directories with Terraform files, single files that were named, plans, and what could not be used."""

    directories: list[str]
    files: list[str]
    plans: list[tuple[str, dict[str, Any]]]
    gaps: list[Gap]
    boundary: list[str]
    """What functions such as file() may read: the repositories, else the paths, that were named."""
    missing: int = 0


def discover(paths: Iterable[str]) -> Found:
    found = Found([], [], [], [], [])
    for path in paths:
        if os.path.isdir(path):
            found.boundary.append(repository(path) or path)
            before = len(found.directories) + len(found.plans) + len(found.gaps)
            _directory(path, found)
            if len(found.directories) + len(found.plans) + len(found.gaps) == before:
                way = "name a directory with .tf files or the output of terraform show -json"
                found.gaps.append(Gap(show(path), "nothing_found", "no Terraform code and no plan below this directory", way))
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
            if (
                not name.endswith(SUFFIXES)
                and os.path.isfile(path)
                and _inside(os.path.realpath(path), real_top)
                and _looks_like_plan(path)
            ):
                _plan(path, found)


def _inside(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def _looks_like_plan(path: str) -> bool:
    """Whether a file of any name is a JSON object with the keys of a plan somewhere; only then it is decoded."""
    try:
        with open(path, "rb") as opened:
            if not opened.read(_PEEK).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
                return False
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return all(content.find(key) >= 0 for key in _PLAN_KEYS)
    except (OSError, ValueError):
        return False


def _file(path: str, found: Found) -> None:
    if path.endswith(SUFFIXES):
        found.files.append(os.path.normpath(path))
    elif path.endswith(".json") or _looks_like_plan(path):
        _plan(path, found, named=True)
    else:
        way = "name a .tf file, a directory, or the output of terraform show -json"
        found.gaps.append(Gap(show(path), "unsupported", "not a kind of file that can be scanned", way))


def _plan(path: str, found: Found, named: bool = False) -> None:
    from scanner.sources.terraform.plan import is_plan

    try:
        if os.path.getsize(path) > MAX_PLAN_BYTES:
            found.gaps.append(Gap(show(path), "parse_error", f"larger than {MAX_PLAN_BYTES // 1_000_000} MB", "split the configuration"))
            return
        with open(path, "rb") as opened:
            content = msgspec.json.decode(opened.read())
    except (OSError, ValueError, RecursionError) as error:
        found.gaps.append(Gap(show(path), "parse_error", f"not JSON: {error}", "write it with terraform show -json"))
        return
    if is_plan(content):
        found.plans.append((show(path), content))
    elif named:
        found.gaps.append(Gap(show(path), "unsupported", "JSON, but no Terraform plan", "write the plan with terraform show -json"))
