"""Manifests: files of plain YAML with any number of objects, of which those of Config Connector are kept.

https://cloud.google.com/config-connector/docs/overview
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.config_connector.appliers import applied
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.gcp.declared import Path
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.raw import Location, Open, Text, Unknown
from assay.scanner.sources.templates.syntax import MAX_BYTES, Malformed, Parsed, decode
from assay.scanner.sources.templates.yaml_text import parse_documents

_GROUP = lazy_re.pattern(r"[a-z0-9-]+\.cnrm\.cloud\.google\.com/v\d\w*")
_APART = ("core.cnrm.cloud.google.com", "customize.core.cnrm.cloud.google.com", "addons.cnrm.cloud.google.com")
"""Groups that configure Config Connector itself."""
# Text that some tool fills in before it is applied: Helm, envsubst, setters of kpt.
_FILLED = lazy_re.pattern(r"(\{\{.{0,500}?\}\}|\$\{[^{}]{1,200}\})")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names by which Kustomize finds its files."""
PROJECT_ID = "cnrm.cloud.google.com/project-id"


class Manifest(msgspec.Struct):
    """One object."""

    kind: str
    namespace: str
    name: Any
    """Text, or Unknown."""
    spec: Any
    annotations: dict[str, Any]
    file: str
    directory: str
    parsed: Parsed
    base: Path = ()
    """Where it stands in its document: in a List."""
    service: str = ""
    """Of its API group: `redis` of `redis.cnrm.cloud.google.com/v1beta1`."""
    labels: Any = None
    """Of its metadata, which become those of the resource: https://cloud.google.com/config-connector/docs/how-to/labels-annotations"""

    def place(self, below: Path = ()) -> Location:
        """Where a part of it is written: `below` is a path in its object."""
        return self.parsed.place((*self.base, *below))


class Applier(msgspec.Struct):
    """What an object of Flux or Argo CD has Kustomize do to what it applies, in the words of a kustomization."""

    file: str
    line: int
    fields: dict[str, Any]


class ManifestFile(msgspec.Struct):
    """What a file holds."""

    manifests: list[Manifest]
    namespaces: dict[str, Any]
    """Namespaces to the project that their annotation names."""
    gaps: list[Gap]
    appliers: list[Applier] = []
    ambiguous: bool = False
    """What an object is, is written twice."""


def read(path: str, directory: str, overlay: Overlay) -> ManifestFile:
    """Everything of a file that can be read; what cannot is a gap. Raises OSError."""
    file, contents = show(path), ManifestFile([], {}, [])
    source = overlay.read(path, MAX_BYTES + 1)
    try:
        text, lines = decode(source, file)
        documents, error = parse_documents(text, lines)
    except Malformed as failed:
        text, documents, error = "", [], failed
    for parsed in documents:
        for name, line in parsed.duplicates:
            reason = f"{name} is written twice in one map; the last one was read"
            contents.gaps.append(Gap(file, "duplicate_key", reason, "remove one of them", line))
            contents.ambiguous |= name in ("apiVersion", "kind", "items")
        objects = list(_objects(parsed.data))
        for data, base in objects:
            _enter(contents, data, base, parsed, file, directory)
            contents.appliers += [Applier(file, parsed.place(base).line, fields) for fields in applied(data)]
        if not (os.path.basename(path) in KUSTOMIZATIONS or (error is not None and "{{" in text)):
            contents.gaps += _inside(parsed, {id(data) for data, _ in objects}, file)
    if error is not None:
        contents.gaps.append(_gap(file, error, text))
    elif contents.manifests and "{{" in text:
        # What stands in its place may close the text around it and go on with more, from within a comment too.
        reason = "a template of another tool, judged as far as it is written: what comes out may hold more"
        contents.gaps.append(Gap(file, "template_unsupported", reason, _RENDER, text[: text.index("{{")].count("\n") + 1))
    return contents


_IN_TEXT = lazy_re.pattern(r"""apiVersion["']?\s{0,9}:\s{0,9}["']?[a-z0-9-]{1,100}\.cnrm\.cloud\.google\.com/v\d""")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""What the object itself was when it was applied last."""


def _inside(parsed: Parsed, objects: set[int], file: str) -> Iterator[Gap]:
    """A gap where other objects hold manifests, as data or as text: values of a chart, a composition, a list of things to apply."""
    waiting: list[tuple[Any, Path]] = [(parsed.data, ())]
    seen: set[int] = set()
    while waiting:
        data, at = waiting.pop()
        if isinstance(data, str):
            is_manifest = "cnrm" in data and _IN_TEXT.search(data) is not None
        elif isinstance(data, (dict, list)) and id(data) not in seen:
            seen.add(id(data))
            is_manifest = id(data) not in objects and isinstance(data, dict) and _is_manifest(data)
            waiting += [(value, (*at, name)) for name, value in _parts(data) if name != _APPLIED]
        else:
            continue
        if is_manifest:
            reason = "holds a manifest inside of another object, by which some tool may apply it"
            yield Gap(file, "template_unsupported", reason, "scan what is applied in the end", parsed.place(at).line)
            return


def _parts(data: dict[str, Any] | list[Any]) -> Iterable[tuple[str | int, Any]]:
    return data.items() if isinstance(data, dict) else enumerate(data)


def _is_manifest(data: dict[str, Any]) -> bool:
    version = data.get("apiVersion")
    whole = isinstance(version, str) and isinstance(data.get("kind"), str) and ("spec" in data or isinstance(data.get("metadata"), dict))
    return whole and _GROUP.fullmatch(str(version)) is not None and not str(version).startswith(_APART)


_RENDER = "render it first (helm template), and scan what comes out"


def _gap(file: str, error: Malformed, text: str) -> Gap:
    if "{{" in text:
        return Gap(file, "template_unsupported", f"a template of another tool: {error}", _RENDER, error.line)
    return Gap(file, "parse_error", str(error), "correct the manifest", error.line)


def _objects(data: Any, base: Path = ()) -> Iterator[tuple[dict[str, Any], Path]]:
    """The objects of a document, those of lists among them.

    To kubectl whatever has a list of `items` is a list, and an item that does not say what it is, is what the list is of:
    https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/unstructured/helpers.go
    """
    if isinstance(data, list):
        for at, element in enumerate(data):
            yield from _objects(element, (*base, at))
    if not isinstance(data, dict):
        return
    kind, items = str(data.get("kind", "")), data.get("items")
    inherited = {"kind": kind.removesuffix("List"), "apiVersion": data.get("apiVersion")}
    for at, element in enumerate(items if isinstance(items, list) else ()):
        is_kindless = isinstance(element, dict) and not element.get("kind")
        yield from _objects({**inherited, **element, "kind": inherited["kind"]} if is_kindless else element, (*base, "items", at))
    if not (isinstance(items, list) and kind.endswith("List")):
        yield data, base


def _enter(contents: ManifestFile, data: dict[str, Any], base: Path, parsed: Parsed, file: str, directory: str) -> None:
    version, kind, metadata = data.get("apiVersion"), data.get("kind"), data.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    annotations = metadata.get("annotations")
    annotations = filled(annotations) if isinstance(annotations, dict) else {}
    if version == "v1" and kind == "Namespace" and PROJECT_ID in annotations:
        contents.namespaces[str(metadata.get("name"))] = annotations[PROJECT_ID]
    if not isinstance(version, str) or not _GROUP.fullmatch(version) or version.startswith(_APART) or not isinstance(kind, str):
        return
    namespace, name = metadata.get("namespace"), filled(metadata.get("name"))
    if not isinstance(name, (str, Text)):
        name = name if isinstance(name, Unknown) else Unknown("its name is not written", "give it a name")
    spec = filled(data.get("spec"))
    contents.manifests.append(
        Manifest(
            kind,
            namespace if isinstance(namespace, str) else "",
            name,
            spec,
            annotations,
            file,
            directory,
            parsed,
            base,
            version.partition(".")[0],
            filled(metadata.get("labels")),
        )
    )


def filled(data: Any) -> Any:
    """Data with an open value in the place of what another tool fills in: the same text stands for the same value."""
    if isinstance(data, dict):
        return {name: filled(element) for name, element in data.items()}
    if isinstance(data, list):
        return [filled(element) for element in data]
    if not isinstance(data, str) or ("{{" not in data and "${" not in data):
        return data
    parts = [
        Open(f"{part} is filled in by another tool", "render it first, and scan what comes out", name=part) if at % 2 else part
        for at, part in enumerate(_FILLED.split(data))
    ]
    parts = [part for part in parts if part != ""]
    return parts[0] if len(parts) == 1 else Text(tuple(parts))
