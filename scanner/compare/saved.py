"""Reports that an earlier run wrote with `-r json=FILE`."""

from __future__ import annotations

import mmap
import os

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.results.model import Report
from assay.scanner.sources.encodings import is_utf16, utf8

FORMATS = ("assay-results/1", "assay-results/2")
"""What is read. All that version 2 adds has a default, so that a report of version 1 is one of version 2 that says nothing of it."""
MAX_BYTES = 2_000_000_000
_MARK = b'"assay-results/'


class UnreadableReport(AssayError):
    """A file is a report, and cannot be read."""


class _Head(msgspec.Struct):
    schema: str = ""


def read(path: str) -> Report | None:
    """The report at a path; None where it is something else. Raises UnreadableReport."""
    if not _has_mark(path):
        return None
    if os.path.getsize(path) > MAX_BYTES:
        raise UnreadableReport(f"the report is larger than {MAX_BYTES:,} bytes")
    try:
        with open(path, "rb") as opened:
            content = utf8(opened.read())
        schema = msgspec.json.decode(content, type=_Head).schema
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return None  # of another format, which only quotes the mark; a scan says what is wrong with it
    if schema not in FORMATS:
        if schema.startswith("assay-results/"):
            raise UnreadableReport(f"a report of format {schema}; this version reads {' and '.join(FORMATS)}")
        return None
    try:
        report = msgspec.json.decode(content, type=Report)
        return msgspec.structs.replace(report, schema=FORMATS[-1])
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnreadableReport(f"no report as assay scan writes it: {error}") from error


def _has_mark(path: str) -> bool:
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as opened:
            if not os.fstat(opened.fileno()).st_size:
                return False
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
                marks = [_MARK.decode().encode(order) for order in ("utf-16-le", "utf-16-be")] if is_utf16(content[:2]) else [_MARK]
                return any(content.find(mark) >= 0 for mark in marks)
    except (OSError, ValueError):
        return False
