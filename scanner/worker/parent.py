"""Starts workers, takes what they judged, and goes on where one was lost."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner.judge import Judged, Rules, SourceDigest, Watch, judge_all, placed
from assay.scanner.options import Options
from assay.scanner.results.ledger import NOTHING_FOLLOWS
from assay.scanner.sources import fetched
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import ALL, Contributions, Share, Source
from assay.scanner.targets import scope_of
from assay.scanner.words import many
from assay.scanner.worker.board import Board, WorkPosition
from assay.scanner.worker.child import FINISHED, Task, Work
from assay.scanner.worker.endings import killed
from assay.scanner.worker.wire import Damaged, Failed, GoesOnAlone, Messages

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


_HELD = 16 << 20
"""Bytes that are held of a worker that is ahead of the others."""
_TICK = 0.2
"""Seconds between two looks at where a worker is."""


def supervised(
    sources: Callable[[], Iterator[Source]],
    rules: Rules,
    options: Options,
    workers: int = 1,
    tick: Callable[[str], None] | None = None,
    share: Share = ALL,
    saw: Callable[[SourceDigest], None] = lambda _: None,
) -> Iterator[Judged]:
    """What the rules say of every collection of some sources, or of a share of them, in order, from so many workers at once.

    `sources` gives the sources, the same for each worker. What a worker was lost over is a gap. `tick` is told every now and then what a
    worker is at, `saw` what each source gave, by each worker.
    """
    told = Seeing(saw)
    lines = [_Line(sources, rules, options, Task(share.split(index, workers)), told.take) for index in range(workers)]
    before: list[_Line] = []
    following = 0, 0
    try:
        while any(line.running for line in lines):
            # One that is far ahead of the others waits: what it sends stays in the pipe.
            hearing = {line.output: line for line in lines if line.running and line.held < _HELD}
            ready = select.select(list(hearing), [], [], None if tick is None else _TICK)[0]
            if tick is not None and not ready:
                tick(next(iter(hearing.values())).at)
            for output in ready:
                hearing[output].hear()
            if len(lines) > 1 and any(line.alone for line in lines):
                for line in lines:
                    line.stop()
                before, lines = lines, [_alone(lines, share, following)]
                told.forget(following[0])
            for made in _in_order(lines):
                following = made.at[0], made.at[1] + 1
                yield made
        yield from _in_order(lines)
        lines += before
        yield from unsaid([lost for line in lines for lost in line.losses], {reason for line in lines for reason in line.said})
        yield from told.differences()
    finally:
        for line in lines:
            line.stop()


def _alone(lines: Sequence[_Line], share: Share, following: tuple[int, int]) -> _Line:
    """One that does what some are stopped at, from a collection of a source on."""
    source, collections = following
    lost = {name: reason for line in lines for name, reason in line.task.lost.items()}
    unjudged = {number: reason for line in lines if line.task.source == source for number, reason in line.task.unjudged.items()}
    return lines[0].followed_by(Task(share, source, collections, lost, unjudged))


def _in_order(lines: Sequence[_Line]) -> Iterator[Judged]:
    """What can be given now: nothing is to come that belongs before it."""
    while not any(line.running and not line.waiting for line in lines):
        line = min((line for line in lines if line.waiting), key=lambda line: line.waiting[0][0].at, default=None)
        if line is None:
            return
        yield line.taken()


def judged(
    sources: Callable[[], Iterator[Source]],
    rules: Rules,
    options: Options,
    *,
    workers: int = 1,
    tick: Callable[[str], None] | None = None,
    share: Share = ALL,
    saw: Callable[[SourceDigest], None] = lambda _: None,
) -> Iterator[Judged]:
    """The same as `supervised` in workers, where the options set limits for that and there can be one; else in this process."""
    if options.limits is not None and available():
        return supervised(sources, rules, options, workers, tick, share, saw)
    return judge_all(sources(), rules, lambda name: scope_of(name, options.paths), _Telling(saw), share)


class _Telling(Watch):
    def __init__(self, saw: Callable[[SourceDigest], None]) -> None:
        self._saw = saw

    def saw(self, seen: SourceDigest) -> None:
        self._saw(seen)


class Seeing:
    """Whether all who judge a share of the same saw the same."""

    def __init__(self, saw: Callable[[SourceDigest], None] = lambda _: None) -> None:
        self._saw = saw
        self._seen: dict[int, set[SourceDigest]] = {}

    def take(self, seen: SourceDigest) -> None:
        """What one of them saw."""
        self._saw(seen)
        self._seen.setdefault(seen.source, set()).add(seen)

    def forget(self, source: int) -> None:
        """What was seen of a source and of those behind it does not count any more."""
        self._seen = {number: seen for number, seen in self._seen.items() if number < source}

    def differences(self) -> Iterator[Judged]:
        """A gap for each source of which they did not: something of it may be judged by none."""
        for source, several in sorted(self._seen.items()):
            if len(several) > 1:
                name = f"input {source + 1}"
                gap = Gap(
                    name, "input_failed", "was not the same for all that judged a part of it", "scan it again, when nothing changes it"
                )
                yield placed(Judged(name, [], Coverage(gaps=[gap]), 0, Contributions()), BEHIND + source, 0)


BEHIND = 1 << 40
"""More than there are sources: what is said of one once everything is judged comes in a place so much behind its own."""


def unsaid(losses: Iterable[Judged], said: Collection[str]) -> Iterator[Judged]:
    """The losses that no source entered in its ledger itself: one of which only a value hung is not told by whoever lacks the value.
    `said`: the reasons of the gaps that sources entered."""
    for lost in sorted(losses, key=lambda lost: lost.at):
        if not any(gap.reason in reason for gap in lost.coverage.gaps for reason in said):
            yield lost


class _Line:
    """A worker, and those that take its place."""

    def __init__(
        self, sources: Callable[[], Iterator[Source]], rules: Rules, options: Options, task: Task, saw: Callable[[SourceDigest], None]
    ) -> None:
        self._sources, self._rules, self._options, self._saw = sources, rules, options, saw
        self._losses: dict[int, int] = {}
        self.said: set[str] = set()
        """The reasons of gaps that sources entered."""
        self.losses: list[Judged] = []
        """What workers were lost over, each as a gap."""
        self.waiting: deque[tuple[Judged, int]] = deque()
        """What was judged and not taken yet, with the bytes that it came in."""
        self.held = 0
        """Bytes of these."""
        self.alone = False
        """Whether one has to do what is left: the others cannot know what this one was lost over, or found."""
        self._start(task)

    def followed_by(self, task: Task) -> _Line:
        """Another of the same run."""
        return _Line(self._sources, self._rules, self._options, task, self._saw)

    def taken(self) -> Judged:
        """The next that was judged."""
        judged, size = self.waiting.popleft()
        self.held -= size
        return judged

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

    def hear(self) -> None:
        """Take in what the worker sent since it was last asked; it must have sent something, or have ended."""
        content = os.read(self.output, _CHUNK)
        if not content:
            self._ended()
            return
        try:
            for message in self._messages.add(content):
                self._take(message, self._messages.size)
        except Damaged as error:
            self._failure = f"made the worker send what is no result ({error})"
            os.kill(self._process, signal.SIGKILL)
            self._ended()

    def _take(self, message: Any, size: int) -> None:
        if isinstance(message, Failed):
            self._failure = message.reason
        elif isinstance(message, SourceDigest):
            self._saw(message)
        elif isinstance(message, GoesOnAlone):
            self.alone = True
        elif isinstance(message, Judged):
            self.said.update(gap.reason for gap in message.coverage.gaps if gap.code == "input_failed")
            self.waiting.append((message, size))
            self.held += size

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
        gap = Gap(fetched.in_words(place.name) or f"input {place.source + 1}", "input_failed", reason, _WAY)
        self.losses.append(placed(Judged(gap.scope, [], Coverage(gaps=[gap]), 0, Contributions()), BEHIND + place.source, place.collection))
        if not last:
            self.alone = not place.judging
            self._start(_behind(self.task, place, reason, losses))

    def _reaped(self) -> int:
        os.close(self.output)
        self.running = False
        return os.waitpid(self._process, 0)[1]

    def stop(self) -> None:
        """End the worker, where it runs."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self._reaped()


def _behind(task: Task, place: WorkPosition, reason: str, losses: int) -> Task:
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
