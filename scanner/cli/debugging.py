"""`--debug`: how long each phase of a run takes, and where in our code an exception came from. Both go to standard error.

Exceptions are told by their types and places alone: their texts may quote what is scanned, and with it a secret.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click

from assay.scanner import errors
from assay.scanner.cli import console


def option(command: Any) -> Any:
    """`--debug` of a command."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_begin,
        help="Tell on standard error how long each phase takes, and where internal errors come from.",
    )(command)


_end: list[Callable[[], None]] = []
"""Ends what the command before this one in the process began. It lasts beyond the command itself, whose errors are told after it."""


def _begin(_ctx: Any, _param: Any, value: bool) -> None:
    while _end:
        _end.pop()()
    if not value or errors.debugged():
        return
    import logging  # which a run without it does not pay for

    class Told(logging.Handler):
        started = time.monotonic()

        def emit(self, record: logging.LogRecord) -> None:
            console.tell(f"assay: debug: {time.monotonic() - self.started:7.3f} s  {record.getMessage()}")
            if record.exc_info and record.exc_info[1] is not None:
                _way(record.exc_info[1])

    logger, told = logging.getLogger(errors.LOGGER), Told()
    before = logger.level, logger.propagate

    def end() -> None:
        logger.removeHandler(told)
        logger.setLevel(before[0])
        logger.propagate = before[1]

    logger.addHandler(told)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    _end.append(end)


def _way(error: BaseException) -> None:
    """The way of an exception through the code, and of those that it came from, without their texts."""
    import traceback

    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        for frame in traceback.extract_tb(cause.__traceback__):
            console.tell(f"assay: debug:   {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}")
        console.tell(f"assay: debug:   {type(cause).__name__}")
        cause = cause.__cause__ or cause.__context__
