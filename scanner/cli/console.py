"""What people read beside a report: the one way to standard error, and to standard output for what is no report.

Names, paths, keys of a configuration and messages of errors may come from whoever wrote the input: they must neither move the cursor nor
command a build server.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import click

from assay.scanner.errors import AssayError, debug
from assay.scanner.words import defused, visible

_LONGEST = 2_000
"""Characters of one message on standard error: an error can quote a whole document."""


_MOST = 100
"""Errors of one kind that are told."""


def tell(message: str) -> None:
    """One line on standard error."""
    shown = message if len(message) <= _LONGEST else f"{message[:_LONGEST]} ... and {len(message) - _LONGEST} more characters"
    click.echo(one_line(shown), err=True)


def refused(error: AssayError) -> None:
    """Why a command cannot be run: with a file and a line where the error is in one, else with our name."""
    from assay.scanner.config import ConfigurationError
    from assay.scanner.rules.model import RuleError, RuleErrors

    errors = error.errors if isinstance(error, RuleErrors) else [error]
    for problem in errors[:_MOST]:
        told = str(problem)
        tell(told if isinstance(problem, (ConfigurationError, RuleError)) else f"assay: {told.removeprefix('assay: ')}")
    if len(errors) > _MOST:
        tell(f"assay: and {len(errors) - _MOST} more errors in rules")


def show(text: str) -> None:
    """Lines on standard output."""
    click.echo(lines(text.split("\n")))


def lines(written: Iterable[str]) -> str:
    """Lines as they may be shown wherever they go."""
    return defused(visible("\n".join(written), keep="\n"))


def one_line(message: str) -> str:
    """A message in one line."""
    return defused(visible(message))


def progress(line: str, columns: int) -> None:
    """Replace the last line of a terminal on standard error; an empty one clears it."""
    click.echo(f"\r\x1b[2K{one_line(line)[:columns]}", nl=False, err=True)


def usage(error: click.ClickException) -> None:
    """A wrong command line, in click's words: they repeat arguments, which may be names of files."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    text = io.StringIO()
    click.UsageError(visible(error.format_message()), getattr(error, "ctx", None)).show(text)
    click.echo(defused(text.getvalue()), nl=False, err=True)


def internal_error(error: BaseException) -> None:
    """A defect of ours in one line, with its place in the code."""
    frame: TracebackType | None = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "?"
    tell(f"assay: internal error: {type(error).__name__}: {error} ({place}); please report it")
    debug("it came this way", error)


@contextmanager
def hooked() -> Iterator[None]:
    """Errors that end a thread, or that nobody can catch, are told like all others instead of as Python's traceback."""
    before = threading.excepthook, sys.unraisablehook

    def hook(caught: Any) -> None:
        if caught.exc_value is not None:
            internal_error(caught.exc_value)

    threading.excepthook, sys.unraisablehook = hook, hook
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = before
