"""Configurations and templates of Google's Deployment Manager: one collection for each deployment.

Google ended its support on 31 March 2026; Infrastructure Manager, which runs Terraform, takes its place.
https://cloud.google.com/deployment-manager/docs/deprecations
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.options import Options
from assay.scanner.override import override
from assay.scanner.sources import stage
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.deployment_manager import limits, types
from assay.scanner.sources.deployment_manager.expand import Expansion, worlds
from assay.scanner.sources.deployment_manager.files import TEMPLATES, ReadableFiles, Sheet, imports, read_sheet
from assay.scanner.sources.deployment_manager.items import Built
from assay.scanner.sources.discover import show
from assay.scanner.sources.encodings import legible
from assay.scanner.sources.entries import Entries
from assay.scanner.sources.formats import meant
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Source, Wanted, World
from assay.scanner.sources.overlay import DISK, Boundary, repository
from assay.scanner.sources.raw import Reference
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.templates.syntax import Malformed
from assay.scanner.sources.templates.yaml_text import several

MAX_WORLDS = 32
MAX_ITEMS = 50_000
"""Of all worlds together, where there is more than one."""
_LOOKS = lazy_re.pattern(
    rb"""(?:^|[{,\s-])["']?type["']?\s{0,20}:\s{0,20}["']?
    (?:gcp-types/[\w.-]+:|(?:[a-z]+\.(?:v\d\w*|beta|alpha)\.\w+|[\w./-]{1,200}\.(?:py|jinja2?|j2))["']?\s{0,20}(?:$|[,}]))""",
    re.MULTILINE | re.VERBOSE,
)
_COMMENT = lazy_re.pattern(rb"(?:^|\s)\#[^\n]*")
_READ = 20_000_000


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """All configurations and templates among `paths` as one source."""
    yield DeploymentManagerSource(paths, named, options)


class DeploymentManagerSource(Source):
    """All configurations of a run, and the templates that none of them uses."""

    input = "deployment_manager"

    def __init__(self, paths: Sequence[str], named: set[str], options: Options) -> None:
        self.paths = [os.path.normpath(path) for path in paths]
        self.named = {os.path.normpath(path) for path in named}
        self.project: Any = options.account or Reference("env", "project")
        self.overlay = options.overlay or DISK
        tops = [path if self.overlay.is_directory(path) else os.path.dirname(path) or "." for path in self.named or self.paths]
        self._files = ReadableFiles(self.overlay, Boundary([repository(top, self.overlay) or top for top in tops], self.overlay))
        self._used: set[str] = set()
        self._deployed: dict[str, bool] = {}
        """Templates that a configuration certainly uses, and whether one does so without another value in the place of a default."""
        self._included: set[str] = set()
        self._made: set[tuple[str, int]] = set()
        """File and line of what configurations make."""
        self._wanted: frozenset[str] | None = None

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """Each configuration, then templates by themselves: those that were named, that look like one, or that a configuration uses."""
        self._wanted = wanted.types
        templates = [path for path in self.paths if path.endswith(TEMPLATES)]
        for path in self.paths:
            if path not in templates:
                yield from self._configuration(path)
        others = Coverage()
        for path in templates:
            known = path in self._used
            if known:
                others.enter(show(path), self.input, "judged")
            if known or path in self.named or self._looks(path):
                yield from self._alone(path, known)
            else:
                others.enter(show(path), self.input, "other", "no template of Deployment Manager")
        yield from Entries("configurations", others).collect()

    def _alone(self, path: str, known: bool) -> Iterator[Collection]:
        """A template by itself, as it can be deployed whatever configuration uses it.

        Where a use gives defaults no other value, only what no use makes is judged: what the properties that it gives leave out.
        """
        collection = self._deployment(path, None)
        if known and self._deployed.get(path, False):
            left = [item for item in collection.items if _place(item) not in self._made]
            if not left:
                return
            collection = msgspec.structs.replace(collection, items=left, worlds=[self._left(world) for world in collection.worlds])
        elif known and path in self._included and not collection.items:
            return  # a part of others
        yield collection

    def _left(self, world: World) -> World:
        """What no configuration makes; the rest is there for joins."""
        items = [item for item in world.items if _place(item) not in self._made]
        return World(world.holds, items, [item for item in world.items if _place(item) in self._made])

    def _configuration(self, path: str) -> Iterator[Collection]:
        coverage, file = Coverage(), show(path)
        try:
            sheet = read_sheet(path, self.overlay)
            # Of two sections of resources the one that counts here may be empty: the deployment has a gap for that.
            twice = any(name == "resources" for name, _ in sheet.parsed.duplicates) and self._looks(path)
            if twice or is_configuration(sheet.data):
                yield self._deployment(path, sheet)
                return
            intended, reason, line = False, "", 0
        except OSError as error:
            intended, reason, line = True, f"cannot be read ({error.strerror or error})", 0
        except Malformed as error:
            intended, reason, line = self._meant(path, error), str(error), error.line
        if intended:
            coverage.gaps.append(Gap(file, "parse_error", reason, "correct the configuration", line))
            coverage.files.found = coverage.files.failed = 1
            coverage.enter(file, self.input, "unread", "no configuration that can be read")
        else:
            coverage.enter(file, self.input, "other", "no configuration of Deployment Manager")
        yield Collection(file, [], coverage)

    def _meant(self, path: str, error: Malformed) -> bool:
        """Whether a file that does not parse was meant to be a configuration: by the documents in it, else by its text."""
        if error.data is not None:
            return is_configuration(error.data)
        source = self.overlay.read(path, _READ)
        documents, whole = several(source)
        if whole or any(map(is_configuration, documents)):
            return any(map(is_configuration, documents))
        return (path in self.named or meant(path, source, self.input)) and self._looks(path)

    def _deployment(self, path: str, sheet: Sheet | None) -> Collection:
        """A configuration, or a template alone where `sheet` is None."""
        budget, coverage, root = Budget(limits.MAX_STEPS, limits.MAX_SIZE), Coverage(), show(path)
        expansions: list[tuple[Expansion, Built]] = []

        def expand(choices: limits.Choices) -> Expansion:
            expansion = Expansion(path, self.project, self._files, choices, budget)
            if sheet is None:
                expansion.template()
            else:
                expansion.configuration(sheet)
            return expansion

        try:
            stage.enter(f"deployment {path}")
            for expansion in worlds(expand, MAX_WORLDS):
                made = sum(len(built.deployment.items) for _, built in expansions)
                if len(expansions) == MAX_WORLDS or (expansions and made + len(expansion.entries) > MAX_ITEMS):
                    reason = f"more combinations of conditions on what is not known than are judged ({MAX_WORLDS})"
                    way = "give the project with --account and the properties in a configuration"
                    coverage.gaps.append(Gap(root, "input_failed", reason, way))
                    expansions = []
                    break
                expansions.append((expansion, Built(expansion, root, self._wanted, budget)))
        except Exception as error:  # hostile input may reach what no test has
            what = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
            coverage.gaps.append(Gap(root, "input_failed", f"could not be read to the end ({what})"[:500], "deploy it in parts"))
            expansions = []
        if sheet is not None:
            for name, line in sheet.parsed.duplicates:
                reason = f"{name} is written twice in one map; the last one was read"
                coverage.gaps.append(Gap(root, "duplicate_key", reason, "remove one of them", line))
        collection = self._collection(root, path, expansions, coverage)
        collection.sensitive = Sensitive().named_in(None if sheet is None else sheet.data)
        for expansion, _ in expansions:
            for written in expansion.written:
                collection.sensitive.named(written.name, written.value)
        return collection

    def _looks(self, path: str) -> bool:
        """Whether a file was meant for Deployment Manager, though it does not parse."""
        try:
            source = self.overlay.read(path, _READ)
        except OSError:
            return False
        text = legible(source)
        # A configuration is plain YAML: what has the marks of templates is another tool's.
        return _LOOKS.search(text) is not None and (path.endswith(TEMPLATES) or b"{{" not in _COMMENT.sub(b"", text))

    def _collection(self, root: str, path: str, expansions: list[tuple[Expansion, Built]], coverage: Coverage) -> Collection:
        files = {path}
        attached = 0
        for expansion, built in expansions:
            files.update(expansion.used)
            attached = max(attached, built.attached)
            coverage.gaps = list(dict.fromkeys([*coverage.gaps, *expansion.gaps, *built.gaps]))
        fresh = files - self._used
        self._used |= files
        for used in files:
            coverage.enter(show(used), self.input, "judged")
        coverage.files.found = coverage.files.parsed = len(fresh)
        coverage.blocks.found = coverage.blocks.evaluated = attached
        if not path.endswith(TEMPLATES):
            self._made |= {_place(item) for _, built in expansions for item in built.deployment.items}
        if uses := [expansion.uses for expansion, _ in expansions]:
            for file in set.intersection(*map(set, uses)) - {path}:
                self._deployed[file] = self._deployed.get(file, False) or all(used[file] for used in uses)
            self._included.update(*(expansion.included for expansion, _ in expansions))
        combinations: list[World] = []
        for expansion, built in expansions:
            judged: list[Item] = [*built.deployment.items, *built.deployment.others]
            combinations.append(World(expansion.choices.made, judged))
        items = [item for world in combinations for item in world.items]
        return Collection(root, items, coverage, worlds=combinations if len(combinations) > 1 else [])


def _place(item: Item) -> tuple[str, int]:
    seen = item.location()
    return seen.file, seen.line


def is_configuration(data: Any) -> bool:
    """Whether data is a configuration: resources of types of Google's, or of templates that it imports."""
    listed = data.get("resources") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        return False
    names = {name for name, _ in imports(data.get("imports"))}
    written = [entry.get("type", entry.get("action")) for entry in listed if isinstance(entry, dict)]
    if any(isinstance(entry, str) and types.spelled(entry) for entry in written):
        return True
    if "apiVersion" in data or "kind" in data:
        return False
    return any(isinstance(entry, str) and (entry in names or entry.endswith((".py", *TEMPLATES))) for entry in written)
