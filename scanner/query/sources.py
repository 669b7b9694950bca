"""What `assay query` is asked over: each source as rows of the tables, read as it comes."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from typing import IO

from assay.scanner.compare import saved
from assay.scanner.errors import AssayError
from assay.scanner.results.model import Report
from assay.scanner.sources import snapshot
from assay.scanner.sources.encodings import read_up_to, utf8
from assay.scanner.sources.overlay import open_regular
from assay.scanner.tables.rows import Begun, Row, RowWriter

MAX_LINE = 1_000_000_000
"""Bytes of a line of a report. The last one has all calls and gaps of a run."""
_SQLITE = b"SQLite format 3\0"
_WAY = "give a report (-r json=FILE, -r jsonl=FILE), a run folder (--evidence), a snapshot, or a history (--history)"


class SourceError(AssayError):
    """A source that cannot be asked: names it, why, and the way out."""


def rows(source: str, wanted: Iterable[str]) -> Iterator[Row]:
    """The rows of a source, of the tables that are wanted at least. `-` is standard input. Raises SourceError, HistoryError."""
    if "://" in source:
        yield from _history(source, wanted)
        return
    if source == "-":
        yield from _named(source, _report(sys.stdin.buffer, source, wanted))
        return
    if not os.path.exists(source):
        raise SourceError(f"{source}: there is no such file or directory; {_WAY}")
    if os.path.isdir(source):
        yield from _named(source, _folder(source, wanted))
    elif _begins(source, _SQLITE):
        yield from _history(source, wanted)
    elif snapshot.is_snapshot(source):
        from assay.scanner.query.snapshots import rows as of_snapshot

        yield from _named(source, of_snapshot(source, frozenset(wanted)))
    elif saved.has_mark(source):
        with _opened(source) as opened:
            yield from _named(source, _report(opened, source, wanted))
    else:
        raise SourceError(f"{source}: no report, run folder, snapshot or history; {_WAY}")


def _history(source: str, wanted: Iterable[str]) -> Iterator[Row]:
    from assay.scanner.query.histories import rows as of_history

    return of_history(source, frozenset(wanted))


def _folder(source: str, wanted: Iterable[str]) -> Iterator[Row]:
    """A run folder; its results are read as they were written."""
    from assay.scanner.evidence import folder
    from assay.scanner.evidence.model import MANIFEST, RUN
    from assay.scanner.evidence.signing import results_of

    if all(os.path.isfile(os.path.join(source, name)) for name in (MANIFEST, RUN)):
        yield from _whole(results_of(source), source, wanted)
        return
    runs = folder.runs(source)
    if not runs:
        raise SourceError(f"{source}: a directory that is no run folder; {_WAY}")
    for name in runs:
        run = os.path.join(source, name)
        yield from _whole(results_of(run), run, wanted)


def _report(opened: IO[bytes], source: str, wanted: Iterable[str]) -> Iterator[Row]:
    """A report; one of lines is read line by line."""
    first = opened.readline(MAX_LINE)
    begin = saved.beginning(first)
    if begin is None:
        content = utf8(first + read_up_to(opened, saved.MAX_BYTES))
        if len(content) > saved.MAX_BYTES:
            raise SourceError(f"the report is larger than {saved.MAX_BYTES:,} bytes; write it with -r jsonl, which is read line by line")
        report = saved.decoded(content)
        if report is None:
            raise SourceError(f"no report; {_WAY}")
        yield from _whole(report, source, wanted)
        return
    taking = RowWriter(Begun(source, begin.run.id), wanted)
    for part in saved.behind(_lines(opened)):
        if isinstance(part, saved.SavedEnd):
            if not taking.counted(part.summary.verdicts):
                raise SourceError(_CUT)
            yield from taking.end(begin.tool, part.run, part.controls, part.gate, part.coverage, part.summary.resources)
        else:
            yield from taking.result(part)


_CUT = "its counts are not those of its results: it was cut or changed after it was written; write it again"


def _whole(report: Report, source: str, wanted: Iterable[str]) -> Iterator[Row]:
    taking = RowWriter(Begun(source, report.run.id), wanted)
    for result in report.results:
        yield from taking.result(result)
    if not taking.counted(report.summary.verdicts):
        raise SourceError(_CUT)
    yield from taking.end(report.tool, report.run, report.controls, report.gate, report.coverage, report.summary.resources)


def _lines(opened: IO[bytes]) -> Iterator[bytes]:
    while line := opened.readline(MAX_LINE):
        yield line


def _named(source: str, given: Iterator[Row]) -> Iterator[Row]:
    """Rows of a source, which errors name."""
    name = "standard input" if source == "-" else source
    try:
        yield from given
    except (SourceError, saved.UnreadableReport) as error:
        raise SourceError(f"{name}: {error}") from None
    except UnicodeError:
        raise SourceError(f"{name}: it is no text; {_WAY}") from None
    except OSError as error:
        raise SourceError(f"{name}: it cannot be read: {error.strerror or error}") from None


@contextlib.contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    try:
        opened = open_regular(path)
    except OSError as error:
        raise SourceError(f"{path}: it cannot be read: {error.strerror or error}") from None
    with opened:
        yield opened


def _begins(path: str, mark: bytes) -> bool:
    with contextlib.suppress(OSError), open_regular(path) as opened:
        return opened.read(len(mark)) == mark
    return False
