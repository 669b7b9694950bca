"""CloudFormation templates, and what the CDK synthesises: one collection for each stack."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.options import Options
from assay.scanner.sources.cloudformation import cdk, parameters
from assay.scanner.sources.cloudformation.exports import Exports
from assay.scanner.sources.cloudformation.scope import NESTED
from assay.scanner.sources.cloudformation.stack import Stack, nested_path, undecided
from assay.scanner.sources.cloudformation.template import Template, is_template
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Coverage, Gap, Item, Source, Wanted, World
from assay.scanner.sources.overlay import DISK, Boundary, Overlay, repository
from assay.scanner.sources.templates.syntax import Malformed, looks_like_template, parse

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
        self._counted: set[str] = set()

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        given, gaps = parameters.given(self.options.parameter_files, self.options.parameters, self.overlay)
        if gaps:
            yield Collection(gaps[0].scope, [], Coverage(gaps=gaps))
        deployed = self._deployed()
        for path in self.paths:
            self.load(path)
        stacks = self._stacks(deployed, given)
        exports = Exports(stacks)
        for stack in stacks:
            stack.neighbours = exports
            stack.wanted = None if wanted.types is None else wanted.types | {NESTED}
            yield self._judged(stack, exports)
        for path, gap in self._unread.items():
            coverage = Coverage(gaps=[gap])
            coverage.files.found = coverage.files.failed = 1
            yield Collection(show(path), [], coverage)

    def _deployed(self) -> dict[str, cdk.Deployed]:
        """The stacks of CDK assemblies, by the paths of their templates."""
        deployed: dict[str, cdk.Deployed] = {}
        for path in self.paths:
            if os.path.basename(path) == _MANIFEST:
                try:
                    deployed.update({deployed_stack.path: deployed_stack for deployed_stack in cdk.stacks(path, self.overlay)})
                except Malformed as error:
                    self._unread[path] = Gap(show(path), "parse_error", str(error), "synthesise it again (cdk synth)")
                self._templates[path] = None
        return deployed

    def _stacks(self, deployed: dict[str, cdk.Deployed], given: dict[str, Any]) -> list[Stack]:
        paths = list(dict.fromkeys([*deployed, *self.paths]))
        templates = [template for path in paths if (template := self.load(path)) is not None]
        made: list[Stack] = []
        for template in _outermost({template.path: template for template in templates}, set(deployed)):
            known = deployed.get(template.path, cdk.Deployed(template.path))
            region, account = known.region or self.options.region, known.account or self.options.account
            made.append(Stack(template, known.name, given, region, account, self.load, self.include, constructs=known.constructs))
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
        if not self._boundary.holds(path):
            return None
        try:
            return parse(self.overlay.read(path, _READ)).data
        except (OSError, Malformed):
            return None

    def _read(self, path: str) -> Template | None:
        source = b""
        try:
            source = self.overlay.read(path, _READ)
            parsed = parse(source, show(path))
        except (OSError, Malformed) as error:
            line = error.line if isinstance(error, Malformed) else 0
            if path in self.named or looks_like_template(source):
                self._unread[path] = Gap(show(path), "parse_error", str(error), "correct the template", line)
            return None
        if is_template(parsed.data):
            return Template(path, show(path), parsed)
        if path in self.named:
            way = "name a CloudFormation template or a CDK assembly"
            self._unread[path] = Gap(show(path), "unsupported", "of no kind that can be scanned", way)
        return None

    def _judged(self, stack: Stack, exports: Exports) -> Collection:
        coverage = Coverage()
        worlds: list[World] = []
        for combination in stack.worlds():
            holding = {name: holds for name, holds in combination.decided.items() if isinstance(holds, bool)}
            items = stack.items(combination)
            worlds.append(World(holding, items))
        items = [item for world in worlds for item in world.items]
        context: list[Item] = [item for other in exports.imported_by(stack) for item in other.items(undecided())]
        for world in worlds:
            world.context = context
        left_out = len(stack.template.resources.keys() - {item.block for item in items})
        coverage.blocks.found = coverage.blocks.evaluated = left_out  # by a condition: they make nothing
        for path, template in stack.templates.items():
            coverage.gaps += template.gaps
            if path not in self._counted:
                self._counted.add(path)
                coverage.files.found += 1
                coverage.files.parsed += 1
        return Collection(stack.template.file, items, coverage, context=context, worlds=worlds if len(worlds) > 1 else [])


def _tops(paths: set[str] | list[str], overlay: Overlay) -> Iterator[str]:
    """What templates may include: the repositories, else the directories, that were named."""
    for path in paths:
        top = path if overlay.is_directory(path) else os.path.dirname(path) or "."
        yield repository(top, overlay) or top


def _outermost(templates: dict[str, Template], deployed: set[str]) -> list[Template]:
    """The templates that are not read as a part of another; of a circle of them, the first."""
    nested = {path: [inner for inner in _nested(template) if inner != path] for path, template in templates.items()}
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
    return [templates[path] for path in roots]


def _nested(template: Template) -> Iterator[str]:
    for resource in template.resources.values():
        path: Any = nested_path(template, resource) if resource.type == NESTED else None
        if path is not None:
            yield path
