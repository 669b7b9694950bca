"""One kustomization: what its fields bring in, and what they may change of the manifests that it builds on.

It is not built here: its manifests are judged as they are written. So each field is decided by whether a verdict may be another on what
`kustomize build` writes. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.config_connector.manifests import Manifest
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.paths import show
from assay.scanner.sources.templates.syntax import MAX_BYTES, Malformed, decode
from assay.scanner.sources.templates.yaml_text import parse_documents

_SETTINGS = frozenset(
    {
        # Of the file, and of how the result is sorted or checked.
        "apiversion", "kind", "metadata", "sortoptions", "buildmetadata", "validators", "crds", "openapi", "helmglobals", "inventory",
        # Objects of Kubernetes alone.
        "generatoroptions", "configmapgenerator", "secretgenerator",
        # Fields of workloads, by their kinds: https://github.com/kubernetes-sigs/kustomize/tree/master/api/internal/konfig
        "replicas",
    }
)  # fmt: skip
_BUILT_ON = ("resources", "bases")
_FROM_ELSEWHERE = ("helmcharts", "helmchartinflationgenerator", "generators")
"""Objects that none of the manifests says."""
_COMMON = ("commonlabels", "commonannotations", "labels", "namespace", "images")
_PATCHES = ("patches", "patchesstrategicmerge", "patchesjson6902")
_PLAIN = lazy_re.pattern(r"[\w.-]+")
CONNECTOR = "cnrm.cloud.google.com"


class KustomizedParts(msgspec.Struct):
    """What a kustomization builds on, as far as its fields may change it."""

    kinds: set[tuple[str, str]] = msgspec.field(default_factory=set)
    """Group and kind."""
    namespaces: set[str] = msgspec.field(default_factory=set)
    """Those that manifests, and references in them, name."""
    labels: set[tuple[str, str]] = msgspec.field(default_factory=set)

    def add(self, manifest: Manifest) -> None:
        """Add a manifest."""
        self.kinds.add((f"{manifest.service}.{CONNECTOR}", manifest.kind))
        self.namespaces.update(namespace for namespace in (manifest.namespace, *_namespaces(manifest.spec)) if namespace)
        labels = manifest.labels if isinstance(manifest.labels, dict) else {}
        self.labels.update((str(name), str(value)) for name, value in labels.items())

    def merge(self, other: KustomizedParts) -> int:
        """Add what another one covers; gives how much that is."""
        self.kinds |= other.kinds
        self.namespaces |= other.namespaces
        self.labels |= other.labels
        return len(other.kinds) + len(other.namespaces) + len(other.labels)


def _namespaces(spec: Any) -> Iterator[str]:
    """The namespaces that references name."""
    waiting = [spec]
    while waiting:
        data = waiting.pop()
        if isinstance(data, dict) and isinstance(namespace := data.get("namespace"), str):
            yield namespace
        waiting += data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()


class Kustomization(msgspec.Struct):
    """One file. Keys of `data` are in lower case, since Kustomize takes them in any."""

    path: str
    file: str
    """As reports name it."""
    data: dict[str, Any]
    lines: dict[str, int]

    @property
    def directory(self) -> str:
        """Where the file is, for the paths in it."""
        return os.path.dirname(self.path) or "."

    def named(self, *fields: str) -> Iterator[tuple[str, str]]:
        """The paths and URLs that fields list, each with its field."""
        for field in fields:
            value = self.data.get(field)
            for entry in value if isinstance(value, list) else [] if value is None else [value]:
                yield field, entry if isinstance(entry, str) else str(entry)

    def built_on(self) -> Iterator[tuple[str, str]]:
        """The files, directories and URLs of which it takes the objects."""
        return self.named(*_BUILT_ON)

    def generated(self) -> list[str]:
        """The fields by which there are objects that no manifest says."""
        return [field for field in _FROM_ELSEWHERE if self.data.get(field)]

    def changing(self, covered: KustomizedParts, read: Callable[[str], Any]) -> list[str]:
        """The fields that may change a verdict on what it covers. `read`: the documents of a patch, or of the file that it names; None
        where they cannot be read."""
        known = {*_SETTINGS, *_BUILT_ON, *_FROM_ELSEWHERE, "components"}
        return [field for field, value in self.data.items() if field not in known and value and _changes(field, value, covered, read)]

    def patch_files(self) -> Iterator[str]:
        """The paths of the files that hold patches."""
        return (name for _, name in self.files([field for field in _PATCHES if self.data.get(field)]))

    def files(self, fields: list[str]) -> Iterator[tuple[str, str]]:
        """The paths that these fields name, each with its field."""
        for field in fields:
            value = self.data[field]
            for entry in value if isinstance(value, list) else [value]:
                path = entry.get("path") if isinstance(entry, dict) else entry
                if isinstance(path, str) and "\n" not in path:
                    yield field, path


def read(path: str, overlay: Overlay) -> Kustomization:
    """Read a file. Raises OSError, Malformed."""
    text, lines = decode(overlay.read(path, MAX_BYTES + 1), show(path))
    documents, error = parse_documents(text, lines)
    documents = [parsed for parsed in documents if parsed.data is not None]
    if error is not None:
        raise error
    if len(documents) != 1 or not isinstance(documents[0].data, dict):
        raise Malformed("no kustomization, which is one map")
    (parsed,) = documents
    if parsed.duplicates:
        raise Malformed(f"{parsed.duplicates[0][0]} is written twice in one map", parsed.duplicates[0][1])
    data: dict[str, Any] = {}
    for name, value in parsed.data.items():
        if name.lower() in data:
            raise Malformed(f"{name} is written twice", parsed.place((name,)).line)
        data[name.lower()] = value
    return Kustomization(path, show(path), data, {name.lower(): parsed.place((name,)).line for name in parsed.data})


def _changes(field: str, value: Any, covered: KustomizedParts, read: Callable[[str], Any]) -> bool:
    """Whether a field may change a verdict; one that is not known may."""
    if not covered.kinds:
        return False
    entries = value if isinstance(value, list) else [value]
    if field in _PATCHES:
        return any(_patches(entry, covered, read) for entry in entries)
    if field == "replacements":
        return any(_replaces(entry, covered) for entry in entries)
    if field in _COMMON:
        return _common(field, value, entries, covered)
    return True


def _common(field: str, value: Any, entries: list[Any], covered: KustomizedParts) -> bool:
    """What is set of all objects alike. Labels that are added say more of a resource; those that replace one may give it another role."""
    if field == "namespace":
        return bool(covered.namespaces - {value})
    if field == "images":
        return any(kind.startswith("Run") for _, kind in covered.kinds)
    if field == "commonannotations":
        return not isinstance(value, dict) or any(CONNECTOR in name for name in value)
    if field == "commonlabels":
        entries = [{"pairs": value}]
    set_: dict[str, str] = {}
    for entry in entries:
        labels = entry.get("pairs") if isinstance(entry, dict) and not entry.get("fields") else None
        if not isinstance(labels, dict):
            return True
        set_ |= {name: str(text) for name, text in labels.items()}
    return any(set_.get(name, text) != text for name, text in covered.labels)


def _patches(entry: Any, covered: KustomizedParts, read: Callable[[str], Any]) -> bool:
    """Whether an entry of `patches`, or of the older fields, may be for a kind of Config Connector that is covered."""
    target = entry.get("target") if isinstance(entry, dict) else None
    if target is not None:
        return _selects(target, covered)
    text = entry if isinstance(entry, str) else entry.get("patch") or entry.get("path") if isinstance(entry, dict) else None
    documents = read(text) if isinstance(text, str) else None
    if not documents:
        return True
    return any(not isinstance(patch, dict) or "kind" not in patch or _selects(_meant(patch), covered) for patch in documents)


def _meant(patch: dict[str, Any]) -> dict[str, Any]:
    group, _, version = str(patch.get("apiVersion")).rpartition("/")
    return {"kind": patch["kind"], **({"group": group} if group and version else {})}


def _replaces(entry: Any, covered: KustomizedParts) -> bool:
    targets = entry.get("targets") if isinstance(entry, dict) else None
    if not isinstance(targets, list):
        return True
    return any(_selects(target.get("select") if isinstance(target, dict) else None, covered) for target in targets)


def _selects(target: Any, covered: KustomizedParts) -> bool:
    """Whether a selector may be for what is covered: patterns are taken to fit, plain words to mean themselves."""
    if not isinstance(target, dict):
        return True
    return any(_fits(target.get("group"), group) and _fits(target.get("kind"), kind) for group, kind in covered.kinds)


def _fits(pattern: Any, word: str) -> bool:
    return not isinstance(pattern, str) or not _PLAIN.fullmatch(pattern) or re.fullmatch(pattern, word) is not None


def gap_of(error: OSError | Malformed, file: str) -> Gap:
    """The gap for a kustomization that cannot be read."""
    if isinstance(error, Malformed):
        return Gap(file, "parse_error", f"a kustomization that cannot be read: {error}", "correct it", error.line)
    return Gap(file, "parse_error", f"cannot be read ({error.strerror or error})", "make it readable")
