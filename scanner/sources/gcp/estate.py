"""All resources that a template declares, found by name, and what it writes in one place that belongs to a resource of another.

A binding, or an entry of an access list, may be a resource of its own; `Estate.settle` brings it to the resource that it is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from assay.scanner.sources.gcp.names import RESOURCE_MANAGER, Names
from assay.scanner.sources.interface import Node
from assay.scanner.sources.nodes import Elsewhere, as_nodes
from assay.scanner.sources.values import Location, Reference, Text, Unknown, Value

if TYPE_CHECKING:
    from assay.scanner.sources.gcp.declared import Declared

PROJECT = "cloudresourcemanager.googleapis.com/Project"
POLICY = "orgpolicy.googleapis.com/Policy"
BINDINGS = "#iam_policy.bindings"


def flat(data: Any) -> str | None:
    """Text by which two places that mean one thing are found to: a reference by its words. None where a part is not known."""
    if isinstance(data, str):
        return data
    if isinstance(data, Text):
        parts = [flat(part) for part in data.parts]
        return None if any(part is None for part in parts) else "".join(part or "" for part in parts)
    return f"${{{data}}}".replace("/", "|") if isinstance(data, Reference) else None


class Attachment(msgspec.Struct, frozen=True):
    """Something that belongs to another resource: elements of a list there."""

    type: str
    """Of the resource that it belongs to."""
    target: Any
    """A Reference to it, its full name as text, or Unknown."""
    path: str
    """Of the list: `acl`, or BINDINGS."""
    elements: list[Any]
    name: str
    """What declares it."""
    seen: Location


class Estate:
    """All resources of one deployment."""

    def __init__(self, project: Any) -> None:
        self.project = project
        """Where it is deployed: an id, or a Reference that stands for it."""
        self.items: list[Declared] = []
        self.others: list[Attached] = []
        """Resources that are declared elsewhere, and that something here belongs to."""
        self._names = Names()
        self._by_name: dict[str, Declared] = {}
        self._by_address: dict[str, Declared] = {}
        self.policies: list[Declared] = []
        self.projects: list[Declared] = []

    def add(self, item: Declared) -> None:
        self.items.append(item)
        self._by_address[item.address] = item
        if item.type == POLICY:
            self.policies.append(item)
        if item.type == PROJECT:
            self.projects.append(item)

    def settle(self, attachments: Iterable[Attachment]) -> None:
        """Enter names, when every item is there, and bring what belongs to others to them."""
        for item in self.items:
            if item.full:
                self._by_name.setdefault(self._names.full(item.full), item)
        elsewhere: dict[tuple[str, str], Attached] = {}
        doubtful: set[tuple[str, str]] = set()
        for each in attachments:
            if isinstance(each.target, Unknown):
                if (each.type, each.path) in doubtful:
                    continue  # one reason why there may be more is enough
                doubtful.add((each.type, each.path))
                each = msgspec.structs.replace(each, elements=[each.target])  # noqa: PLW2901 - it may be for any of them
            owners = self._owners(each)
            for item in owners:
                item.attached.append(each)
            if not owners:
                key = (each.type, str(flat(each.target) or each.name))
                if key not in elsewhere:
                    elsewhere[key] = Attached(each, self)
                elsewhere[key].attached.append(each)
        self.others = list(elsewhere.values())

    def _owners(self, each: Attachment) -> list[Declared]:
        if isinstance(each.target, Unknown):
            return [item for item in self.items if item.type == each.type]
        found = self.find(each.target)
        return [found] if found is not None and found.type == each.type else []

    def find(self, target: Any, project: Any = None) -> Declared | None:
        """The item that a reference, or text that names a resource, means."""
        if isinstance(target, Reference):
            return self._by_address.get(target.address)
        if isinstance(target, Text) and len(target.parts) == 1:
            return self.find(target.parts[0])
        name = flat(target)
        if not name:
            return None
        found = self._names.canonical(name, flat(project) or flat(self.project) or "")
        return self._by_name.get(found[0]) if found else None


class Attached(Elsewhere):
    """A resource that is declared elsewhere: only what the template attaches to it is known."""

    __slots__ = ("attached", "estate")

    def __init__(self, first: Attachment, estate: Estate) -> None:
        self.estate = estate
        self.attached: list[Attachment] = []
        self.type, self.named, self.root = first.type, first.target, first.seen.file
        self.address, self.template, self.seen = first.name, None, first.seen
        self.why = Unknown(
            f"the {first.type} that {first.name} is for is declared elsewhere", "scan it together, or the live resource", self.seen
        )
        project = estate.project
        self._region, self._account = Value(None), Value(project if isinstance(project, str) else None)

    def __getitem__(self, path: str) -> Value[Any]:
        if path == "name" and flat(self.named):
            return Value(str(flat(self.named)).rpartition("/")[2], (self.seen,))
        if path.startswith("#iam_policy"):
            bindings = [element for each in self.attached if each.path == BINDINGS for element in each.elements]
            data = (bindings if path == BINDINGS else {"bindings": bindings}) if bindings else None
            return Value(data, tuple(dict.fromkeys(each.seen for each in self.attached)))
        if path.startswith("#"):
            return Value(None, (self.seen,))
        elements = [element for each in self.attached if each.path == path for element in each.elements]
        return Value(elements or self.why, (self.seen,))

    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        elements = [element for each in self.attached if each.path == path for element in each.elements]
        nodes, more = as_nodes(elements, self.seen)
        return nodes, more or (None if elements else self.why)

    def link(self, path: str) -> Value[Any]:
        return self[path]


def full_name(service: str, *parts: Any) -> str | None:
    """`//service.googleapis.com/a/b` of parts; None where one is not known."""
    texts = [flat(part) for part in parts]
    return None if any(text is None for text in texts) else f"//{service}.googleapis.com/{'/'.join(text or '' for text in texts)}"


def project_name(project: Any) -> str | None:
    name = flat(project)
    return None if name is None else f"{RESOURCE_MANAGER}projects/{name.removeprefix('projects/')}"
