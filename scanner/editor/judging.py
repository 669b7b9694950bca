"""The process that judges what an editor holds. It stays, so that rules, readers and parsed files are warm.

It has the limits of a worker of a scan, anew for each request, says what it is at, and ends where it goes beyond them: the server starts
another (process.py). What it sends is data alone.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from msgspec import structs

from assay.scanner import targets
from assay.scanner.editor.inbox import Cancelled, Inbox
from assay.scanner.editor.messages import (
    CannotJudge,
    Chosen,
    Explain,
    Explained,
    Finished,
    JudgedPart,
    JudgeRequest,
    Mend,
    Mended,
    PartEntered,
)
from assay.scanner.editor.narrowed import Narrowed
from assay.scanner.editor.tree import ProjectTree
from assay.scanner.errors import AssayError, debug
from assay.scanner.judge import Judged, Watch, described, judge_all
from assay.scanner.override import override
from assay.scanner.results.model import Result
from assay.scanner.rules.evaluate import Judges
from assay.scanner.sources import stage
from assay.scanner.sources.overlay import Unsaved
from assay.scanner.sources.paths import show
from assay.scanner.sources.terraform.kept import KEPT
from assay.scanner.worker.child import send
from assay.scanner.worker.wire import encoded

if TYPE_CHECKING:
    from assay.scanner.facts.model import Resource
    from assay.scanner.rules.judgement import Judgement
    from assay.scanner.rules.view import Attributes
    from assay.scanner.run import Scan

FINDINGS = ("error", "fail", "unknown")
_KEPT_TEXT = 16 << 20
"""Bytes of code that is kept parsed: about twenty times as much memory."""
_KEPT_FINDINGS = 50_000
"""Findings of a directory that can be explained."""


class Prepare(Protocol):
    """Makes the scan of a request: rules, options and gate, by the configuration of the working directory."""

    def __call__(self, chosen: Chosen, path: str, overlay: Unsaved, changed: Sequence[str]) -> Scan:
        """`changed`: absolute paths of files. Raises AssayError."""


Tell = Callable[["Scan", Result], str]
"""A finding of a scan as `assay explain` tells it."""


def serve(prepare: Prepare, tell: Tell) -> NoReturn:
    """Answer what comes on standard input, on standard output, until it ends. Whatever else is printed goes to standard error."""
    output = os.dup(sys.__stdout__.fileno())  # type: ignore[union-attr]
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the editor hears it too, and ends this process
    KEPT.keep(_KEPT_TEXT)
    _Answers(prepare, tell, output).run(Inbox(0))


class _Answers:
    def __init__(self, prepare: Prepare, tell: Tell, output: int) -> None:
        self._prepare, self._tell, self._output = prepare, tell, output
        self._trees: dict[tuple[str, str], ProjectTree] = {}
        self._told: dict[str, tuple[Scan, dict[str, Result]]] = {}
        """Directory to the last scan of it, and what was found by its fingerprint."""
        self._is_warm = False

    def run(self, inbox: Inbox) -> NoReturn:
        for message in inbox:
            try:
                if isinstance(message, Explain):
                    self._explain(message)
                elif isinstance(message, Mend):
                    self._mend(message)
                else:
                    self._answer(message, inbox)
            except Cancelled:
                self._send(Finished(number=message.number, cancelled=True))
            except (AssayError, OSError) as error:
                self._send(CannotJudge(message.number, str(error)))
            except Exception as error:  # a defect of ours costs this request
                debug("a request could not be answered", error)
                self._send(CannotJudge(message.number, f"assay: it could not be judged ({described(error)})"))
        raise AssertionError("an inbox has no end")

    def _send(self, message: Any) -> None:
        send(self._output, encoded(message))

    def _explain(self, asked: Explain) -> None:
        scan, results = self._told.get(asked.directory, (None, {}))
        result = results.get(asked.fingerprint)
        self._send(Explained(asked.number, self._tell(scan, result) if scan is not None and result is not None else ""))

    def _mend(self, asked: Mend) -> None:
        from assay.scanner.editor import mending

        os.chdir(asked.directory)
        scan = self._prepare(asked.chosen, asked.path, Unsaved(asked.unsaved), ())
        # Whatever is mended, nothing else becomes worse: all controls count. It is judged here, where the limits are those of this process.
        options = structs.replace(scan.options, controls=(), frameworks=(), limits=None)
        watch = _Watch(lambda name: self._send(PartEntered(name)), scan, {})
        watch.reads(0, 0)
        try:
            mend = mending.chosen(options, asked.fingerprints[0]) if asked.decided else mending.safe(options, asked.fingerprints)
        finally:
            watch.rest()
        self._send(Mended(asked.number, *mend))

    def _answer(self, request: JudgeRequest, inbox: Inbox) -> None:
        os.chdir(request.directory)
        self._send(PartEntered(""))
        scan = self._prepare(request.chosen, request.path, Unsaved(request.unsaved), request.changed)
        scan.rules.judges = _Interrupted(scan.rules.judges, lambda: inbox.check(request.number))
        tree = self._trees.setdefault((request.directory, request.path), ProjectTree())
        touched = tree.touched(scan.options, request)
        sources = [Narrowed(source, list(map(show, request.first)), request.addresses) for source in targets.of(touched, scan.options)]
        _, known = self._told.get(request.directory, (scan, {}))
        self._told[request.directory] = scan, known
        watch = _Watch(lambda name: self._send(PartEntered(name)), scan, request.lost)
        stage.watch(watch.entered, request.lost)
        try:
            for judged in judge_all(iter(sources), scan.rules, lambda name: targets.scope_of(name, scan.options.paths), watch):
                inbox.check(request.number)
                part = _part(request, judged, sources[watch.source], watch.collection, scan)
                if len(known) > _KEPT_FINDINGS:
                    known.clear()
                known |= {result.fingerprint: result for result in part.results}
                self._send(part)
        finally:
            watch.rest()
        roots: dict[str, tuple[str, ...]] = dict.fromkeys(tree.inputs, ())
        for source in (source for source in sources if source.input in roots):
            roots[source.input] = (*roots[source.input], *source.roots)
        uses = scan.gate.report(compiled.control.id for compiled in scan.selected).waivers
        self._send(Finished(number=request.number, roots=roots, waivers=[use for use in uses if use.refused]))
        self._tidy()

    def _tidy(self) -> None:
        """Free what a request made, while nobody waits. What is there after the first, rules and readers, is not looked through again."""
        gc.collect()
        if not self._is_warm:
            self._is_warm = True
            gc.freeze()


def _part(request: JudgeRequest, judged: Judged, source: Narrowed, collection: int, scan: Scan) -> JudgedPart:
    known = {compiled.control.id: compiled.control for compiled in scan.selected}
    is_part = collection < source.parts
    results = [scan.gate.result(result) for result in judged.results if result.verdict in FINDINGS and result.control in known]
    of_results = {result.control for result in results}
    return JudgedPart(
        number=request.number,
        input=source.input,
        root=judged.name,
        files=tuple(map(show, request.first)) if is_part else (),
        broken=tuple(source.broken),
        results=results,
        gaps=judged.coverage.gaps,
        why={control: known[control].why for control in of_results},
        fixable=tuple(sorted(control for control in of_results if isinstance(known[control].fix.get(source.input), list))),
    )


class _Interrupted(Judges):
    """Controls that ask before each resource whether anybody waits."""

    def __init__(self, judges: Judges, check: Callable[[], None]) -> None:
        self._judges, self._check = judges, check

    @property
    @override
    def applies_to(self) -> set[str]:
        return self._judges.applies_to

    @override
    def judge(self, name: str, resource: Resource | Attributes) -> Iterator[Judgement]:
        self._check()
        return self._judges.judge(name, resource)


class _Watch(Watch):
    """Says what is read, and sets the limits of a worker, where the system keeps them."""

    def __init__(self, tell: Callable[[str], None], scan: Scan, lost: Mapping[str, str]) -> None:
        """`lost`: what an earlier process was lost over, and how."""
        self._tell, self._lost, self._enforced = tell, lost, None
        self.source = self.collection = 0
        if sys.platform == "linux" and scan.options.limits is not None:
            from assay.scanner.worker.limits import Enforced

            self._enforced = Enforced(scan.options.limits)

    @override
    def reads(self, source: int, collection: int) -> None:
        self.source = source
        if self._enforced is not None:
            self._enforced.begin()

    @override
    def judges(self, collection: int, name: str) -> str | None:
        self.collection = collection
        if reason := self._lost.get(name):
            return reason
        self._tell(name)
        return None

    def entered(self, name: str, size: int) -> None:
        """A part of the input is read from now on."""
        self._tell(name)
        if self._enforced is not None:
            self._enforced.entered(name, size)

    def rest(self) -> None:
        """Nothing is judged until the next request, which may take its time."""
        if self._enforced is not None:
            self._enforced.sending()
