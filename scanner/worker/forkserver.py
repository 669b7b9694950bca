"""Judges what a live audit collects, in workers.

An audit collects in the process of the command, with threads, and a process with threads cannot fork safely. So the command forks this
server while it has one thread: a process that does nothing but start workers and pass on what they say (parent.py). A part of what is
collected waits in a file until it is whole; the server is told of it, and has it read and judged. What a worker is lost over costs that, as
it does in a scan.

Collecting in the worker was the other way. It would put credentials, prompts and connections in a process that is meant to be lost, set
limits by the clock to waiting for the cloud, and ask for everything again after each loss.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.errors import AssayError, debug
from assay.scanner.judge import Judged, Rules, described, lost
from assay.scanner.options import Options
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import Contributions
from assay.scanner.sources.live import LiveSource, SnapshotPart
from assay.scanner.worker.child import FAILED, FINISHED, end_with, send
from assay.scanner.worker.parent import supervised
from assay.scanner.worker.wire import Damaged, Failed, Messages, encoded

_CHUNK = 1 << 20
_WAY = "take a snapshot (assay snapshot) and scan that, or audit fewer accounts at a time"


class PartDone(msgspec.Struct):
    """Everything of a part is judged."""


class ForkServer:
    """The server, as the process sees it that forked it."""

    def __init__(self, rules: Rules, options: Options) -> None:
        """Fork the server. This process must be able to fork, see parent.available."""
        theirs_in, self._parts = os.pipe()
        self._answers, theirs_out = os.pipe()
        before = os.getpid()
        self._process = os.fork()
        if not self._process:
            os.close(self._parts)
            os.close(self._answers)
            _serve(theirs_in, theirs_out, rules, options, before)
        os.close(theirs_in)
        os.close(theirs_out)
        self._messages, self._running = Messages(), True

    def judged(self, sources: Iterable[LiveSource]) -> Iterator[Judged]:
        """What the rules say of what sources collect, part by part. Ends the server."""
        try:
            for source in sources:
                yield from self._collected(source)
        finally:
            self.stop()

    def _collected(self, source: LiveSource) -> Iterator[Judged]:
        try:
            for part in source.parts():
                yield from self._of(part)
        except (AssayError, ModuleNotFoundError):  # credentials, libraries: whoever asked can do something about it
            raise
        except Exception as error:
            debug(f"{source.input} could not be collected to the end", error)
            yield lost(source.input, f"could not be collected to the end ({described(error)})")

    def _of(self, part: SnapshotPart) -> Iterator[Judged]:
        reason = "the process that judges has ended"
        if self._running:
            with contextlib.suppress(BrokenPipeError):
                send(self._parts, encoded(part))
        while self._running:
            content = os.read(self._answers, _CHUNK)
            if not content:
                self.stop()
                break
            try:
                for message in self._messages.add(content):
                    if isinstance(message, PartDone):  # the last message: the server is told of one part at a time
                        return
                    if isinstance(message, Judged):
                        yield message
                    elif isinstance(message, Failed):
                        reason = message.reason
            except Damaged as error:
                reason = f"the process that judges sent what is no result ({error})"
                self.stop()
        yield Judged(part.name, [], Coverage(gaps=[Gap(part.name, "input_failed", reason, _WAY)]), 0, Contributions())

    def stop(self) -> None:
        """End the server, and with it the worker that it may have."""
        if self._running:
            self._running = False
            os.close(self._parts)
            os.close(self._answers)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _serve(parts: int, answers: int, rules: Rules, options: Options, parent: int) -> None:
    """The work of the server, in the process that was forked for it. It does not return."""
    code = FAILED
    try:
        for number in (signal.SIGINT, signal.SIGTERM):  # whoever collects hears them, and goes on with what is known
            signal.signal(number, signal.SIG_IGN)
        end_with(parent)
        _answer(parts, answers, rules, options)
        code = FINISHED
    except BrokenPipeError:
        pass
    except BaseException as error:  # nothing of the process that was forked may run on here
        with contextlib.suppress(OSError):
            send(answers, encoded(Failed(f"the process that judges has ended ({described(error)})")))
    finally:
        os._exit(code)


def _answer(parts: int, answers: int, rules: Rules, options: Options) -> None:
    messages = Messages()
    while content := os.read(parts, _CHUNK):
        for part in messages.add(content):
            for judged in supervised(_source_of(part), rules, options):
                send(answers, encoded(judged))
            send(answers, encoded(PartDone()))


def _source_of(part: SnapshotPart) -> Any:
    return lambda: iter((part.source(),))
