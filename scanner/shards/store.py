"""Where shards are kept: three verbs over a folder or a bucket.

A name is written once. So of two machines that judge the same shard, as batch systems have it at times, the first to finish counts, and
nobody ever reads half of one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from typing import IO, Protocol

from assay.scanner.shards.errors import ShardError


class Store(Protocol):
    """A place with names and contents. What goes wrong is an AssayError that names the place."""

    where: str
    """As the user named it."""

    def list(self) -> list[str]:
        """The names that are there, in order."""

    def read(self, name: str) -> IO[bytes]:
        """The content, from its beginning; closed by whoever asked."""

    def put(self, name: str, path: str) -> bool:
        """Keep the content of a file under a name, whole or not at all. False where the name is there: its content stays."""


def opened(where: str) -> Store:
    """The store at a place: `s3://…`, `gs://…`, or the path of a folder, which need not be there before something is kept."""
    if "://" in where:
        from assay.scanner.buckets.bucket import CLOUDS, BucketFolder

        if not where.startswith(CLOUDS):
            raise ShardError(f"{where}: shards are kept in a folder, or at {' or '.join(cloud + 'BUCKET/PREFIX' for cloud in CLOUDS)}")
        return BucketFolder(where)
    return Folder(where)


class Folder:
    """A folder of this machine, or one that several share."""

    def __init__(self, where: str) -> None:
        self.where = where

    def list(self) -> list[str]:
        """The names of regular files."""
        try:
            with os.scandir(self.where) as entries:
                return sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ShardError(f"{self.where}: cannot be listed: {error.strerror or error}") from None

    def read(self, name: str) -> IO[bytes]:
        """The content of a regular file."""
        path = os.path.join(self.where, name)
        try:
            return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")
        except OSError as error:
            raise ShardError(f"{path}: cannot be read: {error.strerror or error}") from None

    def put(self, name: str, path: str) -> bool:
        """By a link to a finished copy, which is made as one step on every file system that has links."""
        target = os.path.join(self.where, name)
        try:
            os.makedirs(self.where, exist_ok=True)
            descriptor, copy = tempfile.mkstemp(prefix=".", dir=self.where)
            try:
                with open(path, "rb") as content, os.fdopen(descriptor, "wb") as kept:
                    shutil.copyfileobj(content, kept, 1 << 20)
                    kept.flush()
                    os.fsync(kept.fileno())
                return _named(copy, target)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    os.remove(copy)
        except OSError as error:
            raise ShardError(f"{target}: cannot be written: {error.strerror or error}") from None


def _named(copy: str, target: str) -> bool:
    os.chmod(copy, 0o644)
    try:
        os.link(copy, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without links, of which a folder that several machines share is none
        if os.path.exists(target):
            return False
        os.replace(copy, target)
    return True
