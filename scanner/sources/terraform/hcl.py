"""Terraform code: finds the root modules below a path and reads each as one collection."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from assay.scanner.globs import PathRule
from assay.scanner.override import override
from assay.scanner.sources import stage
from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, NotShared, Share, Source, Wanted, Within, World
from assay.scanner.sources.listing import LIBRARY, UNCHANGED
from assay.scanner.sources.overlay import DISK, Overlay
from assay.scanner.sources.terraform import embedded, module_files, remote_state, roots, selected, terragrunt
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.changes import Changes
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.deployments import Deployment
from assay.scanner.sources.terraform.directories import Directories
from assay.scanner.sources.terraform.items import ResourceItem
from assay.scanner.sources.terraform.modules import Module
from assay.scanner.sources.terraform.operators import EXCEEDED, words
from assay.scanner.sources.terraform.remote_state import RemoteStates
from assay.scanner.sources.terraform.state_texts import StateTexts
from assay.scanner.sources.terraform.variables import GivenVariables, VariableFiles, unused, values
from assay.scanner.sources.terraform.workspace import Workspace

T = TypeVar("T")


class _Way(NamedTuple):
    """How a root module is read: by which program, in a workspace of which name, for which deployment of a stack."""

    program: str
    name: Any
    deployment: Deployment | None


class TerraformSource(Source):
    """Root modules among `directories`, and those of `files`, of which only what these declare is judged.

    `variables` are texts as on the command line, of which some root module must declare those of `must_declare`; `planned` the values that
    a plan was made with; `boundary` are the directories outside of which no function reads a file; `show` gives a path as reports name it;
    `overlay` is where files are read from. `named` are the paths that the user gave: such a directory is a root module. With `changed`,
    paths of files, root modules that none of these can be part of are left out: those of `untouched`, as `show` gives them, without being
    read. `libraries` are judged through what calls them alone; `root_modules`, as `show` gives them, by themselves whoever calls them.
    """

    input = "terraform"

    def __init__(
        self,
        directories: Sequence[str],
        *,
        files: Sequence[str] = (),
        variables: dict[str, str] | None = None,
        must_declare: Sequence[str] = (),
        planned: dict[str, Any] | None = None,
        var_files: Sequence[str] = (),
        workspace: str | None = None,
        boundary: Sequence[str] = (),
        show: Any = os.path.relpath,
        overlay: Overlay = DISK,
        changed: Iterable[str] | None = None,
        named: Iterable[str] = (),
        libraries: Sequence[PathRule] = (),
        root_modules: Iterable[str] = (),
        untouched: Iterable[str] = (),
    ) -> None:
        self.files, self.show = list(files), show
        self._partly = {os.path.normpath(os.path.dirname(path)) for path in files} - {os.path.normpath(path) for path in directories}
        """Directories of which only some files were named."""
        self.directories = [*directories, *sorted(self._partly)]
        self.given = GivenVariables(variables or {}, var_files, planned or {})
        self.workspace = workspace
        self.overlay = overlay
        self.code = Directories(boundary, overlay, show)
        self._changes = None if changed is None else Changes(changed, self.code)
        self._named = set(map(os.path.normpath, named))
        self._libraries, self._root_modules = libraries, frozenset(root_modules)
        self._untouched = frozenset(untouched) if changed is not None else frozenset[str]()
        self._must_declare = must_declare
        self._states: StateTexts | None = None
        self._declared: set[str] = set()
        """The variables of the root modules that were collected."""

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """A collection for each root module, without items where no change touches it. What only others call is judged as part of these."""
        untouched = [directory for directory in self.directories if not self._is_touched(directory)]
        yield from (Collection(self.show(directory), [], self.code.left_out(directory, UNCHANGED)) for directory in untouched)
        left_out = frozenset(untouched)
        known = {os.path.normpath(directory): directory for directory in self.directories if directory not in left_out}
        called = {path for directory in known.values() for path in self.code.local_calls(directory)}
        within, judged = set[str](), set[str]()
        """Directories that are judged as parts of root modules before, and there alone; and all of which there are instances."""
        libraries: list[str] = []
        rest: dict[str, Budget] = {}
        """Directories below a root module that costs too much, with the budget that they have together."""
        order = [directory for directory in roots.in_order(known, self.code.local_calls) if self.code.deployed(directory) is not None]
        number = len(untouched)
        for at, directory in enumerate((*order, *reversed(order))):  # of what costs too much together, the smallest parts first
            is_rest = os.path.normpath(directory) in rest
            if is_rest != (at >= len(order)):
                continue
            if any(rule.names(directory) for rule in self._libraries):
                libraries.append(directory)
            elif is_rest or os.path.normpath(directory) not in within or self._is_root(directory):
                number += 1
                if not wanted.share.takes(number - 1) and self._concerns_nobody(directory, called):
                    yield Collection(self.show(directory), [], Coverage())
                    continue
                try:
                    stage.enter(f"root module {self.show(directory)}")
                except stage.LostInput as lost:
                    yield self._lost(directory, str(lost.strerror))
                    continue
                taken = wanted.share.takes(number - 1)
                collection, made = self._for_share(wanted.share, directory, rest.get(os.path.normpath(directory)), taken)
                judged |= made.keys()
                parts = {called for called, certain in made.items() if called in known and self._is_part(directory, called, certain)}
                within |= parts
                collection.coverage.through_callers = sorted(map(self.show, filter(self._could_stand_alone, parts - {directory})))
                if not made and not is_rest:
                    later = self.code.below(directory).difference(map(os.path.normpath, order[: at + 1]))
                    rest = {**dict.fromkeys(later, Budget()), **rest}
                yield collection
                if os.path.normpath(directory) not in called:
                    self.code.release(directory)
        yield from (self._library(directory, os.path.normpath(directory) in judged) for directory in libraries)
        if units := list(filter(None, map(self.code.unit, self.directories))):
            yield Collection(self.show(units[0].file), [], terragrunt.ledger(units, self.show))
        if slips := [unused(name, self._declared) for name in self._must_declare if name not in self._declared]:
            yield Collection(slips[0].scope, [], Coverage(gaps=slips))

    def _concerns_nobody(self, directory: str, called: set[str]) -> bool:
        """Whether a root module that is not judged need not be read for the sake of another. `called`: all directories that are called."""
        return not (self._must_declare or os.path.normpath(directory) in called or self.code.speaks_of_modules(directory))

    def _is_touched(self, directory: str) -> bool:
        """Whether a change may be part of a root module. What calls one that is touched is touched too: the rest can be left out first."""
        return self._changes is None or (self.show(directory) not in self._untouched and self._changes.touch(directory))

    def _is_root(self, directory: str) -> bool:
        """Whether a directory is judged by itself whoever calls it."""
        known = os.path.normpath(directory) in self._named or self.show(directory) in self._root_modules
        return known or self.code.stands_alone(directory)

    def _lost(self, directory: str, reason: str) -> Collection:
        """What the ledger says of a root module that a worker was lost over."""
        coverage = self.code.left_out(directory, reason, "unread")
        coverage.gaps.append(Gap(self.show(directory), "input_failed", reason, "simplify it, or scan its plan"))
        return Collection(self.show(directory), [], coverage)

    def _library(self, directory: str, judged: bool) -> Collection:
        """What the ledger says of a library: one that nothing calls is judged by nobody."""
        coverage = self.code.left_out(directory, LIBRARY, "excluded" if judged else "unread")
        if not judged:
            reason = "a library (roots, kind: module) of which nothing that was scanned makes an instance: it is not judged"
            coverage.gaps.append(Gap(self.show(directory), "nothing_judged", reason, "scan what calls it, or an example of its use"))
        return Collection(self.show(directory), [], coverage)

    def _is_part(self, root: str, called: str, certain: bool) -> bool:
        """Whether a directory that a root module calls is judged there alone, unless it can be deployed by itself.

        It is not where the call is in doubt and it could be applied without any value. Where every variable has a default, its place has to
        say that it is a module; where it takes no values, which a caller cannot change, that it is a part of the root module.
        """
        blocks = list(self.code.all_blocks(called))
        needs = roots.needs_values(blocks)
        if roots.is_trial(root, called) or not (certain or needs):
            return False
        in_place = roots.is_among_modules if roots.takes_values(blocks) else roots.is_within
        return needs or in_place(root, called)

    def _could_stand_alone(self, directory: str) -> bool:
        """Whether a directory that is judged as a part alone could be applied as it stands, by its variables."""
        return not self._is_root(directory) and not roots.needs_values(self.code.all_blocks(directory))

    def _collect_root(self, directory: str, budget: Budget) -> tuple[Collection, dict[str, bool]]:
        """The root module, in each of the ways in which the programs that may apply it read its files, and with each name that its
        workspace may have; and the directories of the modules that it has instances of, to whether that is certain.

        Which program that is, no file beside the code decides: whoever changes one can change the other.
        """
        root, spent = self.show(directory), list[Gap]()
        budget.tell = lambda reason: spent.append(_too_costly(root, reason))
        readings, directories = self._readings(directory, budget, lambda workspace: self._read(directory, workspace))
        (way, (collection, _)), *others = readings
        deployments = [way.deployment for way, _ in readings]
        if others:
            collection.worlds = [World(_holds(way, deployments), collection.items, collection.context)]
        for way, (read, _) in others:
            collection.worlds.append(World(_holds(way, deployments), read.items, read.context))
            collection.items = collection.items + read.items
            collection.coverage = Coverage.merged([collection.coverage, read.coverage])
        self.code.count(collection.coverage, directories)
        collection.coverage.gaps += spent
        budget.tell = lambda reason: collection.coverage.gaps.append(_too_costly(root, reason))  # while rules ask for values
        collection.within = self._named_of(directory) if os.path.normpath(directory) in self._partly else None
        return collection, _in_all([made for _, (_, made) in readings])

    def _for_share(self, share: Share, directory: str, budget: Budget | None, taken: bool) -> tuple[Collection, dict[str, bool]]:
        """As `_collect_root`, where a root module is in the share (`taken`); else as far as it matters to the others.

        `budget`: that of the parts of one that costs too much, which are read by all. Raises NotShared.
        """
        skimmed = share.among_workers and budget is None
        if skimmed and not taken:
            return Collection(self.show(directory), [], Coverage()), self._skimmed(directory)
        collection, made = self._collect_root(directory, budget or Budget())
        if skimmed and share.of > 1 and not made and self._skimmed(directory):
            raise NotShared
        return collection, made

    def _skimmed(self, directory: str) -> dict[str, bool]:
        """What `_collect_root` says of the modules of a root module that another worker judges: nothing else of it is evaluated.

        Where evaluating the rest costs too much, the worker that does so finds out that this is not what it says.
        """
        readings, directories = self._readings(directory, Budget(), lambda workspace: self._module_directories(directory, workspace))
        self.code.count(Coverage(), directories)
        return _in_all([made for _, made in readings])

    def _module_directories(self, directory: str, workspace: Workspace) -> dict[str, bool]:
        try:
            return self._made(directory, Module(workspace, self.code.deployed(directory) or directory).walk())
        except EXCEEDED:
            return {}

    def _made(self, directory: str, modules: Iterable[Module]) -> dict[str, bool]:
        """The directories of the modules of a root module, to whether one of them surely exists."""
        unit = self.code.unit(directory)
        certain = unit is None or unit.certain
        made: dict[str, bool] = {}
        for module in modules:
            made[module.directory] = made.get(module.directory, False) or (module.template is None and certain)
        return made

    def _readings(self, directory: str, budget: Budget, read: Callable[[Workspace], T]) -> tuple[list[tuple[_Way, T]], set[str]]:
        """What a function makes of a root module in each way in which it may be read; and the directories of its code and its modules."""
        own = self.code.deployed(directory) or directory
        first, *others = module_files.READ_BY
        deployments: list[Deployment | None] = [*self.code.deployments(own)] or [None]
        workspace = self._workspace(directory, budget, first, deployments[0])
        beginning = _Way(first, workspace.name, deployments[0])
        readings = [(beginning, read(workspace))]
        called = set(workspace.called)
        programs = [first, *others] if any(map(self.code.differs, {own, *called})) else [first]
        chosen = [(program, name) for program in programs for name in self._names(own, called, program)]
        chosen.sort(key=lambda one: one != (first, beginning.name))
        for way in [_Way(*one, deployment) for deployment in deployments for one in chosen]:
            if way == beginning:
                continue
            sensitive, workspace = workspace.sensitive, self._workspace(directory, budget, way.program, way.deployment)
            refused = way.name == selected.DEFAULT and workspace.name is selected.ANY
            workspace.sensitive, workspace.name = sensitive, way.name
            if refused:
                continue
            readings.append((way, read(workspace)))
            called |= workspace.called
        return readings, {directory, own, *called}

    def _names(self, directory: str, called: set[str], program: str) -> list[Any]:
        """The names that the workspace of a root module may have. `called`: the directories of its modules."""
        asking = map(self.code.asks_for_workspace, {directory, *called})
        return selected.names(self.workspace, self.code.load(directory, program), asking)

    def _first_name(self, workspace: Workspace, directory: str, blocks: list[Block]) -> Any:
        """The first of them: `default`, unless Terraform refuses that."""
        (name, *others) = selected.names(self.workspace, blocks, [self.code.asks_for_workspace(directory)])
        if not others:
            return name
        workspace.name, known = name, len(workspace.gaps)
        refused = selected.refuses_default(blocks, Module(workspace, directory).scope())
        del workspace.gaps[known:]  # those are told of where the code is read
        return others[0] if refused else name

    def _named_of(self, directory: str) -> Within:
        """What the files that were named declare in a root module."""
        files = frozenset(map(self.show, self.files))
        calls = [block for block in self.code.load(directory) if block.type == "module" and block.location().file in files]
        return Within(files, frozenset(block.labels[0] for block in calls))

    def _read(self, directory: str, workspace: Workspace) -> tuple[Collection, dict[str, bool]]:
        """What the root module makes, and the directories of the modules that it has instances of, to whether that is certain."""
        root = self.show(directory)
        coverage = Coverage()
        items: list[Item] = []
        context: list[Item] = []
        made: dict[str, bool] = {}
        try:
            module = Module(workspace, self.code.deployed(directory) or directory)
            modules = list(module.walk())
            for inner in modules:
                inner.take_sensitive()
                for resource in (*inner.declared, *inner.providers, *inner.declarations):
                    items += [ResourceItem(resource, instance, root) for instance in resource.instances]
            context = self._beforehand(workspace, modules, root)
            coverage.blocks.found = coverage.blocks.evaluated = self._never_made(modules, items)
            coverage.gaps += dict.fromkeys(embedded.gaps(item for item in items if isinstance(item, ResourceItem)))
            made = self._made(directory, modules)
        except EXCEEDED as error:
            coverage.gaps += [] if isinstance(error, OverBudget) else [_too_costly(root, words(error))]
            items = []
        coverage.gaps += workspace.gaps
        return Collection(root, items, coverage, context, sensitive=workspace.sensitive), made

    def _beforehand(self, workspace: Workspace, modules: list[Module], root: str) -> list[Item]:
        """What the root modules have whose outputs one reads; nothing where one of them is larger than any real one."""
        try:
            others = [inner for other in remote_state.read(workspace.states, modules) for inner in other.walk()]
            declared = (resource for inner in others for resource in inner.declared)
            return [ResourceItem(resource, instance, root) for resource in declared for instance in resource.instances]
        except TooMuch:
            return []

    def _never_made(self, modules: list[Module], items: list[Item]) -> int:
        """Blocks of which the code says that there are none (`count = 0`)."""
        made = {item.location() for item in items}
        blocks = {resource.block.location() for module in modules for resource in module.declared if resource.block.type == "resource"}
        return len(blocks - made)

    def _workspace(self, directory: str, budget: Budget, program: str, deployment: Deployment | None = None) -> Workspace:
        def load(directory: str) -> list[Block]:
            return self.code.load(directory, program)

        files = VariableFiles(self.overlay, self.code.content, self.show)
        own = self.code.deployed(directory) or directory
        given, gaps = values(self.given, own, files, load(own), self.code.unit(directory), deployment)
        self._declared |= {block.labels[0] for block in load(own) if block.type == "variable"}
        resolve = self.code.resolver(own, program, gaps)
        workspace = Workspace(load, self.code.files.read, self.code.files.below, resolve, given, self.show, budget)
        workspace.gaps = gaps
        workspace.states = RemoteStates(own, self._holding, load, lambda other: self._opened(other, workspace, program))
        workspace.name = self._first_name(workspace, own, load(own))
        return workspace

    def _opened(self, directory: str, by: Workspace, program: str) -> Module:
        """A root module whose outputs another reads, at the cost of that one. What is wrong with it is a gap where it is judged."""
        workspace = self._workspace(directory, by.budget, program)
        workspace.states, workspace.sensitive = by.states, by.sensitive
        return Module(workspace, self.code.deployed(directory) or directory)

    def _holding(self, text: str) -> list[str]:
        """The directories that say where their state is in which a text stands by itself; all that are scanned, of an empty text."""
        if not text:
            return self.directories
        if self._states is None:
            paths = ((directory, [os.path.join(directory, name) for name in self.code.code(directory)]) for directory in self.directories)
            self._states = StateTexts((directory, map(self.code.text, of_directory)) for directory, of_directory in paths)
        return self._states.holding(text)


def _in_all(readings: Sequence[dict[str, bool]]) -> dict[str, bool]:
    """The directories of the modules that there are in each reading, to whether that is certain in all of them."""
    first, *others = readings
    return {
        directory: all((certain, *(made[directory] for made in others)))
        for directory, certain in first.items()
        if all(directory in made for made in others)
    }


def _holds(way: _Way, deployments: list[Deployment | None]) -> dict[str, bool]:
    """What holds where a root module is read in a way, of those for some deployments of a stack."""
    told = {module_files.OPENTOFU: way.program == module_files.OPENTOFU, selected.IS_DEFAULT: way.name == selected.DEFAULT}
    return told | {f'deployment == "{one.name}"': one is way.deployment for one in deployments if one is not None}


def _too_costly(root: str, reason: str) -> Gap:
    return Gap(root, "input_failed", reason, "simplify the configuration or scan its plan")
