"""What Kustomize makes of manifests: where that may be judged otherwise than what is written, it is a gap."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.config_connector import kustomization
from assay.scanner.sources.config_connector.kustomization import Kustomization, KustomizedParts
from assay.scanner.sources.config_connector.manifests import KUSTOMIZATIONS, Applier, Manifest
from assay.scanner.sources.config_connector.manifests import read as read_manifests
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.overlay import Boundary, Overlay
from assay.scanner.sources.paths import show
from assay.scanner.sources.templates.syntax import MAX_BYTES, Malformed
from assay.scanner.sources.templates.yaml_text import several

_WAY = "scan the output of kustomize build"
_MAX_NAMED = 5
"""Kinds that a gap names."""


def is_kustomization(path: str) -> bool:
    """Whether Kustomize takes a file for one."""
    return os.path.basename(path) in KUSTOMIZATIONS


class Kustomize:
    """The kustomizations of a run, with those that they build on."""

    def __init__(self, paths: Iterable[str], manifests: Iterable[Manifest], judged: Iterable[str], boundary: Boundary) -> None:
        """`paths`: of the kustomizations. `judged`: the files whose manifests are judged."""
        self._boundary, self._overlay = boundary, boundary.overlay
        self._judged = {self._overlay.real(path) for path in judged}
        self._of_files: dict[str, KustomizedParts] = {}
        for manifest in manifests:
            self._of_files.setdefault(manifest.file, KustomizedParts()).add(manifest)
        self._read: dict[str, Kustomization | None] = {}
        self._covered: dict[str, KustomizedParts] = {}
        self._inner: dict[str, list[Kustomization]] = {}
        self._budget = Budget()
        self._gaps: dict[Gap, None] = {}
        self.covering: set[str] = set()
        """The kustomizations, as reports name them, that build on manifests of Config Connector."""
        self._paths = list(paths)

    def gaps(self) -> list[Gap]:
        """What is not judged as Kustomize builds it."""
        try:
            for path in self._paths:
                self._enter(path)
        except OverBudget as error:
            self._gaps[Gap(show(self._paths[0]), "input_failed", f"the kustomizations of this tree: {error}", _WAY)] = None
        return list(self._gaps)

    def _enter(self, path: str) -> None:
        top = self._kustomization(path)
        if top is None:
            return
        covered = self._cover(top)
        if covered.kinds:
            self.covering.add(show(path))
        for field in top.generated() if self._may_bring(top) else ():
            self._gap(top, field, f"{field} of this kustomization makes objects that are not here", "module_missing")
        self._changes(top, covered, top)
        for component in self._components(top):
            self._changes(component, covered, top)

    def _gap(self, owner: Kustomization, field: str, reason: str, code: str = "template_unsupported") -> None:
        self._gaps[Gap(owner.file, code, reason, _WAY, owner.lines.get(field, 0))] = None

    def _changes(self, owner: Kustomization, covered: KustomizedParts, top: Kustomization) -> None:
        """Gaps for what the fields of a kustomization change of what another, or itself, covers."""
        fields = owner.changing(covered, lambda text: self._documents(owner, text))
        if not fields:
            return
        kinds = sorted({kind for _, kind in covered.kinds})
        named = ", ".join(kinds[:_MAX_NAMED]) + (f" and {len(kinds) - _MAX_NAMED} more kinds" if len(kinds) > _MAX_NAMED else "")
        reason = f"{', '.join(sorted(fields))} may change what {top.file} builds on ({named}), which is judged as it is written"
        self._gap(owner, fields[0], reason)
        for field, name in owner.files(fields):
            path = os.path.normpath(os.path.join(owner.directory, name))
            if self._boundary.holds(path) and self._overlay.is_file(path):  # known only while its own content is the same
                reason = f"{field} of {owner.file}: it may change manifests, which are judged as they are written"
                self._gaps[Gap(show(path), "template_unsupported", reason, _WAY)] = None

    def _may_bring(self, owner: Kustomization) -> bool:
        """Whether what is not here may be of Config Connector: a tree that has none of it, and does not speak of it, deploys workloads."""
        return bool(self._of_files) or kustomization.CONNECTOR in str(owner.data)

    # What a kustomization builds on.

    def _cover(self, top: Kustomization) -> KustomizedParts:
        """All that a kustomization builds on: what is inside comes first, so that each is put together once."""
        waiting, begun = [top], set()
        while waiting:
            current = waiting[-1]
            if current.path in self._covered:
                waiting.pop()
            elif current.path in begun:
                self._covered[current.path] = self._merged(waiting.pop())
            else:
                begun.add(current.path)
                self._budget.step()
                waiting += [inner for inner in self._built_on(current) if inner.path not in begun]
        return self._covered[top.path]

    def _merged(self, owner: Kustomization) -> KustomizedParts:
        covered = KustomizedParts()
        for path in self._local(owner):
            self._budget.step(1 + covered.merge(self._of_files.get(show(path), KustomizedParts())))
        for inner in self._built_on(owner):
            if inner.path in self._covered:  # else one in a circle, which Kustomize refuses
                self._budget.step(1 + covered.merge(self._covered[inner.path]))
        return covered

    def _built_on(self, owner: Kustomization) -> list[Kustomization]:
        """The kustomizations whose objects are part of one, components included."""
        if owner.path not in self._inner:
            names = [name for _, name in owner.built_on()] + [name for _, name in owner.named("components")]
            self._inner[owner.path] = list(self._kustomizations(owner, names))
            for field, name in [*owner.built_on(), *owner.named("components")]:
                self._missing(owner, field, name)
        return self._inner[owner.path]

    def _components(self, owner: Kustomization) -> list[Kustomization]:
        """Components, with those that they use: each changes all that is built on where they are used."""
        components: dict[str, Kustomization] = {}
        waiting = [owner]
        while waiting:
            current = waiting.pop()
            names = [name for _, name in current.named("components")]
            for inner in self._kustomizations(current, names):
                self._budget.step()
                if inner.path not in components:
                    components[inner.path] = inner
                    waiting.append(inner)
        return list(components.values())

    def _kustomizations(self, owner: Kustomization, names: list[str]) -> Iterator[Kustomization]:
        for name in names:
            directory = self._path(owner, name)
            if directory is not None and self._overlay.is_directory(directory):
                for file in KUSTOMIZATIONS:
                    path = os.path.join(directory, file)
                    if self._overlay.is_file(path) and (inner := self._kustomization(path)) is not None:
                        yield inner

    def _local(self, owner: Kustomization) -> Iterator[str]:
        for _, name in owner.built_on():
            path = self._path(owner, name)
            if path is not None and self._overlay.is_file(path):
                yield path

    def _missing(self, owner: Kustomization, field: str, name: str) -> None:
        """Enter a gap for what is no file or directory here, or holds manifests that are not judged."""
        path = self._path(owner, name)
        if path is None or not (self._overlay.is_file(path) or self._overlay.is_directory(path)):
            if not self._may_bring(owner):
                return
            reason = f'{field}: "{name[:300]}" is not in this tree, and may bring resources'
            self._gap(owner, field, reason, "module_missing")
        elif self._overlay.is_file(path) and self._overlay.real(path) not in self._judged and self._holds_manifests(path):
            reason = f'{field}: "{name[:300]}" holds manifests that are not among what is scanned'
            self._gaps[Gap(owner.file, "module_missing", reason, f"scan it as well, or {_WAY}", owner.lines.get(field, 0))] = None

    def _holds_manifests(self, path: str) -> bool:
        try:
            return bool(read_manifests(path, os.path.dirname(path), self._overlay).manifests)
        except OSError:
            return False

    def _path(self, owner: Kustomization, name: str) -> str | None:
        """Where a name leads to; None for what is outside of the tree."""
        path = os.path.normpath(os.path.join(owner.directory, name))
        return path if "://" not in name and self._boundary.holds(path) else None

    # Files.

    def _kustomization(self, path: str) -> Kustomization | None:
        path = os.path.normpath(path)
        if path not in self._read:
            self._read[path] = None
            try:
                self._read[path] = kustomization.read(path, self._overlay)
            except (OSError, Malformed) as error:
                if self._of_files:
                    self._gaps[kustomization.gap_of(error, show(path))] = None
        return self._read[path]

    def _documents(self, owner: Kustomization, text: str) -> list[Any] | None:
        """The documents of a patch that is written in a kustomization, or of the file that it names."""
        source: bytes
        path = self._path(owner, text) if "\n" not in text else None
        if path is not None and self._overlay.is_file(path):
            try:
                source = self._overlay.read(path, MAX_BYTES)
            except OSError:
                return None
        else:
            source = text.encode("utf-8", "replace")
        self._budget.made(len(source))
        documents, whole = several(source)
        return documents if whole else None


def patches_among(paths: Iterable[str], overlay: Overlay) -> set[str]:
    """The real paths of files that kustomizations apply to what others declare: what such a file leaves out is as it is there.

    A file that a kustomization takes for a resource as well is one.
    """
    patches: set[str] = set()
    resources: set[str] = set()
    for path in paths:
        try:
            owner = kustomization.read(path, overlay)
        except (OSError, Malformed):
            continue  # a gap says so
        for into, names in ((patches, owner.patch_files()), (resources, (name for _, name in owner.built_on()))):
            into.update(overlay.real(os.path.normpath(os.path.join(owner.directory, name))) for name in names)
    return patches - resources


def patch_gap(file: str) -> Gap:
    """What is not known of a file of patches."""
    return Gap(file, "template_unsupported", "a patch that a kustomization applies: what it leaves out is declared elsewhere", _WAY)


def changed_by(appliers: Iterable[Applier], manifests: Iterable[Manifest]) -> Iterator[Gap]:
    """Gaps for what objects of Flux or Argo CD have Kustomize change. Which manifests they apply is not told: it may be any."""
    covered = KustomizedParts()
    for manifest in manifests:
        covered.add(manifest)
    for applier in appliers:
        data = {name.lower(): value for name, value in applier.fields.items()}
        owner = Kustomization(applier.file, applier.file, data, {})
        fields = [*owner.changing(covered, _documents_of), *(["components"] if data.get("components") and covered.kinds else [])]
        if fields:
            reason = f"{', '.join(sorted(fields))} may change manifests that this object applies, which are judged as they are written"
            yield Gap(applier.file, "template_unsupported", reason, "scan what is applied in the end", applier.line)


def _documents_of(text: str) -> list[Any] | None:
    documents, whole = several(text.encode("utf-8", "replace"))
    return documents if whole else None


def chart_of(path: str, overlay: Overlay) -> str | None:
    """The Helm chart of which a file is a template. https://helm.sh/docs/topics/charts/#the-chart-file-structure"""
    directory = os.path.dirname(path)
    while directory and os.path.dirname(directory) != directory:
        directory, name = os.path.split(directory)
        if name == "templates" and overlay.is_file(os.path.join(directory, "Chart.yaml")):
            return directory or "."
    return None
