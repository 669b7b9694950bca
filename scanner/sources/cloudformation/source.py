"""CloudFormation templates, and what the CDK synthesises: one collection for each stack."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from scanner.options import Options
from scanner.sources.cloudformation import parameters
from scanner.sources.cloudformation.scope import NESTED
from scanner.sources.cloudformation.stack import Stack, nested_path
from scanner.sources.cloudformation.syntax import Malformed, looks_like_template, parse
from scanner.sources.cloudformation.template import Template, is_template
from scanner.sources.discover import show
from scanner.sources.interface import Collection, Coverage, Gap, Item, Source, World

_TEMPLATE = "name a CloudFormation template or a CDK assembly"


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    yield CloudFormationSource(paths, named, options)


class CloudFormationSource(Source):
    """All templates of a run: they may nest each other and import what others export."""

    readers = ("cloudformation",)

    def __init__(self, paths: Sequence[str], named: set[str], options: Options) -> None:
        self.paths = [os.path.normpath(path) for path in paths]
        self.named = {os.path.normpath(path) for path in named}
        self.options = options
        self._templates: dict[str, Template | None] = {}
        self._unread: dict[str, Gap] = {}

    def collect(self) -> Iterator[Collection]:
        given, gaps = parameters.given(self.options.parameter_files, self.options.parameters)
        for gap in gaps:
            yield Collection(gap.scope, [], Coverage(gaps=[gap]))
        templates = [template for path in self.paths if (template := self.load(path)) is not None]
        for path in self.paths:
            if path in self._unread:
                coverage = Coverage(gaps=[self._unread[path]])
                coverage.files.found = coverage.files.failed = 1
                yield Collection(show(path), [], coverage)
        nested = {path for template in templates for path in _nested(template)}
        for template in templates:
            if template.path not in nested:
                yield self._judged(Stack(template, "", given, self.options.region, self.options.account, self.load))

    def load(self, path: str) -> Template | None:
        """The template in a file; None where there is none, which is noted if it was meant to be one."""
        path = os.path.normpath(path)
        if path not in self._templates:
            self._templates[path] = None
            self._templates[path] = self._read(path)
        return self._templates[path]

    def _read(self, path: str) -> Template | None:
        source = b""
        try:
            with open(path, "rb") as opened:
                source = opened.read(20_000_000)
            parsed = parse(source)
        except (OSError, Malformed) as error:
            line = error.line if isinstance(error, Malformed) else 0
            if path in self.named or looks_like_template(source):
                self._unread[path] = Gap(show(path), "parse_error", str(error), "correct the template", line)
            return None
        if is_template(parsed.data):
            return Template(path, show(path), parsed)
        if path in self.named:
            self._unread[path] = Gap(show(path), "unsupported", "of no kind that can be scanned", _TEMPLATE)
        return None

    def _judged(self, stack: Stack) -> Collection:
        coverage = Coverage()
        coverage.files.found = coverage.files.parsed = 1
        worlds = [World(_settled(each.decided), stack.items(each)) for each in stack.worlds()]
        coverage.gaps += stack.template.gaps
        items: list[Item] = [item for world in worlds for item in world.items]
        return Collection(stack.template.file, items, coverage, worlds=worlds if len(worlds) > 1 else [])


def _settled(decided: dict[str, Any]) -> dict[str, bool]:
    return {name: holds for name, holds in decided.items() if isinstance(holds, bool)}


def _nested(template: Template) -> Iterator[str]:
    for resource in template.resources.values():
        path: Any = nested_path(template, resource) if resource.type == NESTED else None
        if path is not None:
            yield path
