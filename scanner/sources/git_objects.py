"""The files of a commit, or of the index, of a git repository as an overlay: an earlier state is read without checking it out.

The objects are read by the `git` program, without a shell. Only object ids and a checked revision reach it, never a name from the
repository. It is started so that nothing that the repository configures is run, and so that it asks no server: what a partial clone lacks
cannot be read. https://git-scm.com/docs/git-cat-file#_batch_output
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import weakref
from collections.abc import Mapping
from typing import IO, Any

from assay.scanner.errors import AssayError
from assay.scanner.override import override
from assay.scanner.sources.overlay import Overlay, inside, repository

_LINK, _SUBMODULE = 0o120000, 0o160000
_MAX_LINKS = 40
_MAX_TARGET = 4096
_SAFE = ("--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.bareRepository=explicit")
"""The last: a directory of a tree that looks like a bare repository is none (safe.bareRepository in https://git-scm.com/docs/git-config)."""


class GitError(AssayError):
    """What git says where a revision cannot be read."""


class GitObjects(Overlay):
    """The files of one state of a repository, at the paths where a checkout would have them.

    `close` ends the git process; so does the end of the object. Files outside of the repository are not there.
    """

    def __init__(self, top: str, entries: Mapping[str, tuple[int, str]], commit_id: str = "") -> None:
        """`entries`: path below `top`, with `/`, to mode and object id. See `commit` and `index`."""
        self.commit_id = commit_id
        """Of a commit; empty for the index."""
        self.top = os.path.abspath(top)
        self._real_top = os.path.realpath(top)
        self._entries: dict[str, tuple[int, str]] = {}
        self._names: dict[str, set[str]] = {"": set()}
        self._links = False
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._end: Any = None
        for path, (mode, object_id) in entries.items():
            if not all(part not in ("", ".", "..") for part in path.split("/")):
                continue  # no checkout has such a file
            self._links |= mode == _LINK
            if mode == _SUBMODULE:
                self._names.setdefault(path, set())
            else:
                self._entries[path] = (mode, object_id)
            self._lead_to(path)

    def _lead_to(self, path: str) -> None:
        """Enter the directories that a path goes through."""
        while path:
            parent, _, name = path.rpartition("/")
            names = self._names.setdefault(parent, set())
            if name in names:
                return
            names.add(name)
            path = parent

    @classmethod
    def commit(cls, directory: str, revision: str) -> GitObjects:
        """The files of a commit of the repository that a directory is in; `revision` is what git calls one. Raises GitError."""
        top = _top(directory)
        commit = _commit(top, revision)
        tree = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{tree}}").decode("ascii", "replace").strip()
        entries = {}
        for line in _git(top, "ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
            information, _, path = line.partition(b"\t")  # <mode> <type> <object>
            if path:
                mode, _, object_id = information.decode("ascii").split(" ")
                entries[os.fsdecode(path)] = (int(mode, 8), object_id)
        return cls(top, entries, commit)

    @classmethod
    def index(cls, directory: str) -> GitObjects:
        """The files of the index, what the next commit will hold, of the repository that a directory is in. Raises GitError."""
        top, entries = _top(directory), {}
        for line in _git(top, "ls-files", "-s", "-z", "--full-name", keep=("GIT_INDEX_FILE",)).split(b"\0"):
            information, _, path = line.partition(b"\t")  # <mode> <object> <stage>
            if path:
                mode, object_id, _ = information.decode("ascii").split(" ")
                entries[os.fsdecode(path)] = (int(mode, 8), object_id)
        return cls(top, entries)

    def ids(self) -> dict[str, str]:
        """Path of each file, with links followed up to it, to the id of its object."""
        return {self._outer(path): object_id for path, (_, object_id) in self._entries.items()}

    def close(self) -> None:
        """End the process of git; what is read after that starts another."""
        if self._end is not None:
            self._end()
        self._process = self._end = None

    @override
    def read(self, path: str, limit: int) -> bytes:
        inner = self._inner(self.real(path))
        if inner is not None and inner in self._names:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if inner is None or inner not in self._entries:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self._object(self._entries[inner][1], limit)

    @override
    def names(self, directory: str) -> list[str]:
        inner = self._inner(self.real(directory))
        if inner is None or inner not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), directory)
        return list(self._names[inner])

    @override
    def is_file(self, path: str) -> bool:
        inner = self._inner(self.real(path))
        return inner in self._entries and self._entries[inner][0] != _LINK

    @override
    def is_directory(self, path: str) -> bool:
        return self._inner(self.real(path)) in self._names

    @override
    def is_link(self, path: str) -> bool:
        inner = self._inner(os.path.join(self.real(os.path.dirname(path) or "."), os.path.basename(path)))
        return inner in self._entries and self._entries[inner][0] == _LINK

    @override
    def is_repository(self, directory: str) -> bool:
        return self._inner(os.path.abspath(directory)) == ""

    @override
    def real(self, path: str) -> str:
        """Links of the state are followed within it; what lies outside of the repository is followed on the disk."""
        inner = self._inner(os.path.abspath(path))
        if inner is None:  # a link may lead here, of a directory above the repository
            real = os.path.realpath(path)
            inner = self._inner(real)
            if inner is None:
                return real
        return self._followed(inner) if self._links else self._outer(inner)

    def _outer(self, inner: str) -> str:
        return os.path.join(self._real_top, *inner.split("/")) if inner else self._real_top

    def _inner(self, path: str) -> str | None:
        """A path below the top, as git writes it; None for one that is elsewhere."""
        for top in (self._real_top, self.top):
            if inside(path, top):
                return path[len(top) :].strip(os.sep).replace(os.sep, "/")
        return None

    def _followed(self, inner: str) -> str:
        """A path with the links on its way followed, as far as they stay in the repository."""
        waiting, done, links = list(reversed(inner.split("/"))), list[str](), 0
        while waiting:
            name = waiting.pop()
            if name in ("", "."):
                continue
            if name == "..":
                if not done:
                    return os.path.normpath(os.path.join(self._real_top, "..", *reversed(waiting)))
                done.pop()
                continue
            entry = self._entries.get("/".join([*done, name]))
            if entry is None or entry[0] != _LINK or links >= _MAX_LINKS:
                done.append(name)
                continue
            links += 1
            target = os.fsdecode(self._object(entry[1], _MAX_TARGET))
            if os.path.isabs(target):
                below = self._inner(os.path.normpath(target))
                if below is None:
                    return os.path.normpath(os.path.join(target, *reversed(waiting)))
                done, target = [], below
            waiting += reversed(target.split("/"))
        return self._outer("/".join(done))

    def _object(self, object_id: str, limit: int) -> bytes:
        """The first `limit` bytes of an object. Raises OSError."""
        process = self._running()
        sent, received = process.stdin, process.stdout
        assert sent is not None and received is not None
        sent.write(object_id.encode("ascii") + b"\n")
        sent.flush()
        header = received.readline().split()  # <object> blob <size>
        if len(header) != 3 or header[1] != b"blob":
            raise OSError(errno.EIO, f"git cannot read the object {object_id}")
        size = int(header[2])
        content = received.read(min(size, limit))
        if size > limit:
            self.close()  # rather than read all of it
        else:
            received.read(1)
        if len(content) != min(size, limit):
            self.close()
            raise OSError(errno.EIO, f"git cannot read the object {object_id}")
        return content

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner != os.getpid():
            self._process = self._end = None  # of the process that this one was forked from, which may be asking it, too
        if self._process is None:
            self._owner = os.getpid()
            command = [_program(), "-C", self.top, *_SAFE, "cat-file", "--batch"]
            self._process = subprocess.Popen(  # noqa: S603 - no shell, and no name of the repository's
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
            )
            self._end = weakref.finalize(self, _ended, self._process)
        return self._process


def _ended(process: subprocess.Popen[bytes]) -> None:
    streams: list[IO[bytes] | None] = [process.stdin, process.stdout]
    process.kill()
    for stream in streams:
        if stream is not None:
            stream.close()
    process.wait()


def _environment(keep: tuple[str, ...] = ()) -> dict[str, str]:
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
    top = _top(directory)
    commit = _commit(top, revision)
    try:
        return _git(top, "merge-base", commit, "HEAD").decode("ascii", "replace").strip() or commit
    except GitError:
        return commit


def _commit(top: str, revision: str) -> str:
    """The id of the commit that git calls so. Raises GitError."""
    way = "a shallow clone may lack it: git fetch --unshallow, or fetch-depth: 0 of actions/checkout"
    unknown = GitError(f"there is no revision {revision} in {top}; {way}")
    if revision.startswith("-"):
        raise unknown
    try:
        id_ = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode("ascii", "replace").strip()
    except GitError:
        raise unknown from None
    if not id_ or not set(id_) <= set("0123456789abcdef"):
        raise unknown
    return id_


def _top(directory: str) -> str:
    """The top of the repository that a directory is in: where `.git` is, which no commit can hold.

    git itself would begin with any directory that has the files of a repository (HEAD, objects, refs), and those a commit can hold: the
    author of a change would choose what it is compared with, and the configuration of git.
    """
    repository_path = repository(directory)
    if repository_path is None:
        raise GitError(f"{directory} is in no git repository: there is no .git in it or above it")
    top = os.fsdecode(_git(repository_path, "rev-parse", "--show-toplevel").removesuffix(b"\n"))
    if not inside(os.path.realpath(directory), os.path.realpath(top)):
        raise GitError(
            f"{repository_path}: the .git there is of another working tree, {top}; scan that, or set core.worktree of this one right"
        )
    return top


def _program() -> str:
    """git, from an absolute entry of PATH: others could lead into what is scanned."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    program = shutil.which("git", path=os.pathsep.join(entry for entry in entries if os.path.isabs(entry)))
    if program is None:
        raise GitError("there is no git on the PATH: install it, or scan a checkout")
    return program


def _git(top: str, *arguments: str, keep: tuple[str, ...] = ()) -> bytes:
    """What git writes. Raises GitError."""
    command = [_program(), "-C", top, *_SAFE, *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell; the one argument from outside is a revision after --end-of-options
            command, check=True, capture_output=True, stdin=subprocess.DEVNULL, env=_environment(keep)
        ).stdout
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()
        raise GitError(f"git {arguments[0]} in {top}: {said or 'it found nothing'}") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        raise GitError(f"git {arguments[0]} in {top}: {error}") from None
