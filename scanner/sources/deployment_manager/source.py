"""Configurations and templates of Google's Deployment Manager: one collection for each deployment.

Google ended its support on 31 March 2026; Infrastructure Manager, which runs Terraform, takes its place.
https://cloud.google.com/deployment-manager/docs/deprecations
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.options import Options
from assay.scanner.sources.deployment_manager import limits, types
from assay.scanner.sources.deployment_manager.expand import Expansion, worlds
from assay.scanner.sources.deployment_manager.files import TEMPLATES, Files, Sheet, imports, read_sheet
from assay.scanner.sources.deployment_manager.items import Built
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Coverage, Gap, Item, Source, Wanted, World
from assay.scanner.sources.overlay import DISK, Boundary, repository
from assay.scanner.sources.raw import Reference
from assay.scanner.sources.templates.syntax import Malformed

MAX_WORLDS = 32
MAX_ITEMS = 50_000
"""Of all worlds together, where there is more than one."""
MAX_TOTAL_STEPS = 3_000_000
_LOOKS = re.compile(
    rb"""^\s*(?:-\s*)?["']?type["']?\s*:\s*["']?(?:gcp-types/[\w.-]+:|[a-z]+\.(?:v\d\w*|beta|alpha)\.\w+["']?\s*$)""", re.MULTILINE
)
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
        self._files = Files(self.overlay, Boundary([repository(top, self.overlay) or top for top in tops], self.overlay))
        self._used: set[str] = set()
        self._wanted: frozenset[str] | None = None

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        self._wanted = wanted.types
        templates = [path for path in self.paths if path.endswith(TEMPLATES)]
        for path in self.paths:
            if path not in templates:
                yield from self._configuration(path)
        for path in templates:
            if path not in self._used and (path in self.named or self._looks(path)):
                yield self._deployment(path, None)

    def _configuration(self, path: str) -> Iterator[Collection]:
        gap: Gap | None = None
        try:
            sheet = read_sheet(path, self.overlay)
            if is_configuration(sheet.data):
                yield self._deployment(path, sheet)
                return
            if path in self.named:
                way = "name a configuration of Deployment Manager, with `resources` that have a `type`"
                gap = Gap(show(path), "unsupported", "of no kind that can be scanned", way)
        except (Malformed, OSError) as error:
            if path in self.named or self._looks(path):
                gap = Gap(show(path), "parse_error", str(error), "correct the configuration", getattr(error, "line", 0))
        if gap is not None:
            coverage = Coverage(gaps=[gap])
            coverage.files.found = coverage.files.failed = 1
            yield Collection(show(path), [], coverage)

    def _deployment(self, path: str, sheet: Sheet | None) -> Collection:
        """A configuration, or a template alone where `sheet` is None."""
        budget, coverage, root = limits.Budget(MAX_TOTAL_STEPS), Coverage(), show(path)
        expansions: list[tuple[Expansion, Built]] = []

        def expand(choices: limits.Choices) -> Expansion:
            expansion = Expansion(path, self.project, self._files, choices, budget)
            if sheet is None:
                expansion.template()
            else:
                expansion.configuration(sheet)
            return expansion

        for expansion in worlds(expand, MAX_WORLDS):
            made = sum(len(built.deployment.items) for _, built in expansions)
            if len(expansions) == MAX_WORLDS or (expansions and made + len(expansion.entries) > MAX_ITEMS):
                reason = f"more combinations of conditions on what is not known than are judged ({MAX_WORLDS})"
                way = "give the project with --account and the properties in a configuration"
                coverage.gaps.append(Gap(root, "input_failed", reason, way))
                expansions = []
                break
            expansions.append((expansion, Built(expansion, root, self._wanted)))
        if sheet is not None:
            for name, line in sheet.parsed.duplicates:
                reason = f"{name} is written twice in one map; the last one was read"
                coverage.gaps.append(Gap(root, "duplicate_key", reason, "remove one of them", line))
        return self._collection(root, path, expansions, coverage)

    def _looks(self, path: str) -> bool:
        """Whether a file was meant for Deployment Manager, though it does not parse."""
        try:
            source = self.overlay.read(path, _READ)
        except OSError:
            return False
        # A configuration is plain YAML: what has the marks of templates is another tool's.
        return _LOOKS.search(source) is not None and (path.endswith(TEMPLATES) or b"{{" not in source)

    def _collection(self, root: str, path: str, expansions: list[tuple[Expansion, Built]], coverage: Coverage) -> Collection:
        files = {path}
        attached = 0
        for expansion, built in expansions:
            files.update(expansion.used)
            attached = max(attached, built.attached)
            coverage.gaps += [gap for gap in (*expansion.gaps, *built.gaps) if gap not in coverage.gaps]
        fresh = files - self._used
        self._used |= files
        coverage.files.found = coverage.files.parsed = len(fresh)
        coverage.blocks.found = coverage.blocks.evaluated = attached
        combinations: list[World] = []
        for expansion, built in expansions:
            judged: list[Item] = [*built.deployment.items, *built.deployment.others]
            combinations.append(World(expansion.choices.made, judged))
        items = [item for world in combinations for item in world.items]
        return Collection(root, items, coverage, worlds=combinations if len(combinations) > 1 else [])


def is_configuration(data: Any) -> bool:
    """Whether data is a configuration: resources of types of Google's, or of templates that it imports."""
    listed = data.get("resources") if isinstance(data, dict) else None
    if not isinstance(listed, list) or "apiVersion" in data or "kind" in data:
        return False
    names = {name for name, _ in imports(data.get("imports"))}
    written = [entry.get("type", entry.get("action")) for entry in listed if isinstance(entry, dict)]
    return any(
        isinstance(entry, str) and (entry in names or entry.endswith((".py", *TEMPLATES)) or types.spelled(entry)) for entry in written
    )
