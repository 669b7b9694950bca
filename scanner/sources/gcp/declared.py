"""Google resources that a template declares, as items that the readers of Google's REST resources read.

Paths of a `Declared` go into the resource as the service's REST API spells it, like those of an asset (items.py): objects and lists that
are empty are absent. Beside them:

- `#iam_policy.bindings`: the bindings that the template declares on the resource, whoever declares them; absent where there are none.
- `#inherited_bindings`: those that it declares on the project of the resource.
- `#enforced:storage.publicAccessPrevention`: whether an organisation policy of the template enforces a boolean constraint; absent where
  none speaks of it. `#org_policy` is absent.
- `#has:replication.automatic`: whether a path is written, though it be empty. `#parent`: the full name of what the resource is in.
- `#ancestors`, `#as_of`, `#version`, `#perimeters` are absent: there is no live resource.

What belongs to a resource though it is written elsewhere, a binding or an entry of an access list, is brought there by deployment.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.gcp import org_policies
from assay.scanner.sources.gcp.deployment import BINDINGS, Attachment, Deployment, flat
from assay.scanner.sources.gcp.items import LABELS, plain
from assay.scanner.sources.gcp.names import location_of
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.marks import Placed, tags_of
from assay.scanner.sources.nodes import as_nodes, step
from assay.scanner.sources.raw import Location, Reference, Text, Unknown
from assay.scanner.sources.values import Value

Path = tuple[str | int, ...]
_ABSENT = ("#ancestors", "#as_of", "#version", "#org_policy", "#perimeters")


class Declared(Item):
    """One resource of a template."""

    __slots__ = (
        "_label",
        "_labels",
        "_marks",
        "_origins",
        "_place",
        "address",
        "attached",
        "data",
        "deployment",
        "full",
        "path",
        "project",
        "root",
        "template",
        "type",
    )

    def __init__(
        self,
        deployment: Deployment,
        type_: str,
        address: str,
        data: Any,
        place: Callable[[Path], Location],
        *,
        root: str,
        label: str = "",
        full: str | None = None,
        project: Any = None,
        template: Unknown | None = None,
        origins: tuple[tuple[str, Location], ...] = (),
        path: Path = (),
        labels: Any = None,
        marks: Sequence[Placed] = (),
    ) -> None:
        """`full` is its full resource name, its parts made with `flat`; None where a part is not known.

        `place` gives the location of a path in what the template declares, and `path` says where in that `data` stands. `labels` and
        `marks` are those that stand beside `data`.
        """
        self.deployment, self.type, self.address, self.data, self._place = deployment, type_, address, data, place
        self.root, self._label, self.full, self.template, self.path = root, label, full, template, path
        self.project = deployment.project if project is None else project
        self._origins, self._labels, self._marks = origins, labels, list(marks)
        self.attached: list[Attachment] = []

    def __getitem__(self, path: str) -> Value[Any]:
        if path.startswith("#"):
            return self._derived(path)
        data, place = walk(self.data, self.path, path)
        attachments = self._attached_at(path)
        if attachments:
            own = data if isinstance(data, list) else [] if data is None else [data]
            elements = [element for attachment in attachments for element in attachment.elements]
            places = dict.fromkeys([self._place(place), *(attachment.seen for attachment in attachments)])
            return Value([*own, *elements], tuple(places))
        return Value.of(plain(data), (self._place(place),))

    def _attached_at(self, path: str) -> list[Attachment]:
        return [attachment for attachment in self.attached if attachment.path == path]

    def _derived(self, path: str) -> Value[Any]:
        """What is not in the resource itself: a path that begins with `#`."""
        derived, _, rest = path.partition(":")
        if derived == "#has":
            written = walk(self.data, self.path, rest)[0]
            return Value(written if isinstance(written, Unknown) else written is not None, (self.location(),))
        if derived == "#enforced":
            return self._enforced(rest)
        if path.startswith("#iam_policy"):
            return self._policy(path)
        if derived == "#inherited_bindings":
            return self._inherited_bindings()
        if derived == "#parent":
            return Value(self.full.rsplit("/", 2)[0] if self.full and self.full.count("/") > 4 else None, (self.location(),))
        if derived in _ABSENT:
            return Value(None, (self.location(),))
        raise KeyError(path)

    def _policy(self, path: str) -> Value[Any]:
        attachments = self._attached_at(BINDINGS)
        bindings = [element for attachment in attachments for element in attachment.elements]
        data = (bindings if path == BINDINGS else {"bindings": bindings}) if bindings else None
        return Value(data, tuple(dict.fromkeys(attachment.seen for attachment in attachments)) or (self.location(),))

    def _inherited_bindings(self) -> Value[Any]:
        own = flat(self.project)
        projects = [project for project in self.deployment.projects if project is not self and flat(project.project) == own]
        values = [project[BINDINGS] for project in projects]
        bindings = [element for value in values if isinstance(value.data, list) for element in value.data]
        return Value(bindings or None, tuple(place for value in values if value.data for place in value.seen) or (self.location(),))

    def _enforced(self, constraint: str) -> Value[Any]:
        above: Value[Any] = Value(None, (self.location(),))
        for policy in self.deployment.policies:
            name = policy["name"].data
            if not isinstance(name, str) or name.rpartition("/")[2] != constraint or self._set_on(policy) is None:
                continue
            rules = policy["spec.rules"]
            if rules.unknown:
                return Value(rules.unknown, rules.seen)
            entries = rules.data if isinstance(rules.data, list) else []
            doubt = next((rule["enforce"] for rule in entries if isinstance(rule, dict) and not _is_flag(rule.get("enforce"))), None)
            if doubt is not None:
                return Value(doubt if isinstance(doubt, Unknown) else Unknown(f"whether {constraint} is enforced", "scan the live project"))
            enforced = org_policies.enforced({"constraint": f"constraints/{constraint}", "rules": entries})
            if self._set_on(policy) == "projects":
                return Value(enforced, rules.seen)
            if enforced is not False:  # one nearer to the resource counts before it
                why = f"{policy.address} sets {constraint}, and it is not known whether what it is set on has this resource"
                above = Value(Unknown(why, "scan the live project", policy.location()), rules.seen)
        return above

    def _set_on(self, policy: Declared) -> str | None:
        """`projects` where a policy is set on the project of this resource, `above` where it may be on what that is in; else None.

        The folders and the organisation of a project are not in its name.
        """
        parent = policy.full or ""
        if "/projects/" in parent:
            return "projects" if f"/projects/{flat(self.project)}/" in parent else None
        return "above"

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        """With those that other resources attach to it."""
        data, place = walk(self.data, self.path, path)
        nodes, more = nodes_of(self, data, place)
        for attachment in self._attached_at(path):
            attached, unknown = as_nodes(attachment.elements, attachment.seen)
            nodes, more = nodes + attached, more or unknown
        return nodes, more

    @override
    def link(self, path: str) -> Value[Any]:
        return self.resolve(self[path])

    def resolve(self, value: Value[Any]) -> Value[Any]:
        """Texts that name a resource of the template as references to it."""
        return value.then(lambda data: [self._resolved(element) for element in data] if isinstance(data, list) else self._resolved(data))

    def _resolved(self, data: Any) -> Any:
        target = self.deployment.find(data, self.project) if isinstance(data, (str, Text, Reference)) else None
        return data if target is None else Reference(target.address)

    def place(self, path: Path) -> Location:
        """Where a path of what the template declares is written."""
        return self._place(path)

    @override
    def location(self) -> Location:
        return self._place(())

    @property
    @override
    def label(self) -> str:
        return self._label or super().label

    @property
    @override
    def block(self) -> str:
        return self.address

    @property
    @override
    def origins(self) -> list[tuple[str, Location]]:
        """The places of what is attached to it are among them."""
        elsewhere = [attachment for attachment in self.attached if attachment.seen != self.location()]
        return [*self._origins, *dict.fromkeys((attachment.name, attachment.seen) for attachment in elsewhere)]

    @property
    @override
    def tags(self) -> dict[str, str]:
        return tags_of(*(walk(self.data, self.path, path)[0] for path in LABELS), self._labels)

    @property
    @override
    def marks(self) -> list[Placed]:
        return self._marks

    @property
    @override
    def region(self) -> Value[str]:
        """The last part of what it says in a field, else the location in its full name; None where that is not known."""
        written = next((self[name].data for name in ("location", "locationId", "region") if isinstance(self[name].data, str)), None)
        region = written.rpartition("/")[2].lower() if written is not None else location_of(self.full) if self.full else None
        return Value(None if region is not None and _is_open(region) else region, (self.location(),))

    @property
    @override
    def account(self) -> Value[str]:
        return Value(self.project if isinstance(self.project, str) else None, (self.location(),))

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        return Value(self.data if isinstance(self.data, (dict, Unknown)) else {}, (self.location(),))

    @override
    def coexists(self, other: Item) -> bool:
        return other.template is None


class DeclaredNode(Node):
    """An object inside a resource."""

    __slots__ = ("data", "item", "path")

    def __init__(self, item: Declared, data: Any, path: Path) -> None:
        self.item, self.data, self.path = item, data, path

    def __getitem__(self, path: str) -> Value[Any]:
        if path.startswith("#has:"):
            written = walk(self.data, self.path, path[5:])[0]
            return Value(written if isinstance(written, Unknown) else written is not None, (self.location(),))
        data, place = walk(self.data, self.path, path)
        return Value.of(plain(data), (self.item.place(place),))

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return nodes_of(self.item, *walk(self.data, self.path, path))

    @override
    def link(self, path: str) -> Value[Any]:
        return self.item.resolve(self[path])

    @override
    def location(self) -> Location:
        return self.item.place(self.path)


def walk(data: Any, place: Path, path: str) -> tuple[Any, Path]:
    """What a property path leads to in `data`, which is written at `place`; and the path that it is written at itself."""
    for name in path.split("."):
        if isinstance(data, list) and not name.isdecimal():
            place = (*place, 0)
        if isinstance(data, (dict, list)):
            place = (*place, int(name) if isinstance(data, list) and name.isdecimal() and len(name) < 9 else name)
        data = step(data, name) if len(name) < 9 or not name.isdecimal() else None
    return data, place


def nodes_of(item: Declared, data: Any, place: Path) -> tuple[list[Node], Unknown | None]:
    """The objects of a list as nodes; what is no object there, and may be one, as Unknown."""
    if isinstance(data, dict):
        return ([DeclaredNode(item, data, place)] if data else []), None
    nodes: list[Node] = []
    more: Unknown | None = None
    for index, element in enumerate(data) if isinstance(data, list) else [(0, data)]:
        if isinstance(element, dict):
            nodes.append(DeclaredNode(item, element, (*place, index)))
        elif element is not None:
            wrong = Unknown(f"an element of {place[-1] if place else 'it'} is no object", "correct it")
            more = more or (element if isinstance(element, Unknown) else wrong)
    return nodes, more


def _is_open(text: str) -> bool:
    """Whether a part of a name stands for what is not known (`flat` of deployment.py)."""
    return "${" in text or "{{" in text


def _is_flag(flag: Any) -> bool:
    return flag is None or isinstance(flag, (bool, str))
