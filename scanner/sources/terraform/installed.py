"""Modules that `terraform init` fetched, by its manifest `.terraform/modules/modules.json`.

A manifest may be committed with the code. Its record of a call counts as for Terraform, which fetches the module anew where the source or
the version is not that of the call, and otherwise takes what is in the directory of the record (`moduleInstallWalker` in
https://github.com/hashicorp/terraform/blob/main/internal/initwd/module_install.go). Terraform writes no record that leads elsewhere than
below `.terraform/modules`, or for a local module than to where its source leads: one that does is not followed.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.terraform.files import FileError, read_bytes

_FOLDER = os.path.join(".terraform", "modules")


class InstalledModule(msgspec.Struct, frozen=True):
    """One module of the manifest: what was fetched, and where to."""

    source: str
    version: str
    directory: str
    """A path that joins that of the root module."""


def manifest(root: str) -> str:
    """The path of the manifest of a root module."""
    return os.path.join(root, _FOLDER, "modules.json")


def records(root: str, overlay: Overlay) -> dict[str, InstalledModule]:
    """The dotted path of each module call to its record; none where there is no manifest, or one that cannot be read."""
    try:
        listed: Any = json.loads(read_bytes(manifest(root), overlay)).get("Modules", [])
        return {entry["Key"]: _record(entry, root) for entry in listed if entry.get("Key")}
    except (FileError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _record(entry: dict[str, Any], root: str) -> InstalledModule:
    return InstalledModule(
        str(entry.get("Source") or ""), str(entry.get("Version") or ""), os.path.normpath(os.path.join(root, entry["Dir"]))
    )


def fault(record: InstalledModule, root: str, source: str, version: str | None) -> str:
    """What speaks against taking the directory of a record for the module of a call; empty where nothing does."""
    if canonical(source) != canonical(record.source) and f"{_host(record.source)}{source}" != record.source:
        return f"is recorded with the source {record.source}" if record.source else "is recorded without its source"
    if version is not None and record.version and not allows(version, record.version):
        return f"is recorded in version {record.version}, which its call does not allow"
    folder = os.path.normpath(os.path.join(root, _FOLDER)) + os.sep
    return "" if record.directory.startswith(folder) else f"is recorded in {record.directory}, where terraform init puts no module"


def _host(recorded: str) -> str:
    """The registry that a source without a host is recorded with: https://developer.hashicorp.com/terraform/language/modules/sources"""
    return next((host for host in ("registry.terraform.io/", "registry.opentofu.org/") if recorded.startswith(host)), "")


_FORCED = lazy_re.pattern(r"^([a-z0-9]+)::")
_SHORT = lazy_re.pattern(r"^([\w.-]+@[\w.-]+):(?!//)(.*)$")
_HUB = lazy_re.pattern(r"^(?:https://)?((?:github\.com|bitbucket\.org|gitlab\.com)/[^/]+/[^/?]+?)(?:\.git)?((?://|/|\?).*)?$")


def canonical(source: str) -> str:
    """One spelling for the addresses of the same code: those that go-getter makes of the short ones
    (https://github.com/hashicorp/go-getter/blob/main/README.md, "Detectors").
    """
    forced = _FORCED.match(source)
    getter, rest = (forced[1], source[forced.end() :]) if forced else ("", source)
    if short := _SHORT.match(rest):
        getter, rest = "git", f"ssh://{short[1]}/{short[2]}"
    elif (hub := _HUB.match(rest)) and (getter == "git" or not rest.startswith("https://")):
        getter, rest = "git", f"https://{hub[1]}.git{_folder(hub[2] or '')}"
    elif rest.startswith("/"):
        rest = f"file://{rest}"
    path, mark, query = rest.partition("?")
    scheme, colon, path = path.partition("://") if "://" in path else ("", "", path)
    package, folder, inner = path.partition("//")
    inner = posixpath.normpath(inner) if inner else ""
    return f"{getter}::{scheme}{colon}{package}{folder if inner else ''}{inner}{mark}{query}"


def _folder(rest: str) -> str:
    """`/folder` after a repository as `//folder`."""
    return f"/{rest}" if rest.startswith("/") and not rest.startswith("//") else rest


_CONSTRAINT = lazy_re.pattern(r"\s*(=|!=|>=|<=|>|<|~>|)\s*v?(\d+(?:\.\d+){0,3})(-[\w.-]+)?(?:\+[\w.-]+)?\s*")


def allows(constraints: str, version: str) -> bool:
    """Whether a version satisfies all of some constraints: https://developer.hashicorp.com/terraform/language/expressions/version-constraints

    What is no constraint, and what is no version, allows nothing.
    """
    own = _CONSTRAINT.fullmatch(version)
    return own is not None and all(_satisfies(_number(own), _CONSTRAINT.fullmatch(part)) for part in constraints.split(","))


def _number(match: re.Match[str]) -> tuple[tuple[int, ...], bool, str]:
    numbers = tuple(int(part) for part in match[2].split("."))
    return (*numbers, 0, 0, 0)[:4], not match[3], match[3] or ""  # a release comes after what leads to it


def _satisfies(version: tuple[tuple[int, ...], bool, str], constraint: re.Match[str] | None) -> bool:
    if constraint is None:
        return False
    bound, operator = _number(constraint), constraint[1]
    if operator == "~>":
        fixed = max(constraint[2].count("."), 1)
        return version >= bound and version[0][:fixed] == bound[0][:fixed]
    return {
        "": version == bound, "=": version == bound, "!=": version != bound,
        ">": version > bound, ">=": version >= bound, "<": version < bound, "<=": version <= bound,
    }[operator]  # fmt: skip
