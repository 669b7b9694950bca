"""Which commit of a git repository a scanned tree is of, and whether the tree is as that commit has it.

All of it is read from the files of the repository, without the `git` program, so that a scan starts none: HEAD, the file of a branch, the
packed ones (https://git-scm.com/docs/gitrepository-layout), what is staged and of which tree that is (git_store.py). Files are compared
with what is staged; that says how they differ from the commit where what is staged is the commit, and else it is not known.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.git_store import UnreadableRepository, staged, tree_of
from assay.scanner.sources.listing import Fate
from assay.scanner.sources.overlay import DISK, inside, repository
from assay.scanner.words import visible

_ID = lazy_re.pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MAX_FILE, _MAX_PACKED = 4096, 50_000_000
_MAX_LINKS = 5
MAX_TOTAL = 500_000_000
"""Bytes of the files that are compared with a commit."""


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """The commit that targets of a run are of."""

    targets: list[str]
    """Those that are in this repository, as they were named."""
    commit: str
    """The id of the commit that is checked out."""
    branch: str = ""
    """The branch that is checked out, as `main`; empty where none is."""
    changed: int | None = None
    """Files below the targets that the commit has otherwise; None where that is not known. Files that a rule leaves out do not count."""
    added: int | None = None
    """Files below the targets that the commit does not have."""
    removed: int | None = None
    """Files of the commit below the targets that are not there."""
    reason: str = ""
    """Why it is not known whether the tree is as the commit has it."""

    @property
    def clean(self) -> bool | None:
        """Whether what is below the targets is what the commit has there; None where that is not known."""
        if self.changed is None or self.added is None or self.removed is None:
            return None
        return not (self.changed or self.added or self.removed)


class CheckedOut(msgspec.Struct, frozen=True):
    """What is checked out."""

    commit: str
    branch: str


def revisions(targets: Iterable[str], files: Mapping[str, Fate]) -> list[Revision]:
    """The commits of the repositories that targets are in, in the order of the targets. `files`: what became of each file below them.

    A target that is in no repository, or in one without a commit, has none.
    """
    by_top: dict[str, list[str]] = {}
    for target in targets:
        top = repository(target) if "\0" not in target and os.path.exists(target) else None
        if top is not None:
            by_top.setdefault(top, []).append(target)
    checkouts = []
    for top, named in by_top.items():
        checked_out = head(top)
        if checked_out is not None:
            checkouts.append(_compared(top, named, checked_out, files))
    return checkouts


def head(top: str) -> CheckedOut | None:
    """What is checked out at the top of a repository; None where it has no commit, or keeps it in a way that is not read."""
    store = _store(top)
    told = _line(os.path.join(store, "HEAD"), store) if store else ""
    if store is None or _ID.fullmatch(told):
        return CheckedOut(told, "") if store else None
    name, shared = told, _shared(store)
    for _ in range(_MAX_LINKS):
        name = name.removeprefix("ref:").strip()
        if not _is_name(name):
            return None
        told = _line(os.path.join(store, name), store) or _line(os.path.join(shared, name), shared) or _packed(shared, name)
        if _ID.fullmatch(told):
            return CheckedOut(told, visible(name.removeprefix("refs/heads/")))
        name = told
    return None


def _store(top: str) -> str | None:
    """The directory of a repository: `.git`, or what that file of a worktree or a submodule names, where that says the same."""
    path = os.path.join(top, ".git")
    if os.path.isdir(path):
        return path
    marked, _, named = _line(path, top).partition(":")
    if marked != "gitdir" or not named.strip():
        return None
    store = os.path.realpath(os.path.join(top, named.strip()))
    back = _line(os.path.join(store, "gitdir"), store)
    if back:  # of a worktree
        return store if os.path.realpath(os.path.join(store, back)) == os.path.realpath(path) else None
    whole, modules, _ = store.partition(os.path.join(os.sep, ".git", "modules", ""))
    return store if modules and inside(os.path.realpath(top), whole) else None  # of a submodule


def _shared(store: str) -> str:
    """The directory that worktrees have in common: for one of them, that in whose `worktrees` it is."""
    common = _line(os.path.join(store, "commondir"), store)
    shared = os.path.realpath(os.path.join(store, common))
    return shared if common and os.path.dirname(os.path.realpath(store)) == os.path.join(shared, "worktrees") else store


def _is_name(name: str) -> bool:
    """Whether this may be the name of a reference: https://git-scm.com/docs/git-check-ref-format"""
    return name.startswith("refs/") and ".." not in name and name.isprintable() and "\\" not in name


def _line(path: str, top: str) -> str:
    """What a file says; empty where a link leads out of `top`, perhaps to a secret, and where it is no text."""
    try:
        text = os.fsdecode(DISK.read(path, _MAX_FILE)).strip() if inside(os.path.realpath(path), os.path.realpath(top)) else ""
    except (OSError, ValueError):
        return ""
    return "" if "\0" in text else text


def _packed(shared: str, name: str) -> str:
    """The id that a packed reference has; empty where it is none."""
    try:
        content = DISK.read(os.path.join(shared, "packed-refs"), _MAX_PACKED)
    except (OSError, ValueError):
        return ""
    wanted = os.fsencode(name)
    for line in content.splitlines():
        id_, _, of = line.partition(b" ")
        if of == wanted:
            return id_.decode("ascii", "replace")
    return ""


def _compared(top: str, named: list[str], checked_out: CheckedOut, files: Mapping[str, Fate]) -> Revision:
    made = Revision(targets=named, commit=checked_out.commit, branch=checked_out.branch)
    try:
        store = _store(top) or top
        index = staged(store, len(checked_out.commit))
        if index.tree != tree_of(_shared(store), checked_out.commit):
            raise UnreadableRepository("something is staged that is not committed, or was since the commit")
        real = os.path.realpath(top)
        changed, added = _differences(index.ids, files, real)
        below = [os.path.relpath(os.path.realpath(target), real).replace(os.sep, "/") for target in named]
        removed = sum(not os.path.lexists(os.path.join(real, path)) for path in _within(index.ids, below) if path not in index.absent)
    except (UnreadableRepository, OSError, ValueError) as error:
        return msgspec.structs.replace(made, reason=visible(getattr(error, "strerror", None) or str(error)))
    return msgspec.structs.replace(made, changed=changed, added=added, removed=removed)


def _within(paths: Iterable[str], below: Iterable[str]) -> Iterator[str]:
    """Those of the paths of a repository that are at or below some others."""
    named = set(below)
    starts = tuple(f"{path}/" for path in named)
    yield from (path for path in paths if "." in named or path in named or path.startswith(starts))


def _differences(known: Mapping[str, str], files: Mapping[str, Fate], top: str) -> tuple[int, int]:
    """How many files the commit has otherwise, and does not have. `known`: path below the top to the id of its content."""
    changed = added = total = 0
    for file, fate in files.items():
        path = os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))
        if fate.became == "excluded" or not inside(path, top):
            continue
        id_ = known.get(os.path.relpath(path, top).replace(os.sep, "/"))
        if id_ is None:
            added += 1
            continue
        size = os.lstat(path).st_size
        total += size
        if total > MAX_TOTAL:
            raise ValueError(f"there are more than {MAX_TOTAL:,} bytes to compare")
        changed += id_ not in _ids(path, size, len(id_) or 40)
    return changed, added


def _ids(path: str, size: int, digits: int) -> list[str]:
    """The ids that git may give the content of a file: as it is, and with the ends of its lines as git keeps them (core.autocrlf).

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    content = os.fsencode(os.readlink(path)) if os.path.islink(path) else DISK.read(path, size + 1)
    return [_id(variant, digits) for variant in dict.fromkeys((content, content.replace(b"\r\n", b"\n")))]


def _id(content: bytes, digits: int) -> str:
    header = b"blob %d\0" % len(content)
    return (hashlib.sha1(header + content, usedforsecurity=False) if digits == 40 else hashlib.sha256(header + content)).hexdigest()
