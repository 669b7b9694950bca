"""Judges a collection by the rules of a run: a function of the two alone, whose value crosses processes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assay.scanner.analysis.estate.recording import Recorder
from assay.scanner.analysis.estate.summary import Summary
from assay.scanner.analysis.estate.taking import NEEDED, Taking
from assay.scanner.errors import AssayError, debug
from assay.scanner.facts import reading
from assay.scanner.facts.catalogue import Catalogue, catalogue, catalogue_for
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.model import Resource, cloud_of
from assay.scanner.facts.roles import Roles
from assay.scanner.options import Options
from assay.scanner.results import findings, ledger, shown, worlds
from assay.scanner.results.in_force import in_force
from assay.scanner.results.model import Result
from assay.scanner.rules import evaluate, load, params, statements, view
from assay.scanner.rules.statements import Statements
from assay.scanner.sources import inputs
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.entries import OfAnotherShard
from assay.scanner.sources.interface import (
    ALL,
    EVERYTHING,
    AccountPart,
    Collection,
    Contributions,
    Item,
    NotShared,
    Share,
    Source,
    Unlisted,
    Wanted,
    Within,
)
from assay.scanner.sources.sensitive import Sensitive

_WAY = "write the input again; if it is as its tool writes it, report this as a defect"


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
    source: str = "code"
    """`code`, or `live` for what a live account or an inventory tells."""
    summary: Summary | None = None
    """What it says of the estate, where something asks for that."""
    sensitive: list[str] = []
    """Texts of it that no report shows; for lines of code, which are read where a report is written."""
    input: str = ""
    """What the collection is of: `terraform`, `cloudformation`; empty where nothing could be made of it."""
    at: tuple[int, int] = (0, 0)
    """Its source among those of the run, and its number among the collections of that: the order in which a run gives them."""


class Rules:
    """The controls of a run, ready to judge."""

    def __init__(self, options: Options) -> None:
        """Raises RuleErrors and SelectionError."""
        self.set = load.load([load.builtin_folder(), *[Path(folder) for folder in options.policies]], overrides=options.overrides)
        chosen = load.select(self.set, options.controls, options.profile, options.frameworks)
        self.selected = load.adjusted(self.set, chosen, options.disabled, options.severities)
        given = params.GivenParams(options.params, options.control_params, self.set)
        self.digest = given.digest()
        self.asked = options.asked
        self.in_force = in_force(options, self.set, self.selected, given)
        stated = Statements(options.attestations, options.today)
        self.compared = _compared(self.set, self.selected, options)
        """Controls that are judged to be held against each other, and are not asked for themselves."""
        self.judges = evaluate.Judges(((compiled, given.of(compiled.control)) for compiled in self.judged), stated)
        kinds = catalogue().kinds
        named = {compiled.kind for compiled in self.selected if compiled.kind in kinds}
        self.estate_kinds = frozenset(name for name in named if kinds[name].of_estate)
        """Kinds of the estate that the selected controls judge."""
        self.estate = Taking(options.estate) if options.estate is not None and self.estate_kinds else None
        statements.check(options.attestations, self.set.by_id())
        self.roles = Roles(options.roles)
        self.named_types = frozenset(compiled.source_type for compiled in self.set.controls if compiled.source_type)
        """Types of inputs that some rule names instead of a kind."""

    @property
    def of_resources(self) -> bool:
        """Whether one of the selected controls asks of resources, and not of the deployment as a whole."""
        return any(compiled.kind not in self.estate_kinds for compiled in self.selected)

    @property
    def judged(self) -> list[load.CompiledControl]:
        """Every control that resources are judged by."""
        return [*self.selected, *self.compared]

    @property
    def summed_up(self) -> Mapping[str, frozenset[str]]:
        """Kinds that are read for the estate, whether or not a control judges them, with the facts that count."""
        return NEEDED if self.estate is not None else {}

    @property
    def read_kinds(self) -> set[str]:
        """The kinds that are read: to be judged, or for the estate."""
        return self.judges.applies_to | self.summed_up.keys()

    def wanted(self, known: Catalogue) -> Wanted:
        """What to collect for these rules."""
        kinds = {compiled.kind for compiled in self.judged} | self.summed_up.keys()
        named = {compiled.source_type for compiled in self.judged if compiled.source_type}
        judged = (type_ for type_, names in known.kinds_of.items() if not kinds.isdisjoint(names))
        return Wanted(known.read_types | self.named_types, frozenset({*judged, *named}), self._listings(known))

    def _listings(self, known: Catalogue) -> dict[str, Any]:
        """How resources of an account are listed, with those that controls judge when all of it is known."""
        kinds = {compiled.kind for compiled in self.judged if compiled.kind in known.kinds and known.kinds[compiled.kind].of_whole_account}
        whole = {type_ for type_, names in known.kinds_of.items() if not kinds.isdisjoint(names)}
        late = {type_: structs.replace(known.listings[type_], of_whole_account=True) for type_ in whole & known.listings.keys()}
        return {**known.listings, **late}


def _compared(rules: load.RuleSet, selected: Iterable[load.CompiledControl], options: Options) -> list[load.CompiledControl]:
    """The controls of the profile and the frameworks that are not selected, where what is selected holds verdicts against each other."""
    kinds = catalogue().kinds
    compares = any(compiled.kind in kinds and kinds[compiled.kind].compares for compiled in selected)
    if options.estate is None or not compares:
        return []
    chosen = {compiled.control.id for compiled in selected}
    all_ = load.select(rules, (), options.profile, options.frameworks)
    return [compiled for compiled in load.adjusted(rules, all_, options.disabled, {}) if compiled.control.id not in chosen]


class SourceDigest(msgspec.Struct, frozen=True):
    """What a source gave to whoever judges a share of it: the same for all shares, or something was judged by none of them or twice."""

    source: int
    collections: int
    names: str
    """A digest of their names, in order."""


class Watch:
    """Is told how far the work over some sources is. This one listens to nothing, and leaves nothing out."""

    def makes(self, source: int) -> None:
        """The next source is made from now on, which may read files: its number among all."""

    def wants(self, source: int) -> bool:
        """Whether a source is collected."""
        return True

    def reads(self, source: int, collection: int) -> None:
        """The next collection of a source is read from now on."""

    def judges(self, collection: int, name: str) -> str | None:
        """A collection is judged now. Why it is not judged, or empty text where that was done before; None to judge it."""
        return None

    def fails(self, error: Exception) -> None:
        """Reading a source ended with an exception: nothing more comes of it."""

    def saw(self, seen: SourceDigest) -> None:
        """A source came to its end."""


def judge_all(
    sources: Iterable[Source], rules: Rules, scope_of: Callable[[str], str], watch: Watch, share: Share = ALL
) -> Iterator[Judged]:
    """What the rules say of every collection of some sources, or of a share of them.

    `scope_of`: the name of a collection to what its addresses are relative to.
    """
    iterator, number = iter(sources), 0
    while True:
        watch.makes(number)
        try:
            source = next(iterator, None)
        except Exception as error:
            debug(f"input {number + 1} could not be made", error)
            watch.fails(error)
            yield placed(lost(f"input {number + 1}", f"it and what follows could not be read ({described(error)})"), number, 0)
            return
        if source is None:
            return
        if watch.wants(number) and not isinstance(source, OfAnotherShard):
            part = share.of_alone() if source.alone else share
            yield from _of_source(number, source, rules, scope_of, watch, part.behind(number))
        number += 1


def _of_source(number: int, source: Source, rules: Rules, scope_of: Callable[[str], str], watch: Watch, share: Share) -> Iterator[Judged]:
    by_types = bool(source.input) and inputs.by_types(source.input)
    known = catalogue(*inputs.readers(source.input)) if source.input and not by_types else catalogue()
    collections = source.collect(structs.replace(EVERYTHING if by_types else rules.wanted(known), share=share))
    count, name, names = 0, source.input, hashlib.sha256()
    while True:
        watch.reads(number, count)
        try:
            collection = next(collections, None)
        except (
            AssayError,
            ModuleNotFoundError,
            NotShared,
        ):  # of a live audit: credentials, libraries; whoever asked can do something about it
            raise
        except Exception as error:  # a source enters gaps itself: this is a defect of ours, or the end of the memory
            debug(f"{name} could not be read to the end", error)
            watch.fails(error)
            yield placed(lost(name, f"could not be read to the end ({described(error)})"), number, count)
            return
        if collection is None:
            watch.saw(SourceDigest(number, count, names.hexdigest()))
            return
        names.update(collection.name.encode("utf-8", "surrogatepass") + b"\0")
        if not share.takes(count):
            count += 1
            continue
        if collection.scope is None:
            collection.scope = scope_of(collection.name)
        name, left_out = collection.name, watch.judges(count, collection.name)
        if left_out is None and by_types:
            types = {item.type for item in (*collection.items, *collection.context)}
            known = catalogue_for(inputs.readers_of(source.input, types), types, rules.read_kinds)
        if left_out is None:
            judged = judge(collection, rules, known, "live" if inputs.is_live(source.input) else "code")
            judged.input = source.input
            yield placed(judged, number, count)
        elif left_out:
            yield placed(lost(name, left_out, collection.coverage), number, count)
        count += 1


def placed(judged: Judged, source: int, collection: int) -> Judged:
    """The same, with its place in the order of a run."""
    judged.at = (source, collection)
    return judged


def lost(name: str, reason: str, coverage: Coverage | None = None) -> Judged:
    """Of what could not be judged: a gap."""
    coverage = coverage or Coverage()
    coverage.gaps.append(Gap(name, "input_failed", reason, _WAY))
    return Judged(name, [], coverage, 0, Contributions())


def described(error: BaseException) -> str:
    """An exception in a few words."""
    text = str(error)
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def judge(collection: Collection, rules: Rules, known: Catalogue, source: str = "code") -> Judged:
    """The verdicts of all controls on all resources of a collection. `known`: the readers of its input; `source`: `code` or `live`."""
    if collection.sensitive is None:
        collection.sensitive = Sensitive()
    whole = collection.part is AccountPart.WHOLE  # its parts are in the ledger
    coverage = Coverage() if whole else ledger.enter(collection, known.types | rules.named_types, known.joined)
    entered = len(collection.coverage.gaps)
    run = _Run(rules, known, coverage, source)
    results: list[Result] = []
    try:
        results.extend(worlds.judged(collection, run.results))
        contributions = Contributions() if whole else Contributions.of(known.contributions, collection.items)
    except Exception as error:
        debug(f"{collection.name} could not be judged to the end", error)
        # Inputs are read as far as rules ask for, so that a shape that no tool writes shows only here.
        coverage.gaps.append(Gap(collection.name, "input_failed", f"could not be judged to the end ({described(error)})", _WAY))
        contributions = Contributions()
    coverage.gaps += collection.coverage.gaps[entered:]  # what showed only when rules asked for it
    judged = Judged(collection.name, results, coverage, len(run.resources), contributions, source, run.summary())
    return _shown(judged, collection.sensitive)


def _shown(judged: Judged, marked: Sensitive) -> Judged:
    """What may be shown: without credentials, and the texts that the input marks as sensitive, which came to light while it was judged."""
    judged.results = [shown.result_of(result, marked) for result in judged.results]
    judged.coverage.gaps = [shown.gap_of(gap, marked) for gap in judged.coverage.gaps]
    judged.sensitive = marked.texts
    return judged


class _Run:
    """One collection under judgement."""

    def __init__(self, rules: Rules, known: Catalogue, coverage: Coverage, source: str) -> None:
        self.rules, self.known, self.coverage, self.source = rules, known, coverage, source
        self.recorders: list[Recorder] = []
        """One for each world, where the estate is summed up."""
        self.resources: set[tuple[str, str]] = set()
        self.within: Within | None = None

    def results(self, collection: Collection) -> Iterator[Result]:
        """Of one world of the collection."""
        if not collection.items:
            return
        items = ItemIndex(collection, self.rules.asked)
        if self.rules.estate is not None:
            self.recorders.append(self._recorder(self.rules.estate, collection))
        types = list(dict.fromkeys(item.type for item in collection.items))
        scope = collection.scope or collection.name
        self.within = collection.within
        applied = self.rules.judges.applies_to
        for resource in reading.read_all(self.known, items, types, self._kinds(collection.part), self._failed):
            yield from self._judged(resource, type(resource).__name__, scope)
        for type_ in types if collection.part is not AccountPart.WHOLE else ():
            for item in items.own(type_) if type_ in applied else ():
                yield from self._judged(view.raw_attributes(item), type_, scope)
        unread = (
            Gap(item.location().file, "input_failed", why.reason, why.settles_it, item.location().line)
            for item, why in items.unread.values()
        )
        self.coverage.gaps += [gap for gap in unread if gap not in self.coverage.gaps]  # another world may have the same

    def _recorder(self, estate: Taking, collection: Collection) -> Recorder:
        recorder = estate.recorder(self.source)
        for item in collection.context:
            if isinstance(item, Unlisted):
                kinds = (reader.kind.__name__ for reader in self.known.readers.get(item.type, ()))
                recorder.unasked(cloud_of(item.type), kinds, item.why)
        return recorder

    def summary(self) -> Summary | None:
        """What it says of the estate; None where nothing asks for that."""
        return Summary.of_either([recorder.summary for recorder in self.recorders]) if self.recorders else None

    def _kinds(self, part: AccountPart) -> set[str]:
        """The kinds that are read from a part of something."""
        applied = self.rules.read_kinds
        if part is AccountPart.ALL:
            return applied
        return {
            name for name in applied if name in self.known.kinds and self.known.kinds[name].of_whole_account is (part is AccountPart.WHOLE)
        }

    def _judged(self, resource: Resource | view.Attributes, name: str, scope: str) -> Iterator[Result]:
        """`name`: of the kind, or the input's own type."""
        resource.give_roles(self.rules.roles.of)
        if self.recorders and isinstance(resource, Resource):
            self.recorders[-1].take(resource, name)
        results = findings.results(resource, scope, self.rules.judges.judge(name, resource))
        if self.within is not None:
            within = self.within
            chosen = [result for result in results if within.declares((block.address, block.file) for block in result.resource.blocks)]
            if not chosen:
                return
            results = iter(chosen)
        if name in self.rules.judges.applies_to:  # else it is read for the estate alone
            self.resources.add((resource.identity.address, resource.identity.id))
        yield from results

    def _failed(self, item: Item, error: Exception) -> None:
        ledger.failed(self.coverage, item, error)


Sink = Callable[[Judged], None]
"""Takes the value of each collection as it comes."""
