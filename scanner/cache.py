"""Small files that are kept between runs. Without them all still works, and nothing depends on what is in them being there.

Whoever can write to them can change verdicts, so that a file counts only where nobody else can, and the tree that is scanned cannot hold it
(`XDG_CACHE_HOME: $CI_PROJECT_DIR/.cache` is a habit of build servers). What was not used for long is removed, and what was used last stays
within a bound.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

MAX_BYTES = 50_000_000
"""Of all files together, after one was written: some hundred sets of rules."""
MAX_DAYS = 30
"""For which a file is kept that nobody uses."""
_SUFFIX = ".msgpack"
_UNFINISHED = ".part"
_DAY = 24 * 60 * 60


def read(name: str) -> bytes | None:
    """What was kept under a name; None where nothing was, or what is there may be of somebody else."""
    folder = _folder()
    if folder is None:
        return None
    with contextlib.suppress(OSError):
        descriptor = os.open(folder / f"{name}{_SUFFIX}", os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not _is_private(os.stat(folder)) or not _is_private(status) or not stat.S_ISREG(status.st_mode):
                return None
            if time.time() - status.st_mtime > _DAY:
                with contextlib.suppress(OSError):  # that of an image is another user's, or cannot be written to
                    os.utime(file.fileno() if os.utime in os.supports_fd else file.name)  # it is in use
            return file.read(MAX_BYTES)
    return None


def write(name: str, content: bytes) -> None:
    """Written beside and renamed, so that no other process reads half of it."""
    folder = _folder()
    if folder is None:
        return
    import tempfile  # slow to import, and most runs write nothing

    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(os.stat(folder)):
            os.chmod(folder, 0o700)  # refused where it is of somebody else
        with tempfile.NamedTemporaryFile(dir=folder, suffix=_UNFINISHED, delete=False) as out:
            out.write(content)
        os.replace(out.name, folder / f"{name}{_SUFFIX}")
        _prune(folder)


def _folder() -> Path | None:
    """Where files are kept; None where a tree that is scanned could hold that: in a repository, or below the working directory.

    A relative XDG_CACHE_HOME is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    chosen = os.path.isabs(base)
    folder = os.path.join(base if chosen else os.path.join(os.path.expanduser("~"), ".cache"), "assay")
    try:
        real, here = os.path.realpath(folder), os.path.realpath(os.curdir)
    except (OSError, ValueError):
        return None
    above = [real]
    while (parent := os.path.dirname(above[-1])) != above[-1]:
        above.append(parent)
    below = chosen and here in above[:-1]
    in_repository = any(os.path.lexists(os.path.join(directory, ".git")) for directory in above)
    return None if below or in_repository or not os.path.isabs(folder) else Path(folder)


def _is_private(status: os.stat_result) -> bool:
    """Whether nobody but this user, or root, can write to it. On Windows, which has no such bits, the profile of a user is theirs alone."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid in (os.geteuid(), 0) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _prune(folder: Path) -> None:
    """Remove what was not used for long, and of the rest what was used longest ago, until it fits. Other processes may do the same, or read
    what is removed: they have it open, or make it again."""
    oldest, room = time.time() - MAX_DAYS * _DAY, MAX_BYTES
    for used, size, path in sorted(_files(folder), reverse=True):
        room -= size
        if used < oldest or room < 0:
            with contextlib.suppress(OSError):
                os.unlink(path)


def _files(folder: Path) -> Iterator[tuple[float, int, str]]:
    """When each file was used last, its size and its path; 0 for one that was begun a day ago and never finished."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if entry.name.endswith(_SUFFIX):
                    yield status.st_mtime, status.st_size, entry.path
                elif time.time() - status.st_mtime > _DAY:
                    yield 0, status.st_size, entry.path
