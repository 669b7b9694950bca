"""Puts what a run read back into a directory of its own, from a run folder, so that it can be judged again.

A run folder may come from anybody. Nothing is written or linked outside of the directory: what a path or a link says is taken as of its
top.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Mapping

import msgspec

from assay.scanner.evidence.inputs import MAX_TOTAL, MAX_WHOLE
from assay.scanner.evidence.model import ARCHIVE, INPUTS, MAX_JSON, EvidenceError, FileEntry, Inputs, decode
from assay.scanner.override import override
from assay.scanner.sources.encodings import read_up_to
from assay.scanner.sources.listing import Became, Fate
from assay.scanner.sources.overlay import DISK, Disk

_BECAME: dict[str, Became] = {"unread": "unread", "judged": "judged", "other": "other", "excluded": "excluded"}
_SLACK = 100_000
"""Bytes that a masked file may be longer than it was."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class RestoredDisk(Disk):
    """The files that were put back. Of those that were only looked at, it is known what became of them."""

    def __init__(self, fates: Mapping[str, Fate]) -> None:
        """`fates`: by real path."""
        self._fates = fates

    @override
    def known_fate(self, path: str) -> Fate | None:
        return self._fates.get(os.path.realpath(path))


class Restoring(msgspec.Struct):
    """What became of putting it back."""

    overlay: RestoredDisk
    missing: list[FileEntry] = []
    """Files that the run read and that are not there now."""
    masked: list[FileEntry] = []
    """Files that are not whole: what reports do not show is left out."""


def restore(folder: str, top: str, directory: str, originals: str | None = None) -> Restoring:
    """Put what a run read below `top`, which is empty and real. `directory`: the working directory of the run. `originals`: a directory
    that is now what that was: what is not stored whole comes from there, where it has the digest. Raises EvidenceError."""
    try:
        with open(os.path.join(folder, INPUTS), "rb") as opened:
            inputs = decode(read_up_to(opened, MAX_JSON), Inputs, INPUTS)
        with zipfile.ZipFile(os.path.join(folder, ARCHIVE)) as archive:
            return _restored(inputs, archive, top, directory, originals)
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise EvidenceError(f"{folder}: its inputs cannot be put back: {error}") from None


def _restored(inputs: Inputs, archive: zipfile.ZipFile, top: str, directory: str, originals: str | None) -> Restoring:
    fates: dict[str, Fate] = {}
    made = Restoring(RestoredDisk(fates))
    os.makedirs(below(top, directory), exist_ok=True)
    links, total = [], 0
    for entry in inputs.entries:
        path = below(top, entry.path)
        if entry.kind == "link":
            links.append((path, below(top, os.path.join(os.path.dirname(entry.path), entry.target))))
            continue
        os.makedirs(path if entry.kind == "directory" else os.path.dirname(path), exist_ok=True)
        if entry.kind == "special" and hasattr(os, "mkfifo") and not os.path.lexists(path):
            os.mkfifo(path)  # which nothing opens
        if entry.kind != "file" or os.path.lexists(path):
            continue
        content = _content(entry, archive, directory, originals)
        if content is None and entry.note:
            made.missing.append(entry)
            continue
        if content is None and entry.became:
            fates[path] = Fate(_BECAME.get(entry.became, "other"), entry.why)
        if entry.stored == "masked" and hashlib.sha256(content or b"").hexdigest() != entry.sha256:
            made.masked.append(entry)
        total += len(content or b"")
        if total > MAX_TOTAL:
            raise EvidenceError(f"{ARCHIVE}: holds more than {MAX_TOTAL:,} bytes")
        with open(path, "xb") as opened:
            opened.write(content or b"")
    for path, target in links:  # last, so that nothing is written through one
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.lexists(path):
            os.symlink(target, path)
    return made


def _content(entry: FileEntry, archive: zipfile.ZipFile, directory: str, originals: str | None) -> bytes | None:
    """The content of a file: the original where that is there, else what is stored; None where nothing is. Raises EvidenceError."""
    if originals is not None and entry.stored != "whole" and entry.sha256:
        try:
            content = DISK.read(os.path.join(originals, os.path.relpath(entry.path, directory)), MAX_WHOLE)
        except OSError:
            content = b""
        if hashlib.sha256(content).hexdigest() == entry.sha256:
            return content
    if entry.stored == "none":
        return None
    try:
        member = archive.getinfo(entry.member)
        if member.compress_type not in _METHODS:
            raise EvidenceError(f"{ARCHIVE}: {entry.member} is packed in a way that assay does not use")
        with archive.open(member) as opened:
            content = read_up_to(opened, min(MAX_WHOLE, 2 * entry.size + _SLACK))
    except KeyError:
        raise EvidenceError(f"{ARCHIVE}: {entry.member} is missing") from None
    if hashlib.sha256(content).hexdigest() != entry.stored_sha256:
        raise EvidenceError(f"{ARCHIVE}: {entry.member} is not what {INPUTS} says")
    return content


def below(top: str, path: str) -> str:
    """Where an absolute path of the run is below `top`: `..` leads no higher than that."""
    if "\0" in path:
        raise EvidenceError(f"{path!r} is no path")
    whole = os.path.normpath(os.path.join(os.sep, path)).lstrip(os.sep)
    return os.path.join(top, whole) if whole else top
