"""Starts workers, takes what they judged, and goes on where one was lost."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from assay.scanner.judge import Judged, Rules
from assay.scanner.options import Options
from assay.scanner.results.ledger import NOTHING_FOLLOWS
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import Contributions, Source
from assay.scanner.words import many
from assay.scanner.worker.board import Board, Position
from assay.scanner.worker.child import FINISHED, Task, Work
from assay.scanner.worker.endings import killed
from assay.scanner.worker.wire import Damaged, Failed, Messages

MAX_LOSSES, MAX_LOSSES_IN_ALL = 8, 64
"""Workers that may be lost over one source, and over all that one of them works through; what is left is then not read."""
_CHUNK = 1 << 20
_WAY = "simplify or exclude it; --limit-memory and --limit-seconds say what it may take"


_OWN_MEMORY = 256 << 20
"""Bytes: of the interpreter and the rules, with some for a small input."""


def available() -> bool:
    """Whether this process can fork workers: on Linux, and as long as it has one thread, since a fork has only that which forks.

    Elsewhere limits of memory are not kept (macOS) or there is no fork (Windows): budgets of the readers stand alone there.
    """
    return sys.platform == "linux" and threading.active_count() == 1


_TICK = 0.2
"""Seconds between two looks at where a worker is."""


def supervised(
    sources: Callable[[], Iterator[Source]],
    rules: Rules,
    options: Options,
    workers: int = 1,
    tick: Callable[[str], None] | None = None,
) -> Iterator[Judged]:
    """What the rules say of every collection of some sources, as it comes from so many workers at once.

    `sources` gives the sources, the same for each worker. What a worker was lost over is a gap. `tick` is told every now and then what a
    worker is at.
    """
    lines = [_Line(sources, rules, options, Task(share, workers)) for share in range(workers)]
    try:
        while running := {line.output: line for line in lines if line.running}:
            ready = select.select(list(running), [], [], None if tick is None else _TICK)[0]
            if tick is not None and not ready:
                tick(next(iter(running.values())).at)
            for output in ready:
                yield from running[output].came()
        for line in lines:
            yield from line.unsaid()
    finally:
        for line in lines:
            line.stop()


class _Line:
    """A worker, and those that take its place."""

    def __init__(self, sources: Callable[[], Iterator[Source]], rules: Rules, options: Options, task: Task) -> None:
        self._sources, self._rules, self._options = sources, rules, options
        self._losses: dict[int, int] = {}
        self._said: list[str] = []
        self._unsaid: list[Gap] = []
        self._start(task)

    def _start(self, task: Task) -> None:
        self.task, self._board, self._messages = task, Board(), Messages()
        self._failure = ""
        self.output, theirs = os.pipe()
        self.running = True
        self._process = os.fork()
        if not self._process:
            os.close(self.output)
            Work(self._sources, self._rules, self._options, task, self._board).run(theirs)
        os.close(theirs)

    @property
    def at(self) -> str:
        """What the worker is at."""
        return self._board.read().name

    def came(self) -> Iterator[Judged]:
        """What the worker sent since it was last asked; it must have sent something, or have ended."""
        content = os.read(self.output, _CHUNK)
        if not content:
            self._ended()
            return
        try:
            for message in self._messages.add(content):
                yield from self._taken(message)
        except Damaged as error:
            self._failure = f"made the worker send what is no result ({error})"
            os.kill(self._process, signal.SIGKILL)
            self._ended()

    def _taken(self, message: Any) -> Iterator[Judged]:
        if isinstance(message, Failed):
            self._failure = message.reason
        elif isinstance(message, Judged):
            self._said += [gap.reason for gap in message.coverage.gaps] if self._unsaid else []
            yield message

    def _ended(self) -> None:
        status = os.waitstatus_to_exitcode(self._reaped())
        if status == FINISHED and not self._failure:
            return
        place = self._board.read()
        reason = self._failure or killed(status, self._options.limits)
        limits = self._options.limits
        if limits is not None and limits.memory and limits.memory < _OWN_MEMORY:  # how a process ends that has none is never the same
            reason += f": --limit-memory is less than the {_OWN_MEMORY >> 20} MB that reading anything may take"
        losses = self._losses[place.source] = self._losses.get(place.source, 0) + 1
        # Sources are made one after the other: over one that cannot be made, none comes to those behind it.
        stuck = place.source < self.task.source and not place.name
        if last := stuck or sum(self._losses.values()) >= MAX_LOSSES_IN_ALL:
            reason += f"; {NOTHING_FOLLOWS}"
        elif losses >= MAX_LOSSES:
            reason += f"; nothing more of this input is read, as {many(losses, 'worker')} were lost over it"
        self._unsaid.append(Gap(place.name or f"input {place.source + 1}", "input_failed", reason, _WAY))
        if not last:
            self._start(_behind(self.task, place, reason, losses))

    def _reaped(self) -> int:
        os.close(self.output)
        self.running = False
        return os.waitpid(self._process, 0)[1]

    def unsaid(self) -> Iterator[Judged]:
        """The losses that no source entered in its ledger itself: one of which only a value hung is not told by whoever lacks the value."""
        for gap in self._unsaid:
            if not any(gap.reason in said for said in self._said):
                yield Judged(gap.scope, [], Coverage(gaps=[gap]), 0, Contributions())

    def stop(self) -> None:
        """End the worker, where it runs."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self._reaped()


def _behind(task: Task, place: Position, reason: str, losses: int) -> Task:
    """What is left to do of a task whose worker was lost at a place."""
    if place.name and not place.judging:
        task = msgspec.structs.replace(task, lost={**task.lost, place.name: reason})
    if place.source < task.source:  # it was on its way there
        return task
    if losses >= MAX_LOSSES or not place.name:
        return msgspec.structs.replace(task, source=place.source + 1, collections=0, unjudged={})
    same = place.source == task.source
    unjudged = {**(task.unjudged if same else {}), **({place.collection: reason} if place.judging else {})}
    collections = max(place.collection, task.collections if same else 0)
    return msgspec.structs.replace(task, source=place.source, collections=collections, unjudged=unjudged)
