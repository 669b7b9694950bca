"""Manifests of Config Connector, in plain YAML: all of a run are one collection, since they refer to each other across files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.options import Options
from assay.scanner.sources.config_connector.items import Built
from assay.scanner.sources.config_connector.manifests import Manifest, read
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Coverage, Gap, Item, Source, Wanted
from assay.scanner.sources.overlay import DISK


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """All manifests among `paths` as one source: they refer to each other across files."""
    yield ConfigConnectorSource(paths, named, options)


class ConfigConnectorSource(Source):
    """All manifests among some files; what is of other kinds is passed over."""

    input = "config_connector"

    def __init__(self, paths: Sequence[str], named: set[str], options: Options) -> None:
        self.paths = [os.path.normpath(path) for path in paths]
        self.named = {os.path.normpath(path) for path in named}
        self.project, self.overlay = options.account, options.overlay or DISK

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        manifests: list[Manifest] = []
        namespaces: dict[str, Any] = {}
        coverage, paths_read = Coverage(), []
        for path in self.paths:
            contents = self._read(path, coverage)
            if contents:
                manifests += contents[0]
                namespaces |= contents[1]
                paths_read.append(path)
        if not paths_read and not coverage.gaps:
            return
        root = show(paths_read[0] if len(paths_read) == 1 else _common(self.paths))
        built = Built(manifests, namespaces, self.project, root, wanted.types)
        coverage.blocks.found = coverage.blocks.evaluated = built.attached
        items: list[Item] = [*built.deployment.items, *built.deployment.others]
        yield Collection(root, items, coverage)

    def _read(self, path: str, coverage: Coverage) -> tuple[list[Manifest], dict[str, Any]] | None:
        try:
            contents = read(path, os.path.dirname(path), self.overlay)
        except OSError as error:
            coverage.files.found += 1
            coverage.files.failed += 1
            coverage.gaps.append(Gap(show(path), "parse_error", f"cannot be read ({error.strerror})", "make it readable"))
            return None
        failed = any(gap.code in ("parse_error", "template_unsupported") for gap in contents.gaps)
        if not contents.manifests and not contents.namespaces and not failed:
            if path in self.named:
                way = "name manifests with an apiVersion of cnrm.cloud.google.com"
                coverage.gaps.append(Gap(show(path), "unsupported", "of no kind that can be scanned", way))
            return None
        coverage.files.found += 1
        coverage.files.failed += failed
        coverage.files.parsed += not failed
        coverage.gaps += contents.gaps
        return contents.manifests, contents.namespaces


def _common(paths: list[str]) -> str:
    """The folder that all files are in, whether they are named by relative or absolute paths."""
    return os.path.commonpath([os.path.abspath(path) for path in paths]) if paths else "."
