"""Where files are read from: disk, the unsaved text of an editor over another overlay, the objects of a git repository (git_objects.py).

Every source of code and templates lists, opens and follows links through an `Overlay`, so that a tree is judged alike wherever it is kept.
Paths are those of the file system, absolute or relative to the working directory, also where nothing on disk is there.
"""

from __future__ import annotations

import abc
import contextlib
import errno
import mmap
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.override import override
from assay.scanner.sources import stage

if TYPE_CHECKING:
    from assay.scanner.sources.listing import Fate

EVERYTHING = 1 << 62
"""A limit that no file reaches."""
_LARGEST = 500_000_000
"""Bytes of a file that are held in memory to be searched."""
_SMALL = 1 << 26
"""Bytes of a file that is read rather than mapped: mapped memory is searched many times slower."""


class Listed(NamedTuple):
    """The names in a directory, in no order. A link is not followed, whatever it leads to."""

    directories: list[str]
    files: list[str]
    links: list[str]
    special: list[str]
    """Pipes, sockets and devices."""


class Overlay(abc.ABC):
    """A tree of files. What is no regular file or directory there, a pipe or a device, is neither file nor directory here."""

    @abc.abstractmethod
    def read(self, path: str, limit: int) -> bytes:
        """The first `limit` bytes of a regular file. Raises OSError."""

    @abc.abstractmethod
    def names(self, directory: str) -> list[str]:
        """The names in a directory, in no order. Raises OSError."""

    @abc.abstractmethod
    def is_file(self, path: str) -> bool:
        """Whether a regular file, or a link to one, is there."""

    @abc.abstractmethod
    def is_directory(self, path: str) -> bool:
        """Whether a directory, or a link to one, is there."""

    @abc.abstractmethod
    def is_link(self, path: str) -> bool:
        """Whether a path is a symbolic link, whatever it leads to."""

    @abc.abstractmethod
    def real(self, path: str) -> str:
        """The absolute path with all links followed. What is not there has one too."""

    @abc.abstractmethod
    def is_repository(self, directory: str) -> bool:
        """Whether a directory is the top of a repository."""

    def known_fate(self, path: str) -> Fate | None:
        """What became of a file that this tree does not hold the content of, where that is known; None: its content says it."""
        return None

    @contextlib.contextmanager
    def content(self, path: str) -> Iterator[bytes | mmap.mmap]:
        """A file to search in, all of it unless it is larger than what is read of any. Raises OSError, ValueError."""
        yield self.read(path, _LARGEST)

    def listed(self, directory: str) -> Listed:
        """What is in a directory. Raises OSError."""
        listed = Listed([], [], [], [])
        for name in self.names(directory):
            path = os.path.join(directory, name)
            if self.is_link(path):
                listed.links.append(name)
            elif self.is_directory(path):
                listed.directories.append(name)
            else:
                (listed.files if self.is_file(path) else listed.special).append(name)
        return listed

    def walk(self, top: str) -> Iterator[tuple[str, list[str], list[str]]]:
        """Every directory with the names of its directories and files, as `os.walk` gives them: links to directories are not followed."""
        waiting = [top]
        while waiting:
            directory = waiting.pop()
            try:
                names = self.names(directory)
            except OSError:
                continue
            inner = [name for name in names if self.is_directory(os.path.join(directory, name))]
            known = set(inner)
            yield directory, inner, [name for name in names if name not in known]
            paths = [os.path.join(directory, name) for name in reversed(inner)]
            waiting += [path for path in paths if not self.is_link(path)]


class Disk(Overlay):
    """The file system."""

    @override
    def read(self, path: str, limit: int) -> bytes:
        with open_regular(path) as opened:
            stage.enter(path, min(os.fstat(opened.fileno()).st_size, limit))
            return opened.read(-1 if limit == EVERYTHING else limit)

    @override
    def names(self, directory: str) -> list[str]:
        return os.listdir(directory)

    @override
    def is_file(self, path: str) -> bool:
        return os.path.isfile(path)

    @override
    def is_directory(self, path: str) -> bool:
        return os.path.isdir(path)

    @override
    def is_link(self, path: str) -> bool:
        return os.path.islink(path)

    @override
    def real(self, path: str) -> str:
        return os.path.realpath(path)

    @override
    def is_repository(self, directory: str) -> bool:
        return os.path.exists(os.path.join(directory, ".git"))

    @contextlib.contextmanager
    @override
    def content(self, path: str) -> Iterator[bytes | mmap.mmap]:
        """Small files are read, others mapped into memory."""
        with open_regular(path) as opened:
            size = os.fstat(opened.fileno()).st_size
            stage.enter(path, size)
            if size <= _SMALL:
                yield opened.read()
                return
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield mapped

    @override
    def listed(self, directory: str) -> Listed:
        """By one call for the directory, without one for each name."""
        listed = Listed([], [], [], [])
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    listed.files.append(entry.name)
                elif entry.is_dir(follow_symlinks=False):
                    listed.directories.append(entry.name)
                else:
                    (listed.links if entry.is_symlink() else listed.special).append(entry.name)
        return listed

    @override
    def walk(self, top: str) -> Iterator[tuple[str, list[str], list[str]]]:
        return os.walk(top)


DISK = Disk()


class Unsaved(Overlay):
    """Files by their content, on top of another overlay: what an editor holds and has not saved. They need not be there below."""

    def __init__(self, files: Mapping[str, bytes], below: Overlay = DISK) -> None:
        self.below = below
        self._files = {below.real(path): content for path, content in files.items()}
        self._names: dict[str, set[str]] = {}
        """What the files add to each directory: the directories that lead to them, too."""
        for path in self._files:
            below_it = path
            while (parent := os.path.dirname(below_it)) != below_it:
                self._names.setdefault(parent, set()).add(os.path.basename(below_it))
                below_it = parent

    @override
    def read(self, path: str, limit: int) -> bytes:
        content = self._files.get(self.real(path))
        if content is None:
            return self.below.read(path, limit)
        stage.enter(path, min(len(content), limit))
        return content[:limit]

    @override
    def names(self, directory: str) -> list[str]:
        """Those below and those of unsaved files, each once."""
        added = self._names.get(self.real(directory), set())
        if not self.below.is_directory(directory) and added:
            return list(added)
        return list({*self.below.names(directory), *added})

    @override
    def is_file(self, path: str) -> bool:
        """A directory that an unsaved file is in hides a file of the same path."""
        return self.real(path) in self._files or (self.below.is_file(path) and self.real(path) not in self._names)

    @override
    def is_directory(self, path: str) -> bool:
        """An unsaved file hides a directory of the same path."""
        real = self.real(path)
        return real in self._names or (self.below.is_directory(path) and real not in self._files)

    @override
    def is_link(self, path: str) -> bool:
        return self.below.is_link(path)

    @override
    def real(self, path: str) -> str:
        return self.below.real(path)

    @override
    def is_repository(self, directory: str) -> bool:
        return self.below.is_repository(directory)

    @contextlib.contextmanager
    @override
    def content(self, path: str) -> Iterator[bytes | mmap.mmap]:
        content = self._files.get(self.real(path))
        if content is not None:
            stage.enter(path, len(content))
            yield content
            return
        with self.below.content(path) as stored:
            yield stored


class Boundary:
    """The directories that code may make us read, whatever its paths and links say."""

    def __init__(self, directories: Iterable[str], overlay: Overlay = DISK) -> None:
        self.overlay = overlay
        self._tops = [overlay.real(directory) for directory in directories]

    def holds(self, path: str) -> bool:
        """Whether a path is inside with all links followed. One that no file can have is not."""
        return "\0" not in path and any(inside(self.overlay.real(path), top) for top in self._tops)


def inside(path: str, top: str) -> bool:
    """Whether a path is a directory or below it; both absolute, with links followed."""
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def open_regular(path: str) -> BufferedReader:
    """Open a regular file, or what links lead to, for reading. A pipe or a device is not opened, since that alone may have
    effects, or wait. Raises OSError."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise not_regular(path)
    opened = open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):  # it has been replaced in between
        opened.close()
        raise not_regular(path)
    return opened


def not_regular(path: str) -> OSError:
    """The error for a path that is a directory, a pipe or a device."""
    return OSError(errno.EINVAL, "not a regular file", path)


def repository(path: str, overlay: Overlay = DISK) -> str | None:
    """The top of the repository that a path is in."""
    directory = overlay.real(path)
    while not overlay.is_repository(directory):
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory
