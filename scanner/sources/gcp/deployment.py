"""All resources that are deployed together, by name, and the attachments among them.

A binding, or an entry of an access list, may be declared as a resource of its own; `Deployment.settle` brings it to
the resource that it is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from assay.scanner.override import override
from assay.scanner.sources.gcp.names import RESOURCE_MANAGER, FullNames
from assay.scanner.sources.interface import Node
from assay.scanner.sources.nodes import Elsewhere, as_nodes
from assay.scanner.sources.raw import Location, Open, Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value

if TYPE_CHECKING:
    from assay.scanner.sources.gcp.declared import Declared

PROJECT = "cloudresourcemanager.googleapis.com/Project"
POLICY = "orgpolicy.googleapis.com/Policy"
BINDINGS = "#iam_policy.bindings"
AUDIT_CONFIGS = "#iam_policy.auditConfigs"


def flat(data: Any) -> str | None:
    """Text that is the same for two attributes that name the same thing; a reference stands for what it refers to, and an open
    name for whatever it will be.

    None where a part is not known.
    """
    if isinstance(data, Open):
        return data.name or None
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
    """Of the list: `acl`, BINDINGS or AUDIT_CONFIGS."""
    elements: list[Any]
    name: str
    """What declares it."""
    seen: Location


class Deployment:
    """All resources that one deployment declares."""

    def __init__(self, project: Any) -> None:
        self.project = project
        """Where it is deployed: an id, or a Reference that stands for it."""
        self.items: list[Declared] = []
        self.others: list[DeclaredElsewhere] = []
        """Resources that are declared elsewhere, and that something here belongs to."""
        self._names = FullNames()
        self._by_name: dict[str, Declared] = {}
        self._by_address: dict[str, Declared] = {}
        self.policies: list[Declared] = []
        self.projects: list[Declared] = []

    def add(self, item: Declared) -> None:
        """Enter a resource. Names are entered by `settle`, when all resources are there."""
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
        elsewhere: dict[tuple[str, str], DeclaredElsewhere] = {}
        doubtful: set[tuple[str, str]] = set()
        for attachment in attachments:
            owner = self._owner(attachment)
            if owner is not None:
                owner.attached.append(attachment)
                continue
            why = _doubt(attachment)
            items = [item for item in self.items if item.type == attachment.type] if why is not None else []
            possible = [item for item in items if _may_be(attachment.target, item)]
            for item in possible:
                if (item.address, attachment.path) not in doubtful:  # one reason why there may be more is enough
                    doubtful.add((item.address, attachment.path))
                    item.attached.append(msgspec.structs.replace(attachment, elements=[why]))
            if not possible or attachment.elements != [attachment.target]:  # whatever it is for, what it says is said
                key = (attachment.type, str(flat(attachment.target) or attachment.name))
                if key not in elsewhere:
                    elsewhere[key] = DeclaredElsewhere(attachment, self)
                elsewhere[key].attached.append(attachment)
        self.others = list(elsewhere.values())

    def _owner(self, attachment: Attachment) -> Declared | None:
        owner = self.find(attachment.target)
        return owner if owner is not None and owner.type == attachment.type else None

    def find(self, target: Any, project: Any = None) -> Declared | None:
        """The item that a reference, or text that names a resource, means. `project` completes a name that leaves it out."""
        if isinstance(target, Reference):
            return self._by_address.get(target.address)
        if isinstance(target, Text) and len(target.parts) == 1:
            return self.find(target.parts[0])
        name = flat(target)
        if not name:
            return None
        canonical = self._names.canonical(name, flat(project) or flat(self.project) or "")
        return self._by_name.get(canonical[0]) if canonical else None


def _doubt(attachment: Attachment) -> Unknown | None:
    """Why it is not known what an attachment is for, with its place; None where its name is known."""
    why = unknown_inside(attachment.target)
    if why is None:
        return None
    reason = f"what {attachment.name} is for: {why.reason}"
    return Unknown(reason, why.settles_it, why.location or attachment.seen)


def _may_be(target: Any, item: Declared) -> bool:
    """Whether a name of which a part is open can be that of a resource. Two resources have two names, so that an open one is another's."""
    if item.full is None or "${" in item.full or "{{" in item.full:
        return True
    parts = target.parts if isinstance(target, Text) else (target,)
    name, at = f"/{item.full}", 0
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            continue
        known = part if index else f"/{part.removeprefix('//')}"
        if index == len(parts) - 1 and not name.endswith(known):
            return False
        at = name.find(known, at) + len(known)
        if at < len(known):
            return False
    return True


class DeclaredElsewhere(Elsewhere):
    """A resource that is declared elsewhere: only what the template attaches to it is known."""

    __slots__ = ("attached", "deployment")

    def __init__(self, first: Attachment, deployment: Deployment) -> None:
        self.deployment = deployment
        self.attached: list[Attachment] = []
        self.type, self.named, self.by, self.root = first.type, first.target, self, first.seen.file
        self.address, self.template, self.seen = first.name, None, first.seen
        self.why = Unknown(
            f"the {first.type} that {first.name} is for is declared elsewhere", "scan it together, or the live resource", self.seen
        )
        project = deployment.project
        self._region, self._account = Value(None), Value(project if isinstance(project, str) else None)

    def __getitem__(self, path: str) -> Value[Any]:
        if path == "name" and flat(self.named):
            return Value(str(flat(self.named)).rpartition("/")[2], (self.seen,))
        if path.startswith("#iam_policy"):
            bindings = [element for attachment in self.attached if attachment.path == BINDINGS for element in attachment.elements]
            data = (bindings if path == BINDINGS else {"bindings": bindings}) if bindings else None
            return Value(data, tuple(dict.fromkeys(attachment.seen for attachment in self.attached)))
        if path == "#inherited_bindings":
            return self._of_its_project()
        if path.startswith("#"):
            return Value(None, (self.seen,))
        elements = [element for attachment in self.attached if attachment.path == path for element in attachment.elements]
        return Value(elements or self.why, (self.seen,))

    def _of_its_project(self) -> Value[Any]:
        """The bindings that the template declares on the project that the name of the resource has in it."""
        _, separator, rest = (flat(self.named) or "").partition("projects/")
        own = rest.partition("/")[0]
        values = [project[BINDINGS] for project in self.deployment.projects if separator and flat(project.project) == own]
        bindings = [element for value in values if isinstance(value.data, list) for element in value.data]
        return Value(bindings or None, tuple(place for value in values if value.data for place in value.seen) or (self.seen,))

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        """What is attached to it; where nothing is, Unknown."""
        elements = [element for attachment in self.attached if attachment.path == path for element in attachment.elements]
        nodes, more = as_nodes(elements, self.seen)
        return nodes, more or (None if elements else self.why)

    @override
    def link(self, path: str) -> Value[Any]:
        return self[path]


def full_name(service: str, *parts: Any) -> str | None:
    """`//service.googleapis.com/a/b` of parts; None where one is not known."""
    texts = [flat(part) for part in parts]
    return None if any(text is None for text in texts) else f"//{service}.googleapis.com/{'/'.join(text or '' for text in texts)}"


def project_name(project: Any) -> str | None:
    """The full resource name of a project, given by id or as `projects/ID`; None where that is not known."""
    name = flat(project)
    return None if name is None else f"{RESOURCE_MANAGER}projects/{name.removeprefix('projects/')}"
