"""Reports that an earlier run wrote with `-r json=FILE`."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.results.model import ControlOutcome, FrameworkOutcome, GateReport, HistoryReport, Report, Result, Run, Summary, Tool
from assay.scanner.results.opinion import Opinion
from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.encodings import is_utf16, utf8

FORMATS = ("assay-results/1", "assay-results/2")
"""What is read. All that version 2 adds has a default, so that a report of version 1 is one of version 2 that says nothing of it."""
MAX_BYTES = 2_000_000_000
_MARK = b'"assay-results/'


class UnreadableReport(AssayError):
    """A file is a report, and cannot be read."""


class _Head(msgspec.Struct):
    schema: str = ""


class Begin(msgspec.Struct):
    """The first line of a report of lines."""

    schema: str
    tool: Tool
    run: Run


class SavedEnd(msgspec.Struct):
    """Its last line: what is known once all is judged."""

    run: Run
    summary: Summary
    controls: list[ControlOutcome]
    gate: GateReport
    coverage: Coverage
    opinions: list[Opinion] = []
    frameworks: list[FrameworkOutcome] = []
    history: HistoryReport | msgspec.UnsetType = msgspec.UNSET


class _Line(msgspec.Struct):
    """A line of a report that was written while the run went on (`-r jsonl`): one of the three."""

    begin: Begin | None = None
    result: Result | None = None
    end: SavedEnd | None = None


def read(path: str) -> Report | None:
    """The report at a path; None where it is something else. Raises UnreadableReport."""
    if not has_mark(path):
        return None
    if os.path.getsize(path) > MAX_BYTES:
        raise UnreadableReport(f"the report is larger than {MAX_BYTES:,} bytes")
    try:
        with open(path, "rb") as opened:
            return decoded(utf8(opened.read()))
    except (OSError, UnicodeError):
        return None


def decoded(content: bytes) -> Report | None:
    """The report that a text is, as JSON or as lines of JSON; None where it is something else. Raises UnreadableReport."""
    try:
        schema = msgspec.json.decode(content, type=_Head).schema
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        schema = ""
    if not schema:
        return _of_lines(content)  # or of another format, which only quotes the mark; a scan says what is wrong with it
    if schema not in FORMATS:
        if schema.startswith("assay-results/"):
            raise UnreadableReport(f"a report of format {schema}; this version reads {' and '.join(FORMATS)}")
        return None
    try:
        report = msgspec.json.decode(content, type=Report)
        return msgspec.structs.replace(report, schema=FORMATS[-1])
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnreadableReport(f"no report as assay scan writes it: {error}") from error


def _of_lines(content: bytes) -> Report | None:
    """The report that lines of JSON are: None where the first is not the beginning of one."""
    first, _, rest = content.partition(b"\n")
    begin = beginning(first)
    if begin is None:
        return None
    *results, end = behind(rest.splitlines())
    assert isinstance(end, SavedEnd)
    return Report(
        schema=FORMATS[-1], tool=begin.tool, run=end.run, summary=end.summary, controls=end.controls, gate=end.gate,
        results=[part for part in results if isinstance(part, Result)], frameworks=end.frameworks, opinions=end.opinions,
        history=end.history, coverage=end.coverage,
    )  # fmt: skip


def beginning(line: bytes) -> Begin | None:
    """What the first line of a report of lines says; None where it is no such line. Raises UnreadableReport."""
    try:
        begin = msgspec.json.decode(line, type=_Line).begin
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if begin is not None and begin.schema not in FORMATS:
        raise UnreadableReport(f"a report of format {begin.schema}; this version reads {' and '.join(FORMATS)}")
    return begin


def behind(lines: Iterable[bytes]) -> Iterator[Result | SavedEnd]:
    """What stands in the lines behind the first, one after the other; the last is the end. Raises UnreadableReport."""
    decoder, end = msgspec.json.Decoder(_Line), None
    for number, line in enumerate(lines, 2):
        try:
            part = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise UnreadableReport(f"line {number} is none that assay scan writes: {error}") from error
        if end is not None or (part.result is None and part.end is None):
            raise UnreadableReport(f"line {number} does not belong there: a report has one beginning, results, and one end")
        end = part.end
        if part.result is not None:
            yield part.result
        if end is not None:
            yield end
    if end is None:
        raise UnreadableReport("it has no closing line: the run did not come to its end, or the file was cut")


def has_mark(path: str) -> bool:
    """Whether what every report says of itself stands anywhere in a file."""
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
