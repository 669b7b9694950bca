"""Remedies in templates and manifests: CloudFormation, Config Connector and Deployment Manager."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assay.scanner.facts.model import BlockRef
from assay.scanner.fix.edits import Edit, NoEdit, merged
from assay.scanner.fix.files import Files
from assay.scanner.fix.interface import FixCandidate
from assay.scanner.fix.terraform import told
from assay.scanner.fix.yaml_change import Indirect
from assay.scanner.fix.yaml_edits import YamlFile
from assay.scanner.fix.yaml_tree import YamlNode
from assay.scanner.fix.yaml_written import nested, plain
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Remedy
from assay.scanner.rules.remedies import SELF, RemedyWords, filled

SETTINGS = {"cloudformation": "Properties", "config_connector": "spec", "deployment_manager": "properties"}
"""Where the settings of a resource are."""


class DeclaredResource:
    """A resource as a file declares it."""

    def __init__(self, label: str, type_: str, node: YamlNode, holder: YamlNode) -> None:
        self.label, self.type, self.node, self.holder = label, type_, node, holder


def google_input(file: YamlFile) -> str:
    """Whether a file of Google's resources is of Config Connector or of Deployment Manager. Raises Refused."""
    if file.file.endswith((".jinja", ".jinja2", ".j2", ".py")):
        raise NoEdit("its file is a template that makes the text: change it by hand")
    return "config_connector" if any(_group(node) for node in file.documents) else "deployment_manager"


def _group(node: YamlNode) -> bool:
    version = node.get("apiVersion") if node.kind == "map" else None
    return version is not None and ".cnrm.cloud.google.com/" in str(version.plain())


def declared(file: YamlFile, input_: str) -> Iterator[DeclaredResource]:
    """The resources of a file."""
    for document in file.documents:
        if document.kind != "map":
            continue
        if input_ == "config_connector":
            kind, metadata = document.get("kind"), document.get("metadata")
            name = metadata.get("name") if metadata is not None else None
            if kind is not None and name is not None:
                yield DeclaredResource(str(name.plain()), str(kind.plain()), document, document)
            continue
        resources = document.get("Resources" if input_ == "cloudformation" else "resources")
        for key, node in resources.items if resources is not None else ():
            name = key if key is not None else node.get("name")
            type_ = node.get("Type" if input_ == "cloudformation" else "type") if node.kind == "map" else None
            if resources is not None and name is not None and type_ is not None and name.kind == "scalar":
                yield DeclaredResource(str(name.data[0]), str(type_.plain()), node, resources)


def edited(finding: Result, remedy: Remedy, files: Files, input_: str) -> Iterator[FixCandidate]:
    """A remedy as edits of the resources that a finding was read from: of the default of a parameter that gives a value, then in its place.

    Raises Refused.
    """
    edits: list[Edit] = []
    indirect: list[tuple[YamlFile, Indirect]] = []
    resources: list[DeclaredResource] = []
    for file, resource in editable(finding, remedy.on, files, input_):
        settings = resource.node.get(SETTINGS[input_])
        wanted = [(path, value if isinstance(value, list) else [value]) for path, value in remedy.where.items()]
        within = _parts(file, resource, settings, remedy.within, finding)
        parts = [part for part in within if all(file.says(part, *said) for said in wanted)]
        bare = settings is None and not remedy.within and all(None in values for _, values in wanted)
        if not parts and not bare:
            continue
        resources.append(resource)
        own, elsewhere = _of_resource(file, resource, settings, parts, remedy, input_)
        edits += own
        indirect += [(file, one) for one in elsewhere]
    if not resources:
        return
    title = f"{told(remedy)} {resources[0].label}"
    removed = (finding.resource.address,) if SELF in remedy.remove and remedy.within in ("", SELF) else ()
    silences = bool(remedy.remove)
    if indirect:
        if given := _defaults(indirect):
            names = ", ".join(dict.fromkeys(one.parameter for _, one in indirect))
            yield FixCandidate(f"{title}, by the default of {names}", tuple(merged([*edits, *given])), remedy.review, removed, silences)
        edits += [one.edit for _, one in indirect]
        name = indirect[0][1].name
        yield FixCandidate(
            title, tuple(merged(edits)), remedy.review or f"{name} is given by a function, whose place the value takes", removed, silences
        )
    elif edits:
        yield FixCandidate(title, tuple(merged(edits)), remedy.review, removed, silences)


def editable(finding: Result, type_: str, files: Files, input_: str) -> list[tuple[YamlFile, DeclaredResource]]:
    """The resources of a type that a remedy may edit: what a finding was read from, and what its evidence stands in; without one, those of
    the template that name or are named by what it was read from."""
    read = list(read_from(finding, files, input_))
    editable = [(file, one) for file, one in [*read, *_of_evidence(finding, files, input_)] if _is_of(one.type, type_)]
    if not editable and input_ == "cloudformation":
        editable = [
            (file, other)
            for file, one in read
            for other in declared(file, input_)
            if _is_of(other.type, type_) and (names(file, other, one) or names(file, one, other))
        ]
    return [pair for at, pair in enumerate(editable) if not any(pair[1].node is before.node for _, before in editable[:at])]


def names(file: YamlFile, resource: DeclaredResource, other: DeclaredResource) -> bool:
    """Whether a resource refers to another by a function, in its short form or its long one."""
    label = re.escape(other.label)
    text = file.text[resource.node.start : resource.node.end]
    return bool(re.search(rf"""(Ref"?:? *["']?|GetAtt"?:? *\[? *["']?|\$\{{){label}(?![A-Za-z0-9])""", text))


def _is_of(type_: str, wanted: str) -> bool:
    """Types of Deployment Manager have two names for one: `gcp-types/storage-v1:buckets`, `storage.v1.bucket`."""
    return type_ == wanted or ("::" not in type_ and _short(type_) == _short(wanted))


def _short(type_: str) -> str:
    """`storage.v1.bucket` of either name."""
    interface, _, collection = type_.removeprefix("gcp-types/").partition(":")
    service, _, version = interface.rpartition("-")
    return f"{service}.{version}.{collection.rpartition('.')[2].removesuffix('s')}" if collection else type_


def _at(file: YamlFile, ref: BlockRef, input_: str) -> DeclaredResource | None:
    """The resource that a block of a finding is."""
    for resource in declared(file, input_):
        if ref.address.endswith((f".{resource.label}", f"/{resource.label}")) or ref.address == resource.label:
            key = next((key for key, node in resource.holder.items if node is resource.node), None)
            lines = {resource.node.line, key.line if key is not None else 0}
            if input_ != "cloudformation" or ref.start_line in lines:
                return resource
    return None


def read_from(finding: Result, files: Files, input_: str) -> Iterator[tuple[YamlFile, DeclaredResource]]:
    """The resources that a finding was read from."""
    for ref in finding.resource.blocks:
        file = files.yaml(ref.file)
        if resource := _at(file, ref, input_):
            yield file, resource


def _of_evidence(finding: Result, files: Files, input_: str) -> Iterator[tuple[YamlFile, DeclaredResource]]:
    """The resources that the evidence of a finding stands in, of the same files."""
    for place in (fact.location for fact in finding.evidence):
        if place is not None and any(place.file == ref.file for ref in finding.resource.blocks):
            file = files.yaml(place.file)
            at = file.offset(place.line, place.column)
            yield from ((file, resource) for resource in declared(file, input_) if resource.node.start <= at < resource.node.end)


def _parts(file: YamlFile, resource: DeclaredResource, settings: YamlNode | None, within: str, finding: Result) -> list[YamlNode]:
    """What is edited of a resource: its settings, or what the evidence of the finding stands in of what a path leads to."""
    if settings is None or not within:
        return [settings] if settings is not None else []
    places = [fact.location for fact in finding.evidence if fact.location is not None and fact.location.file == file.file]
    seen = [file.offset(place.line, place.column) for place in places]
    if within == SELF:
        return [settings] if any(resource.node.start <= at < resource.node.end for at in seen) else []
    return [part for start, part in settings.elements(within) if any(start <= at < part.end for at in seen)]


def _of_resource(
    file: YamlFile, resource: DeclaredResource, settings: YamlNode | None, parts: list[YamlNode], remedy: Remedy, input_: str
) -> tuple[list[Edit], list[Indirect]]:
    if is_generated(resource.node):
        raise NoEdit("its template is generated by cdk synth: change the code that it is made from")
    if SELF in remedy.remove:
        if settings is not None and remedy.within not in ("", SELF):
            return file.remove_within(settings, remedy.within, parts), []
        return removed_of(file, resource, input_), []
    words = RemedyWords(resource.label, resource.label, resource.label)
    wanted: Mapping[str, Any] = filled(remedy.set, words)
    edits: list[Edit] = []
    indirect: list[Indirect] = []
    if settings is None:
        edits += file.add_members(resource.node, {SETTINGS[input_]: plain(nested(wanted))}) if wanted else []
    for part in parts:
        own, elsewhere = _of_part(file, part, wanted, remedy)
        edits += own
        indirect += elsewhere
    if isinstance(remedy.add, dict) and remedy.add:
        made = filled(remedy.add, words)
        if input_ != "cloudformation":
            raise NoEdit("what is to be declared beside it is a manifest of its own")
        if any(resource.holder.get(name) is not None for name in made):
            raise NoEdit(f"{next(iter(made))} is declared already")
        edits += file.add_members(resource.holder, made, after=resource.node, apart=file.apart(resource.holder))
    return edits, indirect


def removed_of(file: YamlFile, resource: DeclaredResource, input_: str) -> list[Edit]:
    """Edits after which a resource is gone. Raises Refused."""
    if input_ == "config_connector":
        return file.remove_document(resource.node)
    if input_ == "cloudformation":
        return file.remove_member(resource.holder, resource.label)
    return file.remove_element(resource.holder, resource.node)


def _of_part(file: YamlFile, part: YamlNode, wanted: Mapping[str, Any], remedy: Remedy) -> tuple[list[Edit], list[Indirect]]:
    going = [member for path in remedy.remove for member in part.members(path)]
    edits, indirect = file.set(part, wanted, [value for _, (_, value) in going])
    if any(len(holder.items) == 1 and not file.writes_in(holder, edits) for holder, _ in going):
        raise NoEdit("nothing would be left of what it stands in")
    for path in remedy.remove:
        edits += file.remove(part, path)
    for path, values in remedy.drop.items():
        edits += file.drop(part, path, values)
    for path, values in remedy.include.items():
        edits += file.include(part, path, values)
    return edits, indirect


def is_generated(node: YamlNode) -> bool:
    """Whether a resource was written by `cdk synth`."""
    metadata = node.get("Metadata")
    return metadata is not None and metadata.kind == "map" and metadata.get("aws:cdk:path") is not None


def _defaults(indirect: list[tuple[YamlFile, Indirect]]) -> list[Edit]:
    """Edits of the defaults of the parameters that give some values; none where one of them is given by something else."""
    edits: list[Edit] = []
    for file, one in indirect:
        parameters = file.documents[0].get("Parameters") if one.parameter else None
        parameter = parameters.get(one.parameter) if parameters is not None else None
        if parameter is None or parameter.get("Default") is None or isinstance(one.value, Mapping):
            return []
        edits += file.set(parameter, {"Default": _as_parameter(one.value)})[0]
    return edits


def _as_parameter(value: Any) -> Any:
    """A value as a parameter has it: text, also of truth values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
