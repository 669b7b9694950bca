"""Snapshots: what an account or project answered, kept to be judged later. JSON lines, gzip-compressed; see docs/snapshots.md.

The first line is the header. A snapshot that ends without an `end` record was cut off; what is before that is whole.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner import __version__
from assay.scanner.options import Options
from assay.scanner.sources import fetched, packed
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.entries import EnteredSource, Entries, OfAnotherShard
from assay.scanner.sources.interface import Source

FORMAT = "assay-snapshot/1"
MAX_LINE_BYTES = 64_000_000
MAX_GAPS = 10_000
"""That are told of one snapshot: so many damaged lines say all that more would."""


CLOUDS = {"aws": "assay.scanner.sources.aws.source", "google": "assay.scanner.sources.gcp.source"}
"""Cloud to the module whose `from_snapshot(path)` gives the Source; its `PartSource(part)` reads a part of a live audit (live.py)."""


_TAGS = ("snapshot", "account", "region", "item", "unlisted", "calls",
         "account_end", "gap", "left_out", "end", "asset", "listed", "effective_policy")  # fmt: skip
"""What the records of snapshots are called, of every cloud."""
_LOOKED_AT, _LINE = 100, 1 << 20
"""Lines, and bytes of each, by which a file without a header is told to be a damaged snapshot."""


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """The snapshots among `paths`. One that is damaged or of another version is a gap."""
    coverage, fetch = Coverage(), fetched.current()
    for path in paths:
        if path in fetch.elsewhere:
            yield OfAnotherShard()
            continue
        file, first, alone = show(path), read_header(path), path in fetch.alone
        cloud = first.get("cloud") if first is not None else None
        if isinstance(cloud, str) and cloud in CLOUDS:
            entered = EnteredSource(importlib.import_module(CLOUDS[cloud]).from_snapshot(path), file, "snapshot")
            entered.alone = alone
            yield entered
            continue
        others = Coverage() if alone else coverage
        if reason := _unreadable(path):
            others.enter(file, "snapshot", "unread", reason)
            others.gaps.append(Gap(file, "parse_error", reason, "take it again, or judge it with the version that wrote it", 1))
        else:
            others.enter(file, "snapshot", "other", "no snapshot")
        if alone:  # it has its place in all shards
            entries = Entries(file, others)
            entries.alone = True
            yield entries
    if coverage.fates:
        yield Entries("snapshots", coverage)


def is_snapshot(path: str) -> bool:
    """Whether a file is a snapshot, damaged or of another version perhaps."""
    return read_header(path) is not None or bool(_unreadable(path))


def _unreadable(path: str) -> str:
    """Why a file that has no header which can be read is a snapshot all the same; empty where it is none."""
    try:
        with packed.opened(path) as text:
            for number in range(_LOOKED_AT):
                line = text.stream.readline(_LINE)
                try:
                    record = msgspec.json.decode(line)
                except (ValueError, RecursionError):
                    record = None
                if isinstance(record, dict) and number == 0 and str(record.get("format")).startswith("assay-snapshot/"):
                    return f"a snapshot that this version does not read: {record.get('format')!s:.60}, of {record.get('tool')!s:.60}"
                if isinstance(record, dict) and isinstance(tag := record.get("record"), str) and tag in _TAGS:
                    return "a snapshot whose first line, which says what it is, is damaged"
                if not line.endswith(b"\n"):
                    return ""
    except (OSError, *packed.BROKEN):
        pass  # as far as it can be read, it is none
    return ""


class CutOff(Exception):
    """The snapshot ends in the middle."""


def header(cloud: str, started: str, scope: dict[str, Any]) -> dict[str, Any]:
    """The header of a snapshot that is begun: `scope` is what was asked for, `started` an RFC 3339 time."""
    return {"record": "snapshot", "format": FORMAT, "cloud": cloud, "tool": f"assay {__version__}", "started": started, "scope": scope}


class Writer:
    """Writes records to a file."""

    def __init__(self, path: str, compressed: bool = True) -> None:
        # What an account answers is for its auditors only.
        raw = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._raw = raw
        self._opened: Any = gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=5, filename="") if compressed else raw
        self._encode = msgspec.json.Encoder(order="deterministic").encode

    def write(self, record: Any) -> None:
        """Append a record."""
        self._opened.write(self._encode(record) + b"\n")

    def copy(self, lines: Iterator[bytes]) -> None:
        """Append lines that are encoded already."""
        self._opened.writelines(lines)

    def flush(self) -> None:
        """Leave what was written on disk, so that it is there however this process ends."""
        self._opened.flush()
        self._raw.flush()

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._opened.close()
        self._raw.close()


def in_the_way(path: str) -> str:
    """The file that a snapshot at a path would overwrite: itself, or what an audit that was killed left of it; empty for none."""
    return next((file for file in (path, f"{path}.partial") if os.path.isfile(file)), "")


@contextlib.contextmanager
def replacing(path: str) -> Iterator[Writer]:
    """A writer to `PATH.partial`, which takes the place of the file at `path` when it is done, or was stopped."""
    partial = f"{path}.partial"
    writer = Writer(partial, compressed=not path.endswith(".ndjson"))
    try:
        yield writer
    finally:
        writer.close()
        os.replace(partial, path)


def lines(path: str) -> Iterator[bytes]:
    """The lines of a snapshot, as they are stored. Raises CutOff where the compressed data ends early, OSError where it cannot be read."""
    try:
        with packed.opened(path) as text:
            while line := text.stream.readline(MAX_LINE_BYTES):
                if not line.endswith(b"\n"):
                    raise CutOff
                yield line
    except packed.BROKEN as error:
        raise CutOff(packed.damage(error)) from error


def read_header(path: str) -> dict[str, Any] | None:
    """The header; None where the file is no snapshot of a version that this one reads."""
    try:
        record = msgspec.json.decode(next(lines(path), b"null"))
    except (CutOff, OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("record") == "snapshot" and record.get("format") == FORMAT else None


def cut_off(path: str, damage: str = "") -> Gap:
    """The gap of a snapshot without an end, or with `damage` behind what was read."""
    reason = f"the snapshot cannot be read to its end: {damage}" if damage else "the snapshot ends in the middle: it was cut off"
    return Gap(path, "incomplete_snapshot", reason, "go on with --resume, or take it again")
