"""The file system, with a note of everything that a run looked at: by that, what is kept beside its reports is what it was judged by.

A run reads in processes that are forked from this one, so that notes go to a file which all of them append to.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterator

from assay.scanner.override import override
from assay.scanner.sources.overlay import Disk, Listed

READ, SEARCHED, LISTED, THERE = b"r", b"c", b"l", b"p"
"""A file was read; it was searched for what format it may be of; a directory was listed; something was found to be there."""


class RecordingDisk(Disk):
    """Notes what is asked for."""

    def __init__(self, notes: str) -> None:
        """`notes`: the file for them, which is made. Raises OSError."""
        self.notes = notes
        self._file = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._seen: set[tuple[bytes, str]] = set()

    def _note(self, what: bytes, path: str) -> None:
        if (what, path) not in self._seen:
            self._seen.add((what, path))
            os.write(self._file, what + os.fsencode(os.path.abspath(path)) + b"\0")  # one write to a file that is appended to is whole

    def close(self) -> None:
        """No more notes."""
        with contextlib.suppress(OSError):
            os.close(self._file)

    def looked_at(self) -> dict[str, set[bytes]]:
        """Absolute path to what was noted of it."""
        notes_by_path: dict[str, set[bytes]] = {}
        with open(self.notes, "rb") as notes:
            for note in notes.read().split(b"\0"):
                if note:
                    notes_by_path.setdefault(os.fsdecode(note[1:]), set()).add(note[:1])
        return notes_by_path

    @override
    def read(self, path: str, limit: int) -> bytes:
        self._note(READ, path)
        return super().read(path, limit)

    @contextlib.contextmanager
    @override
    def content(self, path: str) -> Iterator[bytes | mmap.mmap]:
        self._note(SEARCHED, path)
        with super().content(path) as content:
            yield content

    @override
    def names(self, directory: str) -> list[str]:
        self._note(LISTED, directory)
        return super().names(directory)

    @override
    def listed(self, directory: str) -> Listed:
        self._note(LISTED, directory)
        return super().listed(directory)

    @override
    def walk(self, top: str) -> Iterator[tuple[str, list[str], list[str]]]:
        """Notes every directory on the way as listed."""
        for directory, inner, files in super().walk(top):
            self._note(LISTED, directory)
            yield directory, inner, files

    @override
    def is_file(self, path: str) -> bool:
        """A file that is not there is not noted."""
        there = super().is_file(path)
        if there:
            self._note(THERE, path)
        return there

    @override
    def is_directory(self, path: str) -> bool:
        """A directory that is not there is not noted."""
        there = super().is_directory(path)
        if there:
            self._note(THERE, path)
        return there

    @override
    def is_repository(self, directory: str) -> bool:
        """Notes the `.git` of a repository; of what is none, nothing."""
        there = super().is_repository(directory)
        if there:
            self._note(THERE, os.path.join(directory, ".git"))
        return there
