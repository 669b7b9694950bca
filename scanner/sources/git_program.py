"""The `git` program: which one, with what it is started, and what it says of repositories and revisions.

It is started without a shell. Only object ids and a checked revision reach it, never a name from the repository. Nothing that the
repository configures is run, and no server is asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess

from assay.scanner.errors import AssayError
from assay.scanner.sources.overlay import inside, repository

SAFE = ("--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.bareRepository=explicit")
"""The last: a directory of a tree that looks like a bare repository is none (safe.bareRepository in https://git-scm.com/docs/git-config)."""


class GitError(AssayError):
    """What git says where a revision cannot be read."""


def environment(keep: tuple[str, ...] = ()) -> dict[str, str]:
    """Ours without what leads git to another repository, and without a way to a server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in keep}
    return kept | {
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def merge_base(directory: str, revision: str) -> str:
    """The id of the commit at which the checked-out branch and a revision parted; that of the revision where they have nothing in common.

    Raises GitError.
    """
    top = top_of(directory)
    commit = commit_of(top, revision)
    try:
        return git(top, "merge-base", commit, "HEAD").decode("ascii", "replace").strip() or commit
    except GitError:
        return commit


def commit_of(top: str, revision: str) -> str:
    """The id of the commit that git calls so. Raises GitError."""
    way = "a shallow clone may lack it: git fetch --unshallow, or fetch-depth: 0 of actions/checkout"
    unknown = GitError(f"there is no revision {revision} in {top}; {way}")
    if revision.startswith("-"):
        raise unknown
    try:
        id_ = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode("ascii", "replace").strip()
    except GitError:
        raise unknown from None
    if not id_ or not set(id_) <= set("0123456789abcdef"):
        raise unknown
    return id_


def top_of(directory: str) -> str:
    """The top of the repository that a directory is in: where `.git` is, which no commit can hold.

    git itself would begin with any directory that has the files of a repository (HEAD, objects, refs), and those a commit can hold: the
    author of a change would choose what it is compared with, and the configuration of git.
    """
    repository_path = repository(directory)
    if repository_path is None:
        raise GitError(f"{directory} is in no git repository: there is no .git in it or above it")
    top = os.fsdecode(git(repository_path, "rev-parse", "--show-toplevel").removesuffix(b"\n"))
    if not inside(os.path.realpath(directory), os.path.realpath(top)):
        raise GitError(
            f"{repository_path}: the .git there is of another working tree, {top}; scan that, or set core.worktree of this one right"
        )
    return top


def program() -> str:
    """git, from an absolute entry of PATH: others could lead into what is scanned."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    git_path = shutil.which("git", path=os.pathsep.join(entry for entry in entries if os.path.isabs(entry)))
    if git_path is None:
        raise GitError("there is no git on the PATH: install it, or scan a checkout")
    return git_path


def git(top: str, *arguments: str, keep: tuple[str, ...] = ()) -> bytes:
    """What git writes. Raises GitError."""
    command = [program(), "-C", top, *SAFE, *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell; the one argument from outside is a revision after --end-of-options
            command, check=True, capture_output=True, stdin=subprocess.DEVNULL, env=environment(keep)
        ).stdout
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.decode("utf-8", "replace").split())
        raise GitError(f"git {arguments[0]} in {top}: {said or 'it found nothing'}") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        raise GitError(f"git {arguments[0]} in {top}: {error}") from None
