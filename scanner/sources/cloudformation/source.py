"""CloudFormation templates, and what the CDK synthesises: one collection for each stack."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner.options import Options
from assay.scanner.override import override
from assay.scanner.sources import stage
from assay.scanner.sources.budget import OverBudget
from assay.scanner.sources.cloudformation import cdk, parameters
from assay.scanner.sources.cloudformation.exports import Exports
from assay.scanner.sources.cloudformation.nesting import Loader, nested_path
from assay.scanner.sources.cloudformation.scope import NESTED
from assay.scanner.sources.cloudformation.stack import NestedStack, Stack, undecided
from assay.scanner.sources.cloudformation.template import Template, is_template
from assay.scanner.sources.cloudformation.texts import plain
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.entries import Entries
from assay.scanner.sources.formats import meant
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Source, Wanted, World
from assay.scanner.sources.listing import Became
from assay.scanner.sources.overlay import DISK, Boundary, Overlay, repository
from assay.scanner.sources.raw import Open, Reference, Text
from assay.scanner.sources.templates.syntax import Malformed, looks_like_template, parse
from assay.scanner.sources.templates.yaml_text import several

_MANIFEST = "manifest.json"
_READ = 20_000_000


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """All templates among `paths` as one source: they may nest each other and import what others export."""
    yield CloudFormationSource(paths, named, options)


class CloudFormationSource(Source):
    """All templates of a run: they may nest each other and import what others export."""

    input = "cloudformation"

    def __init__(self, paths: Sequence[str], named: set[str], options: Options) -> None:
        self.paths = [os.path.normpath(path) for path in paths]
        self.named = {os.path.normpath(path) for path in named}
        self.options = options
        self.overlay = options.overlay or DISK
        self._boundary = Boundary(_tops(self.named or self.paths, self.overlay), self.overlay)
        self._templates: dict[str, Template | None] = {}
        self._unread: dict[str, Gap] = {}
        self._included: dict[str, Any] = {}
        self._counted: set[str] = set()
        self._assemblies: set[str] = set()
        """The manifests of CDK assemblies."""
        self._failed: set[str] = set()
        """Templates that no stack could be made of."""

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """Parameters that cannot be used come first, as gaps; then stacks, templates that cannot be read, what became of other files."""
        given, gaps = parameters.given(self.options.parameter_files, self.options.parameters, self.overlay)
        if gaps:
            yield Collection(gaps[0].scope, [], Coverage(gaps=gaps))
        deployed = self._deployed()
        for path in self.paths:
            self.load(path)
        stacks = self._stacks(deployed, given)
        exports = Exports(stacks)
        types = None if wanted.types is None else wanted.types | {NESTED}
        covered = {stack.template.path for stack in stacks} | self._failed
        for stack in stacks:
            yield self._judged(stack, exports, types, covered)
        # What a stack nests can be deployed by itself as well, and is judged so unless that would show nothing else.
        while alone := self._alone(covered):
            for stack in self._made(alone, deployed, given):
                yield self._judged(stack, exports, types, covered)
            covered |= alone.keys()
        if slips := self._slips([*deployed, *self.paths]):
            yield Collection(slips[0].scope, [], Coverage(gaps=slips))
        for path, gap in self._unread.items():
            coverage = Coverage(gaps=[gap])
            coverage.files.found = coverage.files.failed = 1
            coverage.enter(show(path), self.input, "unread", "no template that can be read")
            yield Collection(show(path), [], coverage)
        others = Coverage()
        for path in [path for path in self.paths if path not in self._counted and path not in self._unread]:
            others.enter(show(path), self.input, *self._other(path))
        yield from Entries("templates", others).collect()

    def _slips(self, paths: Iterable[str]) -> list[Gap]:
        """Parameters that were given and that no template declares which is scanned."""
        declared = {name for path in paths if (template := self.load(path)) is not None for name in template.parameters}
        return [parameters.unused(name, declared) for name in self.options.must_take if name not in declared]

    def _other(self, path: str) -> tuple[Became, str]:
        """What becomes of a file of which no stack is made."""
        if path in self._assemblies:
            return "judged", "CDK assembly"
        if self._templates.get(path) is not None:
            return "judged", self.input  # in a stack that nests it, which was lost: a gap says so
        return "other", "no CloudFormation template"

    def _deployed(self) -> dict[str, cdk.Deployed]:
        """The stacks of CDK assemblies, by the paths of their templates."""
        deployed: dict[str, cdk.Deployed] = {}
        for path in self.paths:
            if os.path.basename(path) == _MANIFEST:
                try:
                    stacks = list(cdk.stacks(path, self.overlay, self._boundary))
                except cdk.NoAssembly:
                    continue  # a template may be called so, too
                except Malformed as error:
                    self._unread[path] = Gap(show(path), "parse_error", str(error), "synthesise it again (cdk synth)")
                else:
                    deployed.update({deployed_stack.path: deployed_stack for deployed_stack in stacks})
                    self._assemblies.add(path)
                self._templates[path] = None
        for path in deployed:
            if self.load(path) is None and path not in self._unread:
                reason = "a template of a CDK assembly that is not there, or outside of what is scanned"
                self._unread[path] = Gap(show(path), "module_missing", reason, "synthesise it again (cdk synth), and scan all of cdk.out")
        return deployed

    def _stacks(self, deployed: dict[str, cdk.Deployed], given: dict[str, Any]) -> list[Stack]:
        """The stacks that are nested in no other."""
        paths = list(dict.fromkeys([*deployed, *self.paths]))
        templates = {template.path: template for path in paths if (template := self.load(path)) is not None}
        return self._made(_outermost(templates, set(deployed), self.load), deployed, given)

    def _alone(self, covered: set[str]) -> dict[str, Template]:
        """Of the templates that are judged neither by themselves nor as they would be then, those that no other of these nests."""
        left = {path: template for path in self.paths if path not in covered and (template := self.load(path)) is not None}
        return _outermost(left, set(), self.load)

    def _made(self, templates: dict[str, Template], deployed: dict[str, cdk.Deployed], given: dict[str, Any]) -> list[Stack]:
        made: list[Stack] = []
        for path, template in templates.items():
            known = deployed.get(path, cdk.Deployed(path))
            region, account = known.region or self.options.region, known.account or self.options.account
            try:
                stage.enter(f"stack {path}")
                made.append(Stack(template, known.name, given, region, account, self.load, self.include, constructs=known.constructs))
            except Exception as error:  # hostile input may reach what no test has
                self._failed.add(path)
                self._unread[path] = _unread(template, error)
        return made

    def load(self, path: str) -> Template | None:
        """The template in a file; None where there is none, which is noted if it was meant to be one."""
        path = os.path.normpath(path)
        if path not in self._templates:
            self._templates[path] = None
            self._templates[path] = self._read(path) if path in self.paths or self._boundary.holds(path) else None
        return self._templates[path]

    def include(self, template: Template, location: str) -> Any:
        """The content of a file beside a template; None where it cannot be read."""
        path = os.path.normpath(os.path.join(template.directory, location))
        if path not in self._included:
            self._included[path] = self._content(path) if self._boundary.holds(path) else None
        return self._included[path]

    def _content(self, path: str) -> Any:
        try:
            return parse(self.overlay.read(path, _READ)).data
        except (OSError, Malformed):
            return None

    def _read(self, path: str) -> Template | None:
        source = b""
        try:
            source = self.overlay.read(path, _READ)
            if _has_no_resources(source):
                return None
            parsed = parse(source, show(path))
        except OSError as error:
            if path in self.paths:  # else whatever names it says so
                reason = f"cannot be read ({error.strerror or error})"
                self._unread[path] = Gap(show(path), "parse_error", reason, "make it readable")
            return None
        except Malformed as error:
            if self._meant(path, source, error):
                self._unread[path] = Gap(show(path), "parse_error", str(error), "correct the template", error.line)
            return None
        # The section may be written twice, and of the two the one that counts here be empty: the template says so.
        twice = any(name == "Resources" for name, _ in parsed.duplicates) and looks_like_template(source)
        return Template(path, show(path), parsed) if twice or is_template(parsed.data) else None

    def _meant(self, path: str, source: bytes, error: Malformed) -> bool:
        """Whether a file that does not parse was meant to be a template: by the documents in it, else by its text."""
        if error.data is not None:
            return is_template(error.data)
        documents, whole = several(source)
        if whole or any(map(is_template, documents)):
            return any(map(is_template, documents))
        return (path in self.named or meant(path, source, self.input)) and looks_like_template(source)

    def _judged(self, stack: Stack, exports: Exports, types: frozenset[str] | None, covered: set[str]) -> Collection:
        """The collection of a stack; what it certainly deploys is added to `covered`."""
        stack.neighbours, stack.wanted = exports, types
        coverage, worlds, context = stack.coverage, list[World](), list[Item]()
        try:
            stage.enter(f"stack {stack.template.path}")
            combinations = stack.worlds()
            for number, combination in enumerate(combinations):
                holding = {name: holds for name, holds in combination.decided.items() if isinstance(holds, bool)}
                worlds.append(World(holding, stack.items(combination, number)))
            context = [item for other in exports.imported_by(stack) for item in other.items(undecided())]
            covered |= {path for path, uses in stack.uses.items() if self._covers(stack, path, uses, len(combinations))}
        except Exception as error:  # hostile input may reach what no test has
            coverage.gaps.append(_unread(stack.template, error))
            worlds = []
        items = [item for world in worlds for item in world.items]
        for world in worlds:
            world.context = context
        left_out = len(stack.template.resources.keys() - {item.block for item in items})
        coverage.blocks.found = coverage.blocks.evaluated = left_out if worlds else 0  # by a condition: they make nothing
        for path, template in stack.templates.items():
            coverage.gaps += template.gaps
            if path not in self._counted:
                self._counted.add(path)
                coverage.files.found += 1
                coverage.files.parsed += 1
                coverage.enter(show(path), self.input, "judged")
        open_worlds = worlds if len(worlds) > 1 else []
        return Collection(stack.template.file, items, coverage, context=context, worlds=open_worlds, sensitive=stack.sensitive)

    def _covers(self, stack: Stack, path: str, uses: list[NestedStack], worlds: int) -> bool:
        """Whether the uses of a template deploy it in every world as it would be by itself."""
        template = stack.templates.get(path)
        if template is None:
            return False
        alike = {use.world for use in uses if use.exists and _alike(template, use.parameters, stack.parameters)}
        return len(alike) == worlds


def _alike(template: Template, given: dict[str, Any], alone: dict[str, Any]) -> bool:
    """Whether the parameters of a nested stack tell no more than those of the template by itself, where `alone` are given."""
    for name, declared in template.parameters.items():
        default = declared.get("Default") if isinstance(declared, dict) else None
        by_itself = alone.get(name, default)
        nested = given.get(name, default)
        if plain(nested) != plain(by_itself) and not (by_itself is None and isinstance(nested, (Reference, Text, Open))):
            return False
    return True


def _unread(template: Template, error: Exception) -> Gap:
    what = error.strerror if isinstance(error, OSError) else str(error) if isinstance(error, OverBudget) else ""
    reason = f"the template could not be read to the end: {what or f'{type(error).__name__}: {error}'}"
    return Gap(template.file, "input_failed", reason[:500], "split the template")


class _Top(msgspec.Struct):
    """What tells a template in JSON from plans and other large documents, without building them."""

    Resources: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_top = msgspec.json.Decoder(_Top).decode


def _has_no_resources(source: bytes) -> bool:
    """Whether a text is an object in JSON without the section that each template has. Text that is not well formed may be anything."""
    try:
        return source.lstrip()[:1] == b"{" and _top(source).Resources is msgspec.UNSET
    except (ValueError, RecursionError):
        return False


def _tops(paths: set[str] | list[str], overlay: Overlay) -> Iterator[str]:
    """What templates may include: the repositories, else the directories, that were named."""
    for path in paths:
        top = path if overlay.is_directory(path) else os.path.dirname(path) or "."
        yield repository(top, overlay) or top


def _outermost(templates: dict[str, Template], deployed: set[str], load: Loader) -> dict[str, Template]:
    """The templates that are not read as a part of another; of a circle of them, the first."""
    nested = {path: [inner for inner in _nested(template, load) if inner != path] for path, template in templates.items()}
    inside = {path for inner_paths in nested.values() for path in inner_paths}
    roots = [path for path in templates if path not in inside or path in deployed]
    read: set[str] = set()
    for path in [*roots, *templates]:
        if path in read and path not in roots:
            continue
        if path not in roots:
            roots.append(path)
        waiting = [path]
        while waiting:
            if (at := waiting.pop()) not in read:
                read.add(at)
                waiting += nested.get(at, ())
    return {path: templates[path] for path in roots}


def _nested(template: Template, load: Loader) -> Iterator[str]:
    for resource in template.resources.values():
        path: Any = nested_path(template, resource, load) if resource.type == NESTED else None
        if path is not None:
            yield path
