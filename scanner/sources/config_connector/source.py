"""Manifests of Config Connector, in plain YAML: all of a run are one collection, since they refer to each other across files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.options import Options
from assay.scanner.override import override
from assay.scanner.sources.config_connector.items import Built
from assay.scanner.sources.config_connector.kustomize import Kustomize, changed_by, chart_of, is_kustomization, patch_gap, patches_among
from assay.scanner.sources.config_connector.manifests import Applier, Manifest, ManifestFile, read
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.encodings import legible
from assay.scanner.sources.entries import Entries
from assay.scanner.sources.formats import meant
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Source, Wanted
from assay.scanner.sources.overlay import DISK, Boundary, repository
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.templates.syntax import MAX_BYTES

_MARK = b"cnrm.cloud.google.com/v"
_TEMPLATES = (".tpl", ".tmpl", ".gotmpl", ".tftpl", ".j2", ".jinja", ".jinja2")
"""Ends of the names of texts that another tool renders."""


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
        self.targets = options.paths

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """One collection of all manifests; where none is there, only what became of the files."""
        manifests: list[Manifest] = []
        appliers: list[Applier] = []
        namespaces: dict[str, Any] = {}
        coverage, paths_read = Coverage(), []
        left_out: list[str] = []
        patches = patches_among(filter(is_kustomization, self.paths), self.overlay)
        for path in self.paths:
            contents = self._read(path, coverage)
            if contents is None:
                continue
            if contents.manifests and self.overlay.real(path) in patches and path not in self.named:
                coverage.enter(show(path), self.input, "other", "a patch that a kustomization applies")
                left_out.append(show(path))
                continue
            manifests += contents.manifests
            namespaces |= contents.namespaces
            appliers += contents.appliers
            if self._enter(path, contents, coverage):
                paths_read.append(path)
        self._built(manifests, paths_read, coverage)
        told = {gap.scope for gap in coverage.gaps}
        coverage.gaps += [patch_gap(file) for file in left_out if file not in told]
        coverage.gaps += changed_by(appliers, manifests)
        if not paths_read:
            yield from Entries("manifests", coverage).collect()
            return
        root = show(paths_read[0] if len(paths_read) == 1 else _common(paths_read))
        built = Built(manifests, namespaces, self.project, root, wanted.types)
        coverage.gaps += built.gaps
        coverage.blocks.found = coverage.blocks.evaluated = built.attached
        items: list[Item] = [*built.deployment.items, *built.deployment.others]
        sensitive = Sensitive()
        for manifest in manifests:
            sensitive.named_in(manifest.spec)
        yield Collection(root, items, coverage, sensitive=sensitive)

    def _built(self, manifests: list[Manifest], judged: list[str], coverage: Coverage) -> None:
        """Enter what Kustomize may make of the manifests, and what becomes of its files."""
        paths = [path for path in self.paths if is_kustomization(path)]
        if not paths:
            return
        tops = [path if self.overlay.is_directory(path) else os.path.dirname(path) or "." for path in self.targets]
        boundary = Boundary([repository(top, self.overlay) or top for top in tops], self.overlay)
        kustomize = Kustomize(paths, manifests, judged, boundary)
        gaps = kustomize.gaps()
        coverage.gaps += gaps
        unread = {gap.scope for gap in gaps if gap.code == "parse_error"}
        for path in map(show, paths):
            if path in unread:
                coverage.enter(path, self.input, "unread", "cannot be read")
            elif path in kustomize.covering:
                coverage.enter(path, self.input, "judged")
            else:
                coverage.enter(path, self.input, "other", "a kustomization of other objects")

    def _read(self, path: str, coverage: Coverage) -> ManifestFile | None:
        """What a file holds; None, with a gap, where it cannot be opened."""
        file = show(path)
        try:
            return read(path, os.path.dirname(path), self.overlay)
        except OSError as error:
            coverage.files.found += 1
            coverage.files.failed += 1
            coverage.gaps.append(Gap(file, "parse_error", f"cannot be read ({error.strerror})", "make it readable"))
            coverage.enter(file, self.input, "unread", "cannot be read")
            return None

    def _enter(self, path: str, contents: ManifestFile, coverage: Coverage) -> bool:
        """Enter a file in the ledger; whether it is one of manifests."""
        file = show(path)
        failed = any(gap.code in ("parse_error", "template_unsupported") for gap in contents.gaps)
        known = bool(contents.manifests or contents.namespaces)
        if not known and not ((failed or contents.ambiguous) and self._meant(path)):
            coverage.enter(file, self.input, "other", "no manifest of Config Connector")
            return False
        coverage.files.found += 1
        coverage.files.failed += failed
        coverage.files.parsed += not failed
        coverage.gaps += contents.gaps
        coverage.enter(file, self.input, "unread" if failed else "judged", "no manifest that can be read to the end" if failed else "")
        return True

    def _meant(self, path: str) -> bool:
        """Whether a file that does not parse was meant to be of manifests of Config Connector."""
        source = self.overlay.read(path, MAX_BYTES)
        rendered = path.lower().endswith(_TEMPLATES) or chart_of(path, self.overlay) is not None
        return (rendered or path in self.named or meant(path, source, self.input)) and _MARK in legible(source)


def _common(paths: list[str]) -> str:
    """The folder that all files are in, whether they are named by relative or absolute paths."""
    return os.path.commonpath([os.path.abspath(path) for path in paths]) if paths else "."
