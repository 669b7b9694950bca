"""What a commit or the index of a git repository holds, with what stands in its submodules."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from assay.scanner.sources.git_program import GitError, git

SUBMODULE = 0o160000
"""The mode of what names the commit of a submodule."""
_MAX_DEPTH = 5
"""Of submodules in submodules."""
Entries = dict[str, tuple[int, str]]
"""Path below the top of a repository, with `/`, to mode and object id."""


def tree(top: str, commit: str) -> Entries:
    """The files of a commit, by its id. Raises GitError."""
    tree = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{tree}}").decode("ascii", "replace").strip()
    entries: Entries = {}
    for line in git(top, "ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
        information, _, path = line.partition(b"\t")  # <mode> <type> <object>
        if path:
            mode, _, object_id = information.decode("ascii").split(" ")
            entries[os.fsdecode(path)] = (int(mode, 8), object_id)
    return entries


def staged(top: str, keep: tuple[str, ...] = ()) -> Entries:
    """The files of the index. Raises GitError."""
    entries: Entries = {}
    for line in git(top, "ls-files", "-s", "-z", "--full-name", keep=keep).split(b"\0"):
        information, _, path = line.partition(b"\t")  # <mode> <object> <stage>
        if path:
            mode, object_id, _ = information.decode("ascii").split(" ")
            entries[os.fsdecode(path)] = (int(mode, 8), object_id)
    return entries


def take_submodules(top: str, entries: Entries, read: Callable[[str, str], Entries], depth: int = _MAX_DEPTH) -> list[str]:
    """Put the files of submodules that are checked out in the place of what names their commits, and give where their objects are.

    `read`: what there is at the top of a submodule, by the commit. One that is not there, or lacks the commit, has no files.
    """
    stores: list[str] = []
    for path, (mode, commit) in list(entries.items()):
        nested = os.path.join(top, *path.split("/"))
        if mode != SUBMODULE or not depth or not _is_checked_out(nested, top, path):
            continue
        try:
            inner = read(nested, commit)
            objects = os.fsdecode(git(nested, "rev-parse", "--git-path", "objects").removesuffix(b"\n"))
        except GitError:
            continue
        stores += [os.path.join(nested, objects), *take_submodules(nested, inner, read, depth - 1)]
        del entries[path]
        entries |= {f"{path}/{name}": entry for name, entry in inner.items()}
    return stores


def _is_checked_out(nested: str, top: str, path: str) -> bool:
    """Whether a submodule stands where the repository has it, and not behind a link."""
    if os.path.realpath(nested) != os.path.join(os.path.realpath(top), *path.split("/")):
        return False
    return os.path.lexists(os.path.join(nested, ".git"))


def alternates(stores: Sequence[str]) -> dict[str, str]:
    """What lets git read the objects of other repositories too.
    https://git-scm.com/docs/git#Documentation/git.txt-GITALTERNATEOBJECTDIRECTORIES"""
    quoted = ('"' + store.replace("\\", "\\\\").replace('"', '\\"') + '"' for store in stores)
    return {"GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(quoted)} if stores else {}
