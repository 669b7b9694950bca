"""Collecting from live accounts on a terminal: a bar of progress, and an end with what is known on Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import click

from assay.scanner.cli import EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console
from assay.scanner.cli.judging import say
from assay.scanner.cli.watching import on_terminal
from assay.scanner.results.model import Report
from assay.scanner.sources.live import CredentialsError, EarlierError
from assay.scanner.sources.snapshot import in_the_way
from assay.scanner.words import many

_SECONDS = 0.2
"""Between two looks at how far a source is."""
_LINE_SECONDS = 60.0
"""Between two lines of a log."""
OPTION = click.option(
    "--max-duration",
    "minutes",
    type=click.FloatRange(min=0, min_open=True),
    metavar="MINUTES",
    help="Stop asking after so long: what is known is judged, and what was not reached is named. --resume goes on with it.",
)
THREADS = "assay"
"""What the names of threads that make calls begin with."""


def may_write(arguments: dict[str, Any], resuming: str) -> bool:
    """Whether the snapshot that is to be written overwrites nothing; says so where it would. `resuming`: how to go on with one."""
    out = arguments["out"]
    kept = in_the_way(out) if out and not arguments.get("resume") else ""
    if kept:
        console.tell(f"assay: {kept} is there already: {resuming}name another file, or remove it first")
    return not kept


def watch(scan: Any, quiet: bool, source: Any, minutes: float | None = None) -> Report:
    """Run a scan of a live source, which is asked for so many minutes at most."""
    scan.fork()  # the bar is a thread
    with collecting(source, quiet, minutes):
        report: Report = scan.report()
    return report


def take(source: Any, arguments: dict[str, Any], what: str) -> int:
    """Collect into a snapshot without judging, say what it holds, and give the exit code. `what` it counts: `account` or `project`."""
    with collecting(source, arguments["quiet"], arguments["minutes"]):
        collected = source.collect_only()
    say(collected.gaps)
    if not arguments["quiet"]:
        counts = (many(collected.accounts, what), many(collected.resources, "resource"), many(collected.calls, "call"))
        console.show(f"{arguments['out']}: {', '.join(counts)}")
    return EXIT_INCOMPLETE if collected.gaps else EXIT_OK


def with_credentials(cloud: str, extra: str, run: Callable[[], int]) -> int:
    """Run what needs a cloud's library and credentials; where one of them is missing, say so and how to get it."""
    try:
        return run()
    except ModuleNotFoundError as error:
        console.tell(f"assay: {cloud} needs libraries that are not installed ({error.name}): pip install 'assay[{extra}]'")
    except (CredentialsError, EarlierError) as error:
        console.tell(f"assay: {error}")
    except OSError as error:
        console.tell(f"assay: {error.filename}: the snapshot could not be written: {error.strerror}")
    return EXIT_USAGE


@contextlib.contextmanager
def collecting(source: Any, quiet: bool, minutes: float | None = None) -> Iterator[None]:
    """Shows how far `source` is; the first Ctrl-C or SIGTERM, or the end of its time, asks it to stop, the second ends the process."""
    shown = contextlib.nullcontext() if quiet else _bar(source) if on_terminal(quiet) else _lines(source)
    with _stoppable(source), _bounded(source, minutes), shown:
        yield


@contextlib.contextmanager
def _bounded(source: Any, minutes: float | None) -> Iterator[None]:
    def stop() -> None:
        console.tell(f"assay: --max-duration {minutes:g} is over: stopping with what is known")
        source.stop()

    timer = threading.Timer((minutes or 0) * 60, stop)
    timer.daemon = True
    if minutes is not None:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def _lines(source: Any) -> Iterator[None]:
    """A line a minute, for the log of a night."""
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(_LINE_SECONDS):
            status = source.status()
            console.tell(f"assay: {status.done} of {status.total or '?'} {status.count}, at {status.at}")

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


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
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(_number: int, _frame: Any) -> None:
        source.stop()
        for number in before:
            signal.signal(number, signal.SIG_DFL)
        console.tell("assay: stopping with what is known; once more to end at once")

    if threading.current_thread() is threading.main_thread():
        for number in before:
            signal.signal(number, stop)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)


@contextlib.contextmanager
def _bar(source: Any) -> Iterator[None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    at, count = [TextColumn(f"{{task.fields[{name}]}}", markup=False) for name in ("at", "count")]
    columns = (at, BarColumn(), MofNCompleteColumn(), count, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, at="", count="")
        ended = threading.Event()

        def update() -> None:
            while not ended.wait(_SECONDS):
                status = source.status()
                progress.update(
                    task,
                    completed=status.done,
                    total=status.total or None,
                    at=console.one_line(status.at),
                    count=console.one_line(status.count),
                )

        thread = threading.Thread(target=update, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
