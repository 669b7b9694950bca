"""Where a worker is, in memory that it shares with its parent: what it was lost over can be told, however it ended."""

from __future__ import annotations

import mmap
import struct

import msgspec

_SIZE = 4096
_HEAD = struct.Struct("=IIBH")


class WorkPosition(msgspec.Struct, frozen=True):
    """A place in the work: source, collection of it, and what of that is read."""

    source: int = 0
    """Number among the sources of the run."""
    collection: int = 0
    """Number among the collections of the source: of the next one, or of that which is judged."""
    judging: bool = False
    name: str = ""
    """The last part of the input that was entered (sources/stage.py), or the collection that is judged; empty before the first."""


class Board:
    """A page of shared memory with a Place."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SIZE)

    def write(self, place: WorkPosition) -> None:
        """Say where the worker is. A name that is longer than the page is cut."""
        name = place.name.encode("utf-8", "surrogateescape")[: _SIZE - _HEAD.size]
        self._memory[_HEAD.size : _HEAD.size + len(name)] = name
        self._memory[: _HEAD.size] = _HEAD.pack(place.source, place.collection, place.judging, len(name))

    def read(self) -> WorkPosition:
        """Where the worker was when it last said so."""
        source, collection, judging, length = _HEAD.unpack(self._memory[: _HEAD.size])
        name = self._memory[_HEAD.size : _HEAD.size + length].decode("utf-8", "surrogateescape")
        return WorkPosition(source, collection, bool(judging), name)
