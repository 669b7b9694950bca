"""The files of a commit, or of the index, of a git repository as an overlay: an earlier state is read without checking it out.

The objects are read by the `git` program, without a shell. Only object ids and a checked revision reach it, never a name from the
repository. It is started so that nothing that the repository configures is run, and so that it asks no server: what a partial clone lacks
cannot be read. https://git-scm.com/docs/git-cat-file#_batch_output
"""

from __future__ import annotations

import errno
import os
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from typing import IO, Any

from assay.scanner.override import override
from assay.scanner.sources.git_program import SAFE, GitError, commit_of, environment, merge_base, program, top_of
from assay.scanner.sources.git_trees import SUBMODULE, alternates, staged, take_submodules, tree
from assay.scanner.sources.overlay import Overlay, inside

__all__ = ["GitError", "GitObjects", "merge_base"]

_LINK = 0o120000
_MAX_LINKS = 40
_MAX_TARGET = 4096


class GitObjects(Overlay):
    """The files of one state of a repository, at the paths where a checkout would have them.

    `close` ends the git process; so does the end of the object. Files outside of the repository are not there.
    """

    def __init__(self, top: str, entries: Mapping[str, tuple[int, str]], commit_id: str = "", stores: Sequence[str] = ()) -> None:
        """`entries`: path below `top`, with `/`, to mode and object id. `stores`: where objects of submodules are. See `commit` and
        `index`."""
        self._stores = stores
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
            if mode == SUBMODULE:
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
        top = top_of(directory)
        commit = commit_of(top, revision)
        entries = tree(top, commit)
        stores = take_submodules(top, entries, tree)
        return cls(top, entries, commit, stores)

    @classmethod
    def index(cls, directory: str) -> GitObjects:
        """The files of the index, what the next commit will hold, of the repository that a directory is in. Raises GitError."""
        top = top_of(directory)
        entries = staged(top, keep=("GIT_INDEX_FILE",))
        stores = take_submodules(top, entries, lambda nested, _: staged(nested))
        return cls(top, entries, stores=stores)

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
            command = [program(), "-C", self.top, *SAFE, "cat-file", "--batch"]
            self._process = subprocess.Popen(  # noqa: S603 - no shell, and no name of the repository's
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=environment() | alternates(self._stores),
            )  # fmt: skip
            self._end = weakref.finalize(self, _ended, self._process)
        return self._process


def _ended(process: subprocess.Popen[bytes]) -> None:
    streams: list[IO[bytes] | None] = [process.stdin, process.stdout]
    process.kill()
    for stream in streams:
        if stream is not None:
            stream.close()
    process.wait()
