"""A line of progress on the terminal while a run goes on."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from assay.scanner.cli import console
from assay.scanner.results.model import Report

if TYPE_CHECKING:
    from assay.scanner.judge import Judged


def on_terminal(quiet: bool) -> bool:
    """Whether progress is shown."""
    return sys.stderr is not None and sys.stderr.isatty() and not quiet and os.environ.get("TERM") != "dumb"


def watch(scan: Any, quiet: bool, label: str = "") -> Report:
    """Run, with a line of progress on a terminal once it takes long; `label` begins the line."""
    if not on_terminal(quiet):
        report: Report = scan.report()
        return report
    from assay.scanner.sources import stage

    progress = _Progress(label)
    scan.tick = progress.reads
    stage.watch(lambda name, _size: progress.reads(name), {})  # of what this process reads itself
    try:
        report = scan.report(progress)
    finally:
        progress.end()
    return report


@contextlib.contextmanager
def progress(quiet: bool, label: str = "") -> Iterator[Callable[[str], None] | None]:
    """What is told of what is read, for a line of progress; None where none is shown."""
    if not on_terminal(quiet):
        yield None
        return
    shown = _Progress(label)
    try:
        yield shown.reads
    finally:
        shown.end()


@contextlib.contextmanager
def steps(quiet: bool, label: str) -> Iterator[Callable[[str], None] | None]:
    """What is told of each step of something that takes long, for a line of progress; None where none is shown."""
    if not on_terminal(quiet):
        yield None
        return
    shown = _Progress(label)
    try:
        yield shown.says
    finally:
        shown.end()


class _Progress:
    """A line on the terminal that says how far a run is, from its second second on."""

    def __init__(self, label: str) -> None:
        self._label, self._verdicts = label, 0
        self._due = time.monotonic() + 1
        self._shown = self._over = False

    def __call__(self, judged: Judged) -> None:
        """A sink of the run."""
        self._verdicts += len(judged.results)
        self._draw(judged.name)

    def reads(self, name: str) -> None:
        """A part of the input is read or judged."""
        self._draw(f"at {name}" if name else "reading")

    def _draw(self, what: str) -> None:
        self.says(f"{self._verdicts:,} verdicts, {what}")

    def says(self, what: str) -> None:
        """Show a line, unless one was shown a moment ago."""
        now = time.monotonic()
        if now >= self._due and not self._over:
            self._due, self._shown = now + 0.1, True
            console.progress(f"{self._label}{what}", shutil.get_terminal_size().columns)

    def end(self) -> None:
        """Clear the line."""
        self._over = True
        if self._shown:
            console.progress("", 0)
