"""Judges a collection by the rules of a run: a function of the two alone, whose value crosses processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from assay.scanner.facts import reading
from assay.scanner.facts.catalogue import Catalogue
from assay.scanner.facts.model import Resource
from assay.scanner.facts.stack import Stack
from assay.scanner.options import Options
from assay.scanner.results import findings, ledger, worlds
from assay.scanner.results.model import Result
from assay.scanner.rules import evaluate, load, params, view
from assay.scanner.sources.interface import Collection, Contributions, Coverage, Gap, Item, Wanted, Within


class Judged(msgspec.Struct):
    """What the rules say of one collection."""

    name: str
    """The collection's, for messages."""
    results: list[Result]
    coverage: Coverage
    resources: int
    """How many resources some control was asked of."""
    contributions: Contributions
    """What the collection adds to indexes over all collections."""


class Rules:
    """The controls of a run, ready to judge."""

    def __init__(self, options: Options) -> None:
        """Raises RuleErrors and SelectionError."""
        self.set = load.load([load.builtin_folder(), *[Path(folder) for folder in options.policies]])
        self.selected = load.select(self.set, options.controls, options.profile)
        given = params.Given(options.params, options.control_params, self.set)
        self.digest = given.digest()
        self.judges = evaluate.Judges((compiled, given.of(compiled.control)) for compiled in self.selected)
        self.named_types = frozenset(compiled.source_type for compiled in self.set.controls if compiled.source_type)
        """Types of inputs that some rule names instead of a kind."""

    def wanted(self, known: Catalogue) -> Wanted:
        """What to collect for these rules."""
        kinds = {compiled.kind for compiled in self.selected}
        named = {compiled.source_type for compiled in self.selected if compiled.source_type}
        judged = (type_ for type_, readers in known.readers.items() if any(reader.kind.__name__ in kinds for reader in readers))
        return Wanted(known.read_types | self.named_types, frozenset({*judged, *named}), known.listings)


def judge(collection: Collection, rules: Rules, known: Catalogue) -> Judged:
    """The verdicts of all controls on all resources of a collection. `known`: the readers of its input."""
    coverage = ledger.enter(collection, {*known.readers, *rules.named_types}, known.joined)
    run = _Run(rules, known, coverage)
    results: list[Result] = []
    try:
        results.extend(worlds.judged(collection, run.results))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        # Plans are read as far as rules ask for, so that a shape that no Terraform writes shows only here.
        reason = f"could not be judged to the end ({type(error).__name__}: {error})"
        way = "write the input again; if it is as its tool writes it, report this as a defect"
        coverage.gaps.append(Gap(collection.name, "input_failed", reason, way))
    contributions = Contributions.of(known.contributions, collection.items)
    return Judged(collection.name, results, coverage, len(run.resources), contributions)


class _Run:
    """One collection under judgement."""

    def __init__(self, rules: Rules, known: Catalogue, coverage: Coverage) -> None:
        self.rules, self.known, self.coverage = rules, known, coverage
        self.resources: set[tuple[str, str]] = set()
        self.within: Within | None = None

    def results(self, collection: Collection) -> Iterator[Result]:
        """Of one world of the collection."""
        stack = Stack(collection)
        types = list(dict.fromkeys(item.type for item in collection.items))
        scope = collection.scope or collection.name
        self.within = collection.within
        wanted = self.rules.judges.applies_to
        for resource in reading.read_all(self.known, stack, types, wanted, self._failed):
            yield from self._judged(resource, type(resource).__name__, scope)
        for type_ in types:
            for item in stack.own(type_) if type_ in wanted else ():
                yield from self._judged(view.raw_attributes(item), type_, scope)

    def _judged(self, resource: Resource | view.Attributes, name: str, scope: str) -> Iterator[Result]:
        """`name`: of the kind, or the input's own type."""
        results = findings.results(resource, scope, self.rules.judges.judge(name, resource))
        if self.within is not None:
            within = self.within
            chosen = [result for result in results if within.declares((block.address, block.file) for block in result.resource.blocks)]
            if not chosen:
                return
            results = iter(chosen)
        self.resources.add((resource.identity.address, resource.identity.id))
        yield from results

    def _failed(self, item: Item, error: Exception) -> None:
        ledger.failed(self.coverage, item, error)


Sink = Callable[[Judged], None]
"""Takes the value of each collection as it comes."""
