"""Collecting from live accounts on a terminal: a bar of progress, and an end with what is known on Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any, NoReturn

import click

from scanner.cli.judging import on_terminal

_SECONDS = 0.2
THREADS = "assay"
"""How the names of threads begin that make calls."""


def watch(scan: Any, source: Any, quiet: bool) -> None:
    """Run a scan of a live source."""
    with collecting(source, quiet):
        for _ in scan:
            pass


@contextlib.contextmanager
def collecting(source: Any, quiet: bool) -> Iterator[None]:
    """Shows how far `source` is; the first Ctrl-C or SIGTERM asks it to stop, the second ends the process."""
    with _stoppable(source), _bar(source) if on_terminal(quiet) else contextlib.nullcontext():
        yield


def leave(code: int) -> NoReturn:
    """End the process. Threads that still wait for an answer that nobody needs any more would keep it for as long as that takes."""
    if any(thread.name.startswith(f"{THREADS} ") for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


@contextlib.contextmanager
def _stoppable(source: Any) -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _: Any) -> None:
        source.stop()
        for each in before:
            signal.signal(each, signal.SIG_DFL)
        click.echo("assay: stopping with what is known; once more to end at once", err=True)

    if threading.current_thread() is threading.main_thread():
        for each in before:
            signal.signal(each, stop)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for each, handler in before.items():
                signal.signal(each, handler)


@contextlib.contextmanager
def _bar(source: Any) -> Iterator[None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.fields[at]}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[count]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, at="", count="")
        ended = threading.Event()

        def tell() -> None:
            while not ended.wait(_SECONDS):
                now = source.status()
                progress.update(task, completed=now.done, total=now.total or None, at=now.at, count=now.count)

        thread = threading.Thread(target=tell, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
