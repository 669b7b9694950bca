"""What a run read: the digest of each file, and its content in an archive from which the run can be judged again.

Unless they are asked for whole, code, configuration and values are stored without what reports do not show either (masking.py). What
that cannot be done to is not stored: packed data, other encodings, files that are too large. Files that were only looked at for their
format are not stored at all: what became of them is known. A snapshot is stored as it is: nothing secret is in it by how it is made.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import IO

import msgspec

from assay.scanner.evidence.masking import Masking
from assay.scanner.evidence.model import FileEntry, Inputs, Kind
from assay.scanner.evidence.recording import LISTED, READ
from assay.scanner.sources import snapshot
from assay.scanner.sources.listing import Fate
from assay.scanner.sources.overlay import open_regular

MAX_FILE = 20_000_000
"""Bytes of a file that is stored masked: to look for secrets takes about a second for each megabyte."""
MAX_WHOLE = 500_000_000
"""Of one that is stored as it is: a snapshot, or any where that is asked for. No other input is larger."""
MAX_TOTAL = 2_000_000_000
"""Of all files that are stored."""
_MAX_LINKS = 40
"""On the way to one file, as Linux has it: https://man7.org/linux/man-pages/man7/path_resolution.7.html"""


class Gathering:
    """Everything that a run found, as entries by path."""

    def __init__(self, since: float) -> None:
        """`since`: when the run began, in seconds since 1970: a file that is newer was perhaps read as another."""
        self._since = since
        self.entries: dict[str, FileEntry] = {}
        self._real: dict[str, str] = {os.sep: os.sep}

    def take(self, looked_at: Mapping[str, set[bytes]], files: Mapping[str, Fate], configuring: Iterable[str]) -> None:
        """Enter what a run looked at (recording.py), what became of the files below its targets, and what configured it."""
        fates = {os.path.abspath(name): fate for name, fate in files.items()}
        given = {os.path.abspath(path) for path in configuring}
        for path in [*given, *fates, *looked_at]:
            real = self._enter(path.rstrip(os.sep) or os.sep)
            known = self.entries.get(real) if real else None
            if real is None or known is None:
                continue
            fate = fates.get(path)
            changes: dict[str, object] = {"became": fate.became, "why": fate.why} if fate else {}
            if path in given:
                changes["configures"] = True
            if known.kind == "file" and not known.sha256 and self._was_read(fate, looked_at.get(path, set()), path in given):
                changes |= self._digest(real)
            self.entries[real] = msgspec.structs.replace(known, **changes)
            if LISTED in looked_at.get(path, ()):
                self._list(real)

    @staticmethod
    def _was_read(fate: Fate | None, noted: set[bytes], configures: bool) -> bool:
        return configures or bool(noted) or (fate is not None and fate.became in ("judged", "unread", "other"))

    def _list(self, directory: str) -> None:
        try:
            names = os.listdir(directory)
        except OSError:
            return
        for name in names:
            self._enter(os.path.join(directory, name))

    def _enter(self, path: str, depth: int = 0) -> str | None:
        """Enter a path with the links on its way; gives what it is behind them, None where nothing is."""
        if depth > _MAX_LINKS:
            return None
        parent = self._directory(os.path.dirname(path), depth)
        if parent is None:
            return None
        own = os.path.join(parent, os.path.basename(path)) if os.path.basename(path) else parent
        try:
            mode = os.lstat(own).st_mode
            if stat.S_ISLNK(mode):
                target = os.readlink(own)
                self.entries.setdefault(own, FileEntry(path=own, kind="link", target=target))
                return self._enter(os.path.normpath(os.path.join(parent, target)), depth + 1)
        except OSError:
            return None
        kind: Kind = "directory" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "special"
        self.entries.setdefault(own, FileEntry(path=own, kind=kind))
        return own

    def _directory(self, path: str, depth: int) -> str | None:
        if path not in self._real:
            real = self._enter(path, depth + 1 if depth else 0)
            if real is None:
                return None
            self._real[path] = real
        return self._real[path]

    def _digest(self, path: str) -> dict[str, object]:
        try:
            with open_regular(path) as opened:
                told = os.fstat(opened.fileno())
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            return {"note": f"cannot be read ({error.strerror or error})"}
        late = told.st_mtime > self._since or told.st_ctime > self._since
        return {"sha256": digest, "size": told.st_size, "note": "changed since the run began, or while it went on" if late else ""}


def stored(
    gathering: Gathering,
    looked_at: Mapping[str, set[bytes]],
    masking: Masking,
    archive: IO[bytes],
    mode: str,
    never: Mapping[str, str] = MappingProxyType({}),
) -> Inputs:
    """Store what can be stored of what was gathered. `mode`: `masked`, `whole`, or `digests` for no content at all. `never`: files of which
    the digest alone is kept, with the reason."""
    read = {os.path.realpath(path) for path, noted in looked_at.items() if READ in noted}
    kept_out = {os.path.realpath(path): why for path, why in never.items()}
    entries, total = [], 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(gathering.entries):
            entry = gathering.entries[path]
            if not path.isprintable():
                entry = msgspec.structs.replace(entry, path=ascii(path)[1:-1], target=ascii(entry.target)[1:-1], note="its name is no text")
            elif path in kept_out:
                entry = _refused(entry, kept_out[path])
            elif entry.kind == "file" and entry.sha256 and _is_needed(entry, path in read):
                entry, content = _content(entry, masking, mode, MAX_TOTAL - total)
                if content is not None:
                    total += len(content)
                    packed.writestr(_member(entry.member), content)
            entries.append(entry)
    return Inputs(mode=mode, entries=entries)


def _is_needed(entry: FileEntry, read: bool) -> bool:
    """Whether a file was read for what it says, beyond the format that it is of."""
    return read or entry.configures or entry.became in ("judged", "unread")


def _content(entry: FileEntry, masking: Masking, mode: str, left: int) -> tuple[FileEntry, bytes | None]:
    """The entry of a file as it is stored, and the content."""
    if mode == "digests":
        return _refused(entry, "digests alone were asked for"), None
    whole = mode == "whole" or snapshot.read_header(entry.path) is not None
    most = MAX_WHOLE if whole else MAX_FILE
    if entry.size > min(most, left):
        every = "" if entry.size > most else "all files together are "
        return _refused(entry, f"{every}larger than {most if entry.size > most else MAX_TOTAL:,} bytes"), None
    try:
        with open_regular(entry.path) as opened:
            content = opened.read(most + 1)
    except OSError as error:
        return _refused(entry, f"cannot be read ({error.strerror or error})"), None
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        return _refused(entry, "changed since the run began, or while it went on"), None
    kept = content if whole else masking.shown(content)
    if kept is None:
        return _refused(entry, "packed, or no text in UTF-8: what is secret in it cannot be told"), None
    how = "whole" if kept == content else "masked"
    digest = hashlib.sha256(kept).hexdigest()
    return msgspec.structs.replace(entry, stored=how, member=entry.path.lstrip(os.sep), stored_sha256=digest), kept


def _refused(entry: FileEntry, why: str) -> FileEntry:
    return msgspec.structs.replace(entry, note=f"not stored: {why}")


def shown(path: str, masking: Masking) -> bytes | None:
    """A file as it is stored; None where it cannot be."""
    try:
        with open_regular(path) as opened:
            content = opened.read(MAX_FILE + 1)
    except OSError:
        return None
    return masking.shown(content) if len(content) <= MAX_FILE else None


def _member(name: str) -> zipfile.ZipInfo:
    """The same bytes for the same content, whenever and wherever it is packed."""
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
    return member
