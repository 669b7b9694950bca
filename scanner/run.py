"""The line from targets to results.

    from assay import Options, Scan

    for result in Scan(Options(paths=["infra/"])):
        print(result.verdict, result.control, result.resource.address, result.message)

    report = Scan(Options(paths=["infra/"])).report()

What could not be read is in the coverage, not an exception.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

import msgspec

from assay.scanner import __version__, targets
from assay.scanner.errors import RunError
from assay.scanner.gate.apply import Gate
from assay.scanner.judge import Judged, Rules, Sink, Watch, judge_all
from assay.scanner.options import Options
from assay.scanner.results import ledger, stated
from assay.scanner.results.frameworks import served
from assay.scanner.results.keeping import InMemory, Keeping
from assay.scanner.results.model import Report, Result, Run, Tool
from assay.scanner.results.tally import Tally
from assay.scanner.rules.load import CompiledControl
from assay.scanner.rules.statements import Statements
from assay.scanner.sources import fetched
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import Source
from assay.scanner.sources.listing import Fate, FileListing
from assay.scanner.sources.overlay import Disk
from assay.scanner.sources.revision import Revision, revisions
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.worker import cores, parent

if TYPE_CHECKING:
    from assay.scanner.worker.forkserver import ForkServer


class JudgedBefore(Protocol):
    """What was judged elsewhere, by the same rules."""

    @property
    def listing(self) -> FileListing:
        """The files that there were."""

    @property
    def gaps(self) -> list[Gap]:
        """What could not be used of the paths."""

    def judged(self) -> Iterator[Judged]:
        """Each collection, in the order of a run."""


class Scan:
    """One run over what the options name, or over `sources`. It runs once."""

    def __init__(self, options: Options, sources: Iterable[Source] | None = None) -> None:
        """Raises RuleErrors, SelectionError (a control, profile or param that is not there)."""
        self.options, self.rules = options, Rules(options)
        self.sources = sources
        """What to run over instead of the paths of the options; may be set until the run begins."""
        self.before: JudgedBefore | None = None
        """What was judged already, in place of the paths of the options; may be set until the run begins."""
        self.at_hand = True
        """Whether the files that were judged are there as they were: lines of them may be shown. May be set until the run begins."""
        self.workers = 1
        """How many processes judge what the paths of the options name, 0 for as many as that is worth; may be set until the run begins."""
        self.gate = Gate()
        """What findings mean for the team; may be set until the run begins. This one lets everything through as it is."""
        self.tick: Callable[[str], None] | None = None
        """Is told every now and then what is read or judged; may be set until the run begins."""
        self.names: dict[str, str] = {}
        """What reports call files by other names than their own: that name to the file."""
        self.tally = Tally(self.rules.selected)
        """Counts of what was judged so far."""
        self.sensitive = Sensitive()
        """Texts that no report shows, of what was judged so far."""
        self.files: dict[str, Fate] = {}
        """What became of each file below the targets, once the run is over."""
        self.sinks: list[Sink] = []
        """What is given every collection's value as it comes, whoever runs it; may be set until the run begins."""
        self.keeping: Keeping = InMemory()
        """What keeps the results for a report; may be set until the run begins."""
        self._server: ForkServer | None = None
        self._id, self._started, self._listing = str(uuid.uuid4()), "", FileListing()

    @property
    def selected(self) -> list[CompiledControl]:
        """The controls that it judges by."""
        return self.rules.selected

    @property
    def tool(self) -> Tool:
        """What judges."""
        return Tool("assay", __version__, self.rules.digest)

    def begun(self) -> Run:
        """What is known of a run while it goes on: everything but when it ends."""
        return Run(self._id, self._started, "", list(self.options.arguments), self._named(), self.rules.in_force)

    @property
    def coverage(self) -> Coverage:
        """The ledger of what was judged so far."""
        return self.tally.coverage

    @property
    def incomplete(self) -> bool:
        """Something could not be read or judged, or there was nothing to judge, and it was not so before."""
        return bool(self.tally.verdicts["error"]) or any(not self.gate.is_known(gap) for gap in self.tally.coverage.gaps)

    def __iter__(self) -> Iterator[Result]:
        """Every result as it comes; none is kept. Raises RunError where the scan ran already."""
        for judged in self._judged():
            yield from judged.results

    def run(self, *sinks: Sink) -> Tally:
        """Run to the end: each sink is given every collection's value as it comes. Raises RunError where the scan ran already."""
        for judged in self._judged():
            for sink in (*self.sinks, *sinks):
                sink(judged)
        return self.tally

    def report(self, *sinks: Sink) -> Report:
        """Run to the end, and keep what `keeping` keeps. Raises RunError where the scan ran already."""
        self.run(lambda judged: self.keeping.take(judged.results), *sinks)
        results = self.keeping.ordered()
        return Report(
            tool=self.tool,
            run=msgspec.structs.replace(self.begun(), finished=_now(), revisions=self._revisions()),
            summary=self.tally.summary(),
            controls=self.tally.outcomes(),
            frameworks=served(self.rules.set.frameworks, self.selected),
            results=results,
            gate=msgspec.structs.replace(
                self.gate.report(compiled.control.id for compiled in self.selected),
                attestations=stated.uses(self.options.attestations, Statements((), self.options.today), results),
                known_gaps=[gap for gap in self.tally.coverage.gaps if self.gate.is_known(gap)],
            ),
            coverage=msgspec.structs.replace(self.tally.coverage, fates=msgspec.UNSET),
        )  # fmt: skip

    def _revisions(self) -> list[Revision]:
        """The commits that the paths are of; none of what is not read from the working tree."""
        overlay = self.options.overlay
        if self.sources is not None or not self.at_hand or (overlay is not None and not isinstance(overlay, Disk)):
            return []
        return revisions(self.options.paths, self.files)

    def _judged(self) -> Iterator[Judged]:
        """Each collection as the gate leaves it."""
        if self._started:
            raise RunError("the scan has run already: make another Scan, or take report().results")
        self._started = _now()
        selected = {compiled.control.id for compiled in self.selected} if self.rules.compared else None
        for judged in self._parts():
            judged.results = [self.gate.result(result) for result in judged.results]
            if self.rules.estate is not None:
                self.rules.estate.take(judged.name, judged.summary, judged.source, judged.results, bool(judged.coverage.gaps))
            if selected is not None:
                judged.results = [result for result in judged.results if result.control in selected]
            yield self._taken(judged)
        if self.rules.estate is not None:
            from assay.scanner.estate import judged_estate

            whole = judged_estate(self.rules, self.options)
            whole.results = [self.gate.result(result) for result in whole.results]
            yield self._taken(whole)
        self.files, closing = ledger.close(self._listing, self.tally.coverage)
        self.tally.add(closing)
        if self.sources is None:  # an audit was asked for its part alone
            self.tally.add(ledger.join_parts(self.tally.coverage))
        if not (self.tally.resources or self.tally.coverage.gaps or self.options.allow_empty or self.options.changed is not None):
            self.tally.add(Coverage(gaps=[self._empty()]))

    def _taken(self, judged: Judged) -> Judged:
        """The same, after it was counted."""
        self.tally.take(judged.results, judged.coverage, judged.resources)
        self.sensitive.take(judged.sensitive)
        return judged

    def _parts(self) -> Iterator[Judged]:
        """Each collection as it is judged: in a worker, where the options set limits for it and there can be one."""
        if self.sources is not None:
            return self._of(list(self.sources))
        if self.before is not None:
            self._listing = self.before.listing
            self.tally.add(Coverage(gaps=self.before.gaps))
            return self.before.judged()
        made, gaps, self._listing = targets.sources(self.options)
        self.tally.add(Coverage(gaps=gaps))
        return parent.judged(made, self.rules, self.options, workers=self.workers or cores.worth(self._listing), tick=self.tick)

    def fork(self) -> None:
        """Start the process that judges what live sources collect, where the options set limits for that and there can be one.

        A run does so itself as long as this process has one thread; who starts threads before the run calls this before.
        """
        from assay.scanner.worker.forkserver import ForkServer

        if self._server is None and self.options.limits is not None and parent.available():
            self._server = ForkServer(self.rules, self.options)

    def _of(self, sources: list[Source]) -> Iterator[Judged]:
        from assay.scanner.sources.live import LiveSource

        live = [source for source in sources if isinstance(source, LiveSource)]
        if live and len(live) == len(sources):
            self.fork()
        if self._server is not None:
            return self._server.judged(live)
        return judge_all(sources, self.rules, self._scope, Watch())

    def _named(self) -> list[str]:
        return [fetched.called(path) for path in self.options.paths]

    def _scope(self, name: str) -> str:
        return targets.scope_of(name, self.options.paths)

    def _empty(self) -> Gap:
        """Nothing judged is no clean run: a filter that matches nothing must not look like one."""
        scope = ", ".join(self._named())
        if self.tally.saw_nothing:
            return Gap(scope, "nothing_found", "nothing was found to scan", "name a path; --allow-empty where that is expected")
        if self.rules.estate_kinds and self.options.estate is None and not self.rules.of_resources:
            return Gap(
                scope, "nothing_judged", "nothing was judged: nothing describes the deployment as a whole", "estate in assay.yaml says it"
            )
        reason = "nothing was judged: of what was found, no resource is of a kind that the selected controls ask of"
        return Gap(scope, "nothing_judged", reason, "name what holds such resources, or --allow-empty where that is expected")


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


__all__ = ["Options", "Scan"]
