"""The line from targets to results.

    from assay.scanner.run import Options, Scan

    scan = Scan(Options(paths=["infra/"]))
    for result in scan:
        print(result.verdict, result.control, result.resource.address, result.message)
    report = scan.report()

A `Scan` is iterated once. What could not be read is in `scan.coverage`, not an exception; `RuleErrors`, `LookupError` (a control or profile
that is not there) and `ConfigurationError` are raised when it is made.
"""

from __future__ import annotations

import datetime
import functools
import importlib
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assay.scanner import __version__
from assay.scanner.facts import reading
from assay.scanner.facts.catalogue import Catalogue, catalogue
from assay.scanner.facts.stack import Stack
from assay.scanner.options import Options
from assay.scanner.results import findings, ledger, worlds
from assay.scanner.results.model import VERDICTS, ControlOutcome, Report, Result, Run, Summary, Tool, worst
from assay.scanner.rules import evaluate, load, params, view
from assay.scanner.rules.load import CompiledControl
from assay.scanner.sources.discover import discover, repository, show
from assay.scanner.sources.formats import FORMATS
from assay.scanner.sources.interface import Collection, Coverage, Gap, Source


class Scan:
    """One run over what the options name, or over `sources`."""

    def __init__(self, options: Options, sources: Iterable[Source] | None = None) -> None:
        self.options = options
        self.sources = sources
        """What to run over instead of the paths of the options; may be set until the run begins."""
        self.catalogue: Catalogue = catalogue()
        self.rules = load.load([load.builtin_folder(), *[Path(folder) for folder in options.policies]])
        self.selected = load.select(self.rules, options.controls, options.profile)
        self.coverage = Coverage()
        self.collection = ""
        """Name of the collection that is being judged, for progress."""
        self._started = _now()
        self._results: list[Result] = []
        self._resources: set[tuple[str, str, str]] = set()
        given = params.Given(options.params, options.control_params, self.rules)
        self._digest = given.digest()
        self._judges = evaluate.Judges((each, given.of(each.control)) for each in self.selected)
        self._line = self._run()

    def __iter__(self) -> Iterator[Result]:
        return self._line

    def _run(self) -> Iterator[Result]:
        for source in self._sources() if self.sources is None else self.sources:
            self.catalogue = catalogue(*source.readers)
            source.wanted, source.judged = frozenset(self._read_types()), frozenset(self._judged_types())
            for collection in source.collect():
                self.collection = collection.name
                try:
                    ledger.enter(self.coverage, collection, self._read_types())
                    for result in worlds.judged(collection, self._judge):
                        self._results.append(result)
                        yield result
                except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
                    # Plans are read as far as rules ask for, so that a shape that no Terraform writes shows only here.
                    reason = f"could not be judged to the end ({type(error).__name__}: {error})"
                    way = "write the input again; if it is as its tool writes it, report this as a defect"
                    self.coverage.gaps.append(Gap(show(collection.name), "input_failed", reason, way))

    def _sources(self) -> Iterator[Source]:
        found = discover(self.options.paths)
        self.coverage.gaps += found.gaps
        if found.directories or found.files:
            yield self._terraform(found.directories, found.files, found.boundary)
        for format_ in FORMATS:
            if format_.name in found.inputs:
                module = importlib.import_module(format_.module)
                yield from module.sources(found.inputs[format_.name], found.named, self.options)

    def _terraform(self, directories: list[str], files: list[str], boundary: list[str]) -> Source:
        from assay.scanner.sources.terraform.hcl import TerraformSource

        return TerraformSource(
            directories,
            files=files,
            variables=self.options.variables,
            var_files=self.options.var_files,
            workspace=self.options.workspace,
            boundary=boundary,
            show=show,
        )

    def _judge(self, collection: Collection) -> Iterator[Result]:
        stack = Stack(collection)
        names = self._judges.applies_to
        types = list(dict.fromkeys(item.type for item in collection.items))
        scope = collection.scope or _scope(collection.name)
        failed = functools.partial(ledger.failed, self.coverage)
        for resource in reading.read_all(self.catalogue, stack, types, names, failed):
            yield from self._judged(type(resource).__name__, resource, scope)
        for type_ in types:
            for item in stack.own(type_) if type_ in names else ():
                yield from self._judged(type_, view.raw_attributes(item), scope)

    def _judged(self, name: str, resource: Any, scope: str) -> Iterator[Result]:
        self._resources.add((scope, resource.identity.address, resource.identity.id))
        yield from findings.results(resource, scope, self._judges.judge(name, resource))

    def _read_types(self) -> set[str]:
        """The types of the inputs that something reads."""
        return set(self.catalogue.read_types) | {each.source_type for each in self.rules.controls if each.source_type}

    def _judged_types(self) -> set[str]:
        """The types of the inputs that the selected controls judge."""
        kinds = {each.kind for each in self.selected}
        named = {each.source_type for each in self.selected if each.source_type}
        return named | {
            type_ for type_, entries in self.catalogue.readers.items() if any(entry.kind.__name__ in kinds for entry in entries)
        }

    @property
    def incomplete(self) -> bool:
        """Something could not be read or judged, or there was nothing to judge."""
        crashed = any(result.verdict == "error" for result in self._results)
        return crashed or bool(self.coverage.gaps) or not (self.coverage.files.found or self.coverage.calls)

    def report(self) -> Report:
        """The whole run. Iterates what is left."""
        for _ in self._line:
            pass
        if not (self.coverage.files.found or self.coverage.calls or self.coverage.gaps):
            self.coverage.gaps.append(Gap(", ".join(self.options.paths), "nothing_found", "nothing was found to scan", "name a path"))
        counts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        by_control: dict[str, list[Result]] = {each.control.id: [] for each in self.selected}
        for result in self._results:
            counts[result.verdict] += 1
            by_control[result.control].append(result)
        order = {each: at for at, each in enumerate(("critical", "high", "medium", "low"))}
        return Report(
            tool=Tool("assay", __version__, self._digest),
            run=Run(str(uuid.uuid4()), self._started, _now(), self.options.arguments, self.options.paths),
            summary=Summary(counts, len(self._resources), len(self.selected)),
            controls=[_outcome(each, by_control[each.control.id]) for each in self.selected],
            results=sorted(
                self._results,
                key=lambda each: (each.resource.root, order[each.severity], each.control, each.resource.address, each.element),
            ),
            coverage=self.coverage,
        )


def _outcome(compiled: CompiledControl, results: list[Result]) -> ControlOutcome:
    control = compiled.control
    resources = {(result.resource.root, result.resource.address) for result in results}
    return ControlOutcome(control.id, control.title, control.severity, worst(result.verdict for result in results), len(resources))


def _scope(name: str) -> str:
    """What an address is relative to, in a form that does not depend on where the command was started."""
    top = repository(name) or repository(".")
    path = Path(name).resolve()
    if top is not None and path.is_relative_to(top):
        return path.relative_to(top).as_posix()
    return name


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


__all__ = ["Options", "Scan"]
