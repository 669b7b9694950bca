"""What a worker does: it reads and judges source after source, says where it is, and sends what it judged."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import msgspec

from assay.scanner.judge import Rules, SourceDigest, Watch, described, judge_all
from assay.scanner.options import Options
from assay.scanner.sources import stage
from assay.scanner.sources.interface import ALL, NotShared, Share, Source
from assay.scanner.targets import scope_of
from assay.scanner.worker.board import Board, WorkPosition
from assay.scanner.worker.limits import Enforced
from assay.scanner.worker.wire import Failed, GoesOnAlone, encoded

FINISHED, FAILED = 0, 70
"""Exit codes: everything is judged, an exception was told. Any other end is a loss."""


class Task(msgspec.Struct, frozen=True):
    """What a worker is to do: a share of the collections, without what earlier workers did or were lost over."""

    share: Share = ALL
    source: int = 0
    """Those before this one are done."""
    collections: int = 0
    """So many collections of that source are done."""
    lost: dict[str, str] = {}
    """Part of the input to how a worker was lost over it."""
    unjudged: dict[int, str] = {}
    """Collection of that source to how a worker was lost over judging it."""


class Work:
    """The work of a process that was forked for it. It does not return from `run`."""

    def __init__(self, sources: Callable[[], Iterator[Source]], rules: Rules, options: Options, task: Task, board: Board) -> None:
        self._sources, self._rules, self._options, self._task, self._board = sources, rules, options, task, board
        self._parent = os.getppid()

    def run(self, output: int) -> None:
        """Work to the end, and send messages (wire.py) to a file descriptor."""
        code = FAILED
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and ends this process
            end_with(self._parent)
            self._work(output)
            code = FINISHED
        except BrokenPipeError:  # the parent has seen enough
            pass
        except NotShared:
            send(output, encoded(GoesOnAlone()))
            code = FINISHED
        except BaseException as error:  # whatever it is, the parent is told, and nothing of the parent's may run on here
            send(output, encoded(Failed(_in_words(error))))
        finally:
            os._exit(code)

    def _work(self, output: int) -> None:
        assert self._options.limits is not None
        enforced = Enforced(self._options.limits)
        watch = _Watch(self._task, self._board, enforced, output)
        stage.watch(watch.entered, self._task.lost)
        paths = self._options.paths
        for judged in judge_all(self._sources(), self._rules, lambda name: scope_of(name, paths), watch, self._task.share):
            enforced.sending()
            send(output, encoded(judged))


class _Watch(Watch):
    def __init__(self, task: Task, board: Board, enforced: Enforced, output: int) -> None:
        self._task, self._board, self._enforced, self._output = task, board, enforced, output
        self._place = WorkPosition()

    def makes(self, source: int) -> None:
        self.reads(source, 0)

    def wants(self, source: int) -> bool:
        return source >= self._task.source

    def reads(self, source: int, collection: int) -> None:
        self._enter(WorkPosition(source, collection))
        self._enforced.begin()

    def judges(self, collection: int, name: str) -> str | None:
        if self._place.source == self._task.source:
            if collection < self._task.collections:
                return ""
            if reason := self._task.unjudged.get(collection):
                return reason
        self._enter(msgspec.structs.replace(self._place, judging=True, name=name))
        return None

    def fails(self, error: Exception) -> None:
        raise error

    def saw(self, seen: SourceDigest) -> None:
        send(self._output, encoded(seen))

    def entered(self, name: str, size: int) -> None:
        """A part of the input is read from now on: of a collection that is judged, as far as rules ask for it."""
        if not self._place.judging:
            self._enter(msgspec.structs.replace(self._place, name=name))
        self._enforced.entered(name, size)

    def _enter(self, place: WorkPosition) -> None:
        self._place = place
        self._board.write(place)


_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Let the kernel end this process when its parent ends, however that is. https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html"""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(FAILED)  # it has ended already


def _in_words(error: BaseException) -> str:
    return "takes more memory than it may" if isinstance(error, MemoryError) else f"could not be read ({described(error)})"


def send(output: int, content: bytes) -> None:
    """Write all of it to a file descriptor."""
    view = memoryview(content)
    while view:
        view = view[os.write(output, view) :]
