"""A run folder: written beside its name, and given it when it is whole; then nothing of it is written again, but for signatures.

DIR/20270131T093000Z-1f0c9a52/
    manifest.json        sha256 and size of each of the others, and of the manifest of the run before
    manifest.dsse.json   signatures of the manifest
    run.json             how the run was made
    reports/             every report
    configuration/       the files that configured it
    inputs.json          what was read, with digests
    inputs.zip           what of it is stored
    snapshot.ndjson.gz   what live accounts answered
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from io import BufferedReader

from assay.scanner import lazy_re
from assay.scanner.evidence.model import (
    ENVELOPE,
    MANIFEST,
    MAX_JSON,
    EvidenceError,
    FileDigest,
    Previous,
    RunManifest,
    RunRecord,
    decode,
    encode,
)
from assay.scanner.sources.encodings import read_up_to
from assay.scanner.sources.overlay import open_regular

FOLDER = lazy_re.pattern(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
"""What a run folder is called: its time in UTC, and the beginning of the run's id; so their names are in the order of the runs."""


class RunFolder:
    """A run folder that is being written."""

    def __init__(self, directory: str) -> None:
        """Raises EvidenceError."""
        self.directory = directory
        try:
            os.makedirs(directory, exist_ok=True)
            # For its owner only, as a snapshot is: https://docs.python.org/3/library/tempfile.html#tempfile.mkdtemp
            self.path = tempfile.mkdtemp(prefix=".", suffix=".partial", dir=directory)
        except OSError as error:
            raise EvidenceError(f"{directory}: no run folder can be made there: {error.strerror or error}") from None

    def file(self, name: str) -> str:
        """The path of a file of it, whose directory is made."""
        path = os.path.join(self.path, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, name: str, content: bytes) -> None:
        """Write a file of it. Raises EvidenceError."""
        try:
            with open(self.file(name), "xb") as opened:
                opened.write(content)
        except OSError as error:
            raise EvidenceError(f"{self.file(name)}: {error.strerror or error}") from None

    def finish(self, record: RunRecord) -> str:
        """Write the manifest and give the folder its name; gives its path. Raises EvidenceError."""
        try:
            with _alone(self.directory):
                made = RunManifest(
                    run=record.run.id, started=record.run.started, finished=record.run.finished, exit_code=record.exit_code,
                    tool=record.tool, revisions=record.run.revisions, previous=last(self.directory),
                    files=[digest_of(self.path, name) for name in files(self.path)],
                )  # fmt: skip
                self.write(MANIFEST, encode(made))
                path = os.path.join(self.directory, _name(record))
                if os.path.lexists(path):  # nothing is overwritten
                    raise EvidenceError(f"{path} is there already; it is left as it is")
                os.rename(self.path, path)
        except OSError as error:
            raise EvidenceError(f"{self.path}: the run folder could not be finished: {error.strerror or error}") from None
        return path

    def abandon(self) -> None:
        """Remove what was written of a run that is no evidence."""
        shutil.rmtree(self.path, ignore_errors=True)


def _name(record: RunRecord) -> str:
    stamp = re.sub(r"[-:]|\.\d+", "", record.run.started)
    return f"{stamp}-{record.run.id.replace('-', '')[:8]}"


@contextlib.contextmanager
def _alone(directory: str) -> Iterator[None]:
    """No two runs of this machine take the same one for the run before. Where there are no such locks (Windows), two may."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def runs(directory: str) -> list[str]:
    """The names of the run folders in a directory, in the order of the runs. A link is none. Raises EvidenceError."""
    try:
        with os.scandir(directory) as entries:
            names = [entry.name for entry in entries if FOLDER.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise EvidenceError(f"{directory}: {error.strerror or error}") from None
    return sorted(names)


def last(directory: str) -> Previous | None:
    """The run before a new one: the one that no other has before it, of several the last by its name."""
    digests, before = dict[str, str](), set[str]()
    for name in runs(directory):
        with contextlib.suppress(OSError, EvidenceError):  # one without a manifest is no part of the chain; a check says so
            content, digests[name] = manifest_bytes(os.path.join(directory, name))
            before |= {previous.folder for previous in [decode(content, RunManifest, name).previous] if previous}
    ends = [name for name in digests if name not in before] or list(digests)
    return Previous(ends[-1], digests[ends[-1]]) if ends else None


def manifest_bytes(folder: str) -> tuple[bytes, str]:
    """The manifest of a run folder, and its sha256. Raises OSError."""
    content = read(folder, MANIFEST, MAX_JSON)
    return content, hashlib.sha256(content).hexdigest()


def files(folder: str) -> list[str]:
    """The names of all files below a run folder, but for the manifest and its signatures, in order; no link is followed."""
    paths = []
    for directory, inner, names in os.walk(folder):
        for name in (*names, *(name for name in inner if os.path.islink(os.path.join(directory, name)))):
            paths.append(os.path.relpath(os.path.join(directory, name), folder).replace(os.sep, "/"))
    return sorted(name for name in paths if name not in (MANIFEST, ENVELOPE))


def digest_of(folder: str, name: str) -> FileDigest:
    """A file of a run folder with its digest. Raises OSError."""
    with _opened(folder, name) as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return FileDigest(name, digest, os.fstat(opened.fileno()).st_size)


def read(folder: str, name: str, limit: int) -> bytes:
    """A file of a run folder. Raises OSError: for one that is larger than the limit, too."""
    with _opened(folder, name) as opened:
        content = read_up_to(opened, limit + 1)
    if len(content) > limit:
        raise OSError(0, f"it is larger than {limit:,} bytes")
    return content


def _opened(folder: str, name: str) -> BufferedReader:
    """A file of a run folder: a regular one, which no link on its way leads to. Raises OSError."""
    path = folder
    for part in name.split("/"):
        if part in ("", os.curdir, os.pardir) or os.sep in part or (os.altsep and os.altsep in part) or "\0" in part:
            raise OSError(0, "its name leads out of the run folder")
        path = os.path.join(path, part)
        if os.path.islink(path):
            raise OSError(0, "it is a link, which is not followed")
    if not os.path.lexists(path):
        raise FileNotFoundError(errno.ENOENT, "it is missing", path)
    return open_regular(path)
