"""References between the resources of a deployment, `$(ref.NAME.FIELD)`, and the full names that resources will have.

https://cloud.google.com/deployment-manager/docs/configuration/use-references
"""

from __future__ import annotations

from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.deployment_manager.expand import Expansion, ResourceEntry
from assay.scanner.sources.deployment_manager.marks import SCRAMBLED, ValueMarks
from assay.scanner.sources.deployment_manager.types import HIGH, HOLDERS, OWNERS, PARTS, Type, holder, resource_type, spelled
from assay.scanner.sources.gcp.deployment import flat, full_name, project_name
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value

_REFERENCE = lazy_re.pattern(r"\$\(ref\.([^()]{1,1000})\)")
_SHORT_NAMES = ("bucket", "global", "region")
"""Ways of naming (types.py) where the API's `name` is the id alone."""


def address(entry: ResourceEntry) -> str:
    """What an entry is called in reports: `type.name`."""
    return f"{entry.type}.{entry.name}"


class Links:
    """What references of one expansion lead to."""

    def __init__(self, expansion: Expansion, wanted: frozenset[str] | None, budget: Budget) -> None:
        self._wanted, self.budget = wanted, budget
        self.project = expansion.env["project"]
        self._entries = {_called(entry): entry for entry in reversed(expansion.entries)}
        self._by_address = {address(entry): entry for entry in reversed(expansion.entries)}
        self._templates = {_called(entry): entry for entry in reversed(expansion.templates.values())}
        self._reading: set[tuple[str, str]] = set()
        self._naming: set[str] = set()
        self._full: dict[str, str | None] = {}

    def declares(self, target: Any) -> bool:
        """Whether the deployment makes what a reference means."""
        return isinstance(target, Reference) and target.address in self._by_address

    def asks_for_policy(self, reference: Reference, word: str, target: Any) -> bool:
        """Whether a reference leads to an action that asks for the policy of a target: what is bound there already, and by others."""
        entry = self._by_address.get(reference.address)
        if entry is None or not entry.type.endswith(".getIamPolicy") or not isinstance(entry.properties, dict):
            return False
        return bool(self.holder_of(word, entry.properties) == target)

    def value(self, raw: Any) -> Any:
        """Data with references in the place of their text."""
        if isinstance(raw, str):
            return self._text(raw) if "$(ref." in raw else raw
        self.budget.step()
        if isinstance(raw, dict):
            return {name: self.value(value) for name, value in raw.items()}
        if isinstance(raw, list):
            return [self.value(element) for element in raw]
        if isinstance(raw, Text):
            written = any(isinstance(part, str) and "$(ref." in part for part in raw.parts)
            return self._text(raw) if written else _joined([piece for part in raw.parts for piece in _pieces(self.value(part))])
        return raw

    def _text(self, raw: str | Text) -> Any:
        """Text with what its references lead to. A part of a name may not be known: it is the same in the name of the resource."""
        marks = ValueMarks()
        text = marks.text(raw)
        parts: list[Any] = []
        at = 0
        for match in _REFERENCE.finditer(text):
            self.budget.step(20)
            target = self._target(marks.value(match[1]))
            parts += [*_pieces(marks.value(text[at : match.start()])), *_pieces(marks.value(match[0]) if target is None else target)]
            at = match.end()
        joined = _joined([*parts, *_pieces(marks.value(text[at:]))])
        self.budget.made(sum(len(piece) if isinstance(piece, str) else 100 for piece in _pieces(joined)))
        return joined

    def _target(self, written: Any) -> Any:
        """`NAME.FIELD` as a Reference, or what a template gives under that name. None where nothing is called so as far as it is known."""
        if SCRAMBLED in _pieces(written):
            return None
        path = _spelled_out(written)
        name = next((name for name in _prefixes(path) if name in self._entries or name in self._templates), None)
        if name is None and isinstance(written, Text):
            return None
        if name is None:
            return Unknown(f"there is no resource {path.partition('.')[0]} in this deployment", "correct the reference")
        field = path[len(name) + 1 :]
        if name in self._entries:
            return self._followed(self._entries[name], field)
        output = field.partition(".")[0].partition("[")[0]
        key = (name, output)
        raw = (self._templates[name].outputs or {}).get(output)
        if raw is None or key in self._reading or len(self._reading) > 50:
            reason = "is not among its outputs" if raw is None else "leads back to itself"
            return Unknown(f"{output} of the template {name} {reason}", "correct the reference")
        self._reading.add(key)
        try:
            value = self.value(raw)
        finally:
            self._reading.discard(key)
        return value if field == output else Unknown(f"{field} of the template {name} is a part of an output", "name the output alone")

    def _followed(self, entry: ResourceEntry, field: str) -> Any:
        """A Reference to a resource; of a binding or an entry of an access list, what its property says: the owner that it names."""
        spelling, key = spelled(entry.type), (entry.name, field)
        part = spelling is not None and (holder(spelling) is not None or (spelling.service, spelling.noun) in PARTS)
        written = entry.properties.get(field) if part and isinstance(entry.properties, dict) else None
        if written is None or key in self._reading or len(self._reading) > 50:
            return Reference(address(entry), field)
        self._reading.add(key)
        try:
            return self.value(written)
        finally:
            self._reading.discard(key)

    def full(self, entry: ResourceEntry) -> str | None:
        """The full name of a resource, with words for what is referred to; None where it is not known."""
        if entry.name not in self._full:
            if entry.name in self._naming or len(self._naming) > 100:
                return None
            self._naming.add(entry.name)
            self._full[entry.name] = self._named(entry)
            self._naming.discard(entry.name)
        return self._full[entry.name]

    def _named(self, entry: ResourceEntry) -> str | None:
        name = spelled(entry.type)
        kind = resource_type(name, self._wanted) if name else None
        if kind is None or name is None:
            return None
        properties = entry.properties if isinstance(entry.properties, dict) else {}
        own = self.path(identifier(entry, kind))
        project = self.owner(properties)
        if own is None:
            return None
        if kind.way == "bucket":
            return full_name("storage", own)
        if kind.way == "project":
            return project_name(own)
        if kind.way == "account":
            email = own if "@" in own else f"{own}@{flat(project)}.iam.gserviceaccount.com"
            return full_name("iam", "projects", project, "serviceAccounts", email)
        if kind.way in ("global", "region"):
            region = self.path(properties.get("region")) if kind.way == "region" else None
            place = ("global",) if kind.way == "global" else ("regions", region.rpartition("/")[2] if region else None)
            return full_name("compute", "projects", project, *place, kind.collection, own)
        service = kind.asset.partition(".")[0]
        if own.startswith(("projects/", "organizations/", "folders/")):
            return full_name(service, own)
        parent = self.path(properties["parent"]) if properties.get("parent") is not None else f"projects/{flat(project)}"
        return full_name(service, parent, kind.collection, own)

    def owner(self, properties: Any) -> Any:
        """The project of a resource: its own property, or that of the deployment."""
        named = properties.get("project", properties.get("projectId")) if isinstance(properties, dict) else None
        path = self.path(named) if named is not None else None
        return path.removeprefix("projects/") if path else self.project if named is None else self.value(named)

    def path(self, raw: Any) -> str | None:
        """A value as the relative name that it will be: references to names of other resources are spelled out."""
        value = self.value(raw)
        parts = [self._path(part) for part in (value.parts if isinstance(value, Text) else (value,))]
        return None if any(part is None for part in parts) else "".join(part or "" for part in parts)

    def _path(self, part: Any) -> str | None:
        if not isinstance(part, Reference):
            return flat(part) if not isinstance(part, int) else str(part)
        entry = self._by_address.get(part.address)
        full = self.full(entry) if entry is not None else None
        if entry is None or full is None:
            return flat(part)
        path = full.removeprefix("//").partition("/")[2]
        name = spelled(entry.type)
        kind = resource_type(name, self._wanted) if name else None
        if part.attribute in ("email", "projectId") or (part.attribute == "name" and kind is not None and kind.way in _SHORT_NAMES):
            return path.rpartition("/")[2]
        return path if part.attribute in ("name", "id", "selfLink") else flat(part)

    def rest_name(self, entry: ResourceEntry, kind: Type) -> Any:
        """The `name` of the REST resource."""
        full = self.full(entry)
        if full is None:
            raw = self.value(identifier(entry, kind))
            return raw if isinstance(raw, Unknown) else next((piece for piece in _pieces(raw) if isinstance(piece, Unknown)), None)
        path = full.removeprefix("//").partition("/")[2]
        return path.rpartition("/")[2] if kind.way in _SHORT_NAMES else path

    def holder_of(self, word: str, properties: dict[str, Any]) -> Any:
        """What bindings are set on: a Reference, a full name, or Unknown. `word`: of HOLDERS."""
        raw = next((properties[name] for name in OWNERS if properties.get(name) is not None), None)
        value = self.value(raw)
        if isinstance(value, (Reference, Unknown)):
            return value
        path = self.path(raw)
        if not path:
            why = next((piece for piece in _pieces(value) if isinstance(piece, Unknown)), None)
            return why or Unknown("what a binding is for", "name it")
        _, service, collection = HOLDERS[word]
        if word in HIGH:
            return full_name("cloudresourcemanager", path if path.startswith(f"{word}/") else f"{word}/{path}")
        if not collection or "/" in path:
            return full_name(service, path)
        return full_name(service, f"projects/{flat(self.project)}/{collection}/{path}")


def identifier(entry: ResourceEntry, kind: Type) -> Any:
    """What the id of a resource is made of: a property, or the name that the configuration gives it."""
    properties = entry.properties if isinstance(entry.properties, dict) else {}
    if isinstance(entry.properties, Unknown):
        return entry.properties
    return next((properties[name] for name in kind.ids if properties.get(name) is not None), entry.raw.get("name"))


def _called(entry: ResourceEntry) -> str:
    """What references name it by."""
    return _spelled_out(entry.raw.get("name") or entry.name)


def _spelled_out(name: Any) -> str:
    """A name, or the path of a reference, with words for parts that are not known: the same words are the same value."""
    return name if isinstance(name, str) else str(Text(tuple(_pieces(name))))


def _prefixes(path: str) -> list[str]:
    """`a.b.c`, `a.b`, `a`: what a reference may name, the longest first, since names may have dots."""
    ends = [at for at, character in enumerate(path) if character == "."]
    return [path, *(path[:end] for end in reversed(ends[:20]))]


def _pieces(data: Any) -> list[Any]:
    return list(data.parts) if isinstance(data, Text) else [data]


def _joined(parts: list[Any]) -> Any:
    pieces: list[Any] = []
    for part in parts:
        if part == "" and isinstance(part, str):
            continue
        piece = part if isinstance(part, (str, Reference, Unknown)) or len(parts) == 1 else str(Value(part).text().data)
        if pieces and isinstance(piece, str) and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    if not pieces:
        return ""
    return pieces[0] if len(pieces) == 1 else Text(tuple(pieces))
