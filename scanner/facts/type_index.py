"""Which item types readers look at, kept between runs, so that a run loads those readers alone that have something to read.

Loading the readers of one cloud takes longer than judging a small module. What is kept counts for exactly the modules it was made of: their
paths, sizes and times are its name.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
from collections.abc import Iterable

import msgspec

from assay.scanner import __version__, cache


class Looks(msgspec.Struct, frozen=True, array_like=True):
    """What one reader looks at."""

    kind: str
    """The name of the kind of its resources."""
    types: frozenset[str]
    """Of the items that it reads as resources."""
    gives: frozenset[str]
    """`types`, those of companions that can be read alone, and those recorded for other collections: else nothing comes of it."""
    joined: frozenset[str]
    """Of the other items that it looks at."""


Kept = dict[str, list[Looks]]
"""Package of an area to what each reader of one of its modules looks at."""


def kept(name: str, folders: Iterable[str]) -> Kept | None:
    """What was kept for the modules of some name; None where nothing was, or a module below the folders was changed since."""
    with contextlib.suppress(msgspec.DecodeError):
        if (content := cache.read(f"readers-{name}-{_state(tuple(folders))}")) is not None:
            return msgspec.msgpack.decode(content, type=Kept)
    return None


def keep(name: str, folders: Iterable[str], looks: Kept) -> None:
    """For the next run."""
    cache.write(f"readers-{name}-{_state(tuple(folders))}", msgspec.msgpack.encode(looks))


@functools.cache
def _state(folders: tuple[str, ...]) -> str:
    """A digest of which modules there are, and which versions of them."""
    digest = hashlib.sha256(f"{__version__}\0{sys.version}".encode())
    for folder in folders:
        _enter(digest, folder)
    return digest.hexdigest()[:32]


def _enter(digest: hashlib._Hash, folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                status = entry.stat()
                digest.update(f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
            elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                _enter(digest, entry.path)
