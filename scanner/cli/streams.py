"""Reports that are written while a run goes on, result by result: a long audit can be followed, and what it found before it broke stays."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from assay.scanner.cli import EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, output
from assay.scanner.results import formats
from assay.scanner.results.model import Report

if TYPE_CHECKING:
    from assay.scanner.judge import Judged


class Streams:
    """The reports of a run that are written while it goes on."""

    def __init__(self, targets: Iterable[tuple[str, str]], scan: Any) -> None:
        """`targets`: (format, path) of each report of the run."""
        self.others: list[tuple[str, str]] = []
        """Those that are written once it is over."""
        self._streams: list[_Stream] = []
        for name, path in targets:
            format_ = formats.streamed(name)
            if format_ is None:
                self.others.append((name, path))
            else:
                self._streams.append(_Stream(name, path, format_, scan))
        scan.sinks += [stream.take for stream in self._streams]

    def close(self, report: Report) -> int:
        """Write what ends them; the exit code that this alone asks for."""
        return output.worst(EXIT_OK, *[stream.close(report) for stream in self._streams])


class _Stream:
    """One of them. What goes wrong is told once, at the end: it stops no run."""

    def __init__(self, name: str, path: str, format_: formats.StreamedFormat, scan: Any) -> None:
        self._name, self._path, self._format, self._scan = name, path, format_, scan
        self._file: IO[bytes] | None = None
        self._trouble: Exception | None = None

    def take(self, judged: Judged) -> None:
        """A sink of the run."""
        self._write(lambda: [self._format.line(result) for result in judged.results])

    def close(self, report: Report) -> int:
        self._write(lambda: [self._format.closing(report)])
        if self._file is not None and self._path != "-":
            with contextlib.suppress(OSError):
                self._file.close()
        if self._trouble is None:
            return EXIT_OK
        if isinstance(self._trouble, BrokenPipeError):  # the reader has seen enough; the verdict stands
            return EXIT_OK
        if isinstance(self._trouble, OSError):
            why = self._trouble.strerror or self._trouble
            console.tell(f"assay: {self._path}: the {self._name} report could not be written: {why}")
            return EXIT_USAGE
        console.tell(f"assay: the {self._name} report could not be made: {type(self._trouble).__name__}: {self._trouble}; please report it")
        return EXIT_INCOMPLETE

    def _write(self, lines: Any) -> None:
        if self._trouble is not None:
            return
        try:
            if self._file is None:
                self._file = sys.stdout.buffer if self._path == "-" else output.opened(self._path)
                self._file.write(self._format.opening(self._scan.tool, self._scan.begun()))
            self._file.writelines(lines())
            self._file.flush()
        except Exception as trouble:
            self._trouble = trouble
            if isinstance(trouble, BrokenPipeError) and self._path == "-":
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
