"""Google resources that a template declares, as items that the readers of Google's REST resources read.

Paths of a `Declared` go into the resource as the service's REST API spells it, like those of an asset (assets.py): objects and lists that are
empty are absent. Beside them:

- `#iam_policy.bindings`: the bindings that the template declares on the resource, whoever declares them; absent where there are none.
- `#inherited_bindings`: those that it declares on the project of the resource.
- `#enforced:storage.publicAccessPrevention`: whether an organisation policy of the template enforces a boolean constraint; absent where none
  speaks of it. `#org_policy` is absent.
- `#has:replication.automatic`: whether a path is written, though it be empty. `#parent`: the full name of what the resource is in.
- `#ancestors`, `#as_of`, `#version` are absent: there is no live resource.

What a template writes in one place belongs to a resource of another: a binding, an entry of an access list. `Estate.attach` brings it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from scanner.sources.gcp import org_policies
from scanner.sources.gcp.items import plain
from scanner.sources.gcp.names import RESOURCE_MANAGER, Names, location_of
from scanner.sources.interface import Item, Node
from scanner.sources.nodes import Elsewhere, as_nodes, step
from scanner.sources.values import Location, Reference, Text, Unknown, Value

PROJECT = "cloudresourcemanager.googleapis.com/Project"
POLICY = "orgpolicy.googleapis.com/Policy"
BINDINGS = "#iam_policy.bindings"
Path = tuple[str | int, ...]
_ABSENT = ("#ancestors", "#as_of", "#version", "#org_policy")


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
        self._policies: list[Declared] = []
        self.projects: list[Declared] = []

    def add(self, item: Declared) -> None:
        self.items.append(item)
        self._by_address[item.address] = item
        if item.type == POLICY:
            self._policies.append(item)
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

    def policies(self) -> Iterator[Declared]:
        yield from self._policies


class Declared(Item):
    """One resource of a template."""

    __slots__ = (
        "_label",
        "_origins",
        "_place",
        "address",
        "attached",
        "data",
        "estate",
        "full",
        "path",
        "project",
        "root",
        "template",
        "type",
    )

    def __init__(
        self,
        estate: Estate,
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
    ) -> None:
        """`full`: its full name, with `flat` parts. `place`: of a path below the resource as the template writes it; `path`: of `data` there."""
        self.estate, self.type, self.address, self.data, self._place = estate, type_, address, data, place
        self.root, self._label, self.full, self.template, self.path = root, label, full, template, path
        self.project = estate.project if project is None else project
        self._origins = origins
        self.attached: list[Attachment] = []

    def __getitem__(self, path: str) -> Value[Any]:
        if path.startswith("#"):
            return self._beside(path)
        data, place = walk(self.data, self.path, path)
        extra = self._extra(path)
        if extra:
            held = data if isinstance(data, list) else [] if data is None else [data]
            return Value([*held, *(element for each in extra for element in each.elements)], self._seen(place, extra))
        return Value(plain(data), (self._place(place),))

    def _extra(self, path: str) -> list[Attachment]:
        return [each for each in self.attached if each.path == path]

    def _seen(self, place: Path, extra: list[Attachment]) -> tuple[Location, ...]:
        return tuple(dict.fromkeys([self._place(place), *(each.seen for each in extra)]))

    def _beside(self, path: str) -> Value[Any]:
        what, _, rest = path.partition(":")
        if what == "#has":
            held = walk(self.data, self.path, rest)[0]
            return Value(held if isinstance(held, Unknown) else held is not None, (self.location(),))
        if what == "#enforced":
            return self._enforced(rest)
        if path.startswith("#iam_policy"):
            return self._policy(path)
        if what == "#inherited_bindings":
            return self._inherited()
        if what == "#parent":
            return Value(self.full.rsplit("/", 2)[0] if self.full and self.full.count("/") > 4 else None, (self.location(),))
        if what in _ABSENT:
            return Value(None, (self.location(),))
        raise KeyError(path)

    def _policy(self, path: str) -> Value[Any]:
        held = self._extra(BINDINGS)
        bindings = [element for each in held for element in each.elements]
        data = (bindings if path == BINDINGS else {"bindings": bindings}) if bindings else None
        return Value(data, tuple(dict.fromkeys(each.seen for each in held)) or (self.location(),))

    def _inherited(self) -> Value[Any]:
        own = flat(self.project)
        held = [each for each in self.estate.projects if each is not self and flat(each.project) == own]
        values = [each[BINDINGS] for each in held]
        found = [element for value in values if isinstance(value.data, list) for element in value.data]
        return Value(found or None, tuple(place for value in values if value.data for place in value.seen) or (self.location(),))

    def _enforced(self, constraint: str) -> Value[Any]:
        for policy in self.estate.policies():
            name = policy["name"].data
            if not isinstance(name, str) or name.rpartition("/")[2] != constraint or not self._under(policy):
                continue
            rules = policy["spec.rules"]
            if rules.unknown:
                return Value(rules.unknown, rules.seen)
            held = rules.data if isinstance(rules.data, list) else []
            if policy.template is not None:
                return Value(Unknown(f"whether {policy.address} exists: {policy.template.reason}", policy.template.settles_it), rules.seen)
            doubt = next((each["enforce"] for each in held if isinstance(each, dict) and not _is_flag(each.get("enforce"))), None)
            if doubt is not None:
                return Value(doubt if isinstance(doubt, Unknown) else Unknown(f"whether {constraint} is enforced", "scan the live project"))
            return Value(org_policies.enforced({"constraint": f"constraints/{constraint}", "rules": held}), rules.seen)
        return Value(None, (self.location(),))

    def _under(self, policy: Declared) -> bool:
        """Whether a policy counts for this resource: it does for folders and organisations, which a template does not tell."""
        parent = policy.full or ""
        return "/projects/" not in parent or f"/projects/{flat(self.project)}/" in parent

    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        data, place = walk(self.data, self.path, path)
        nodes, more = nodes_of(self, data, place)
        for each in self._extra(path):
            found, unknown = as_nodes(each.elements, each.seen)
            nodes, more = nodes + found, more or unknown
        return nodes, more

    def link(self, path: str) -> Value[Any]:
        return self.resolve(self[path])

    def resolve(self, value: Value[Any]) -> Value[Any]:
        """Texts that name a resource of the template as references to it."""
        return value.then(lambda data: [self._resolved(each) for each in data] if isinstance(data, list) else self._resolved(data))

    def _resolved(self, data: Any) -> Any:
        found = self.estate.find(data, self.project) if isinstance(data, (str, Text, Reference)) else None
        return data if found is None else Reference(found.address)

    def place(self, path: Path) -> Location:
        return self._place(path)

    def location(self) -> Location:
        return self._place(())

    @property
    def label(self) -> str:
        return self._label or super().label

    @property
    def block(self) -> str:
        return self.address

    @property
    def origins(self) -> list[tuple[str, Location]]:
        return [*self._origins, *dict.fromkeys((each.name, each.seen) for each in self.attached if each.seen != self.location())]

    @property
    def region(self) -> Value[str]:
        held = next((self[name] for name in ("location", "locationId", "region") if isinstance(self[name].data, str)), None)
        place = held.data.rpartition("/")[2].lower() if held is not None else location_of(self.full) if self.full else None
        return Value(place, (self.location(),))

    @property
    def account(self) -> Value[str]:
        return Value(self.project if isinstance(self.project, str) else None, (self.location(),))

    def attributes(self) -> Value[dict[str, Any]]:
        return Value(self.data if isinstance(self.data, (dict, Unknown)) else {}, (self.location(),))

    def coexists(self, other: Item) -> bool:
        return other.template is None or other.template == self.template


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


class DeclaredNode(Node):
    """An object inside a resource."""

    __slots__ = ("data", "item", "path")

    def __init__(self, item: Declared, data: Any, path: Path) -> None:
        self.item, self.data, self.path = item, data, path

    def __getitem__(self, path: str) -> Value[Any]:
        if path.startswith("#has:"):
            held = walk(self.data, self.path, path[5:])[0]
            return Value(held if isinstance(held, Unknown) else held is not None, (self.location(),))
        data, place = walk(self.data, self.path, path)
        return Value(plain(data), (self.item.place(place),))

    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return nodes_of(self.item, *walk(self.data, self.path, path))

    def link(self, path: str) -> Value[Any]:
        return self.item.resolve(self[path])

    def location(self) -> Location:
        return self.item.place(self.path)


def walk(data: Any, place: Path, path: str) -> tuple[Any, Path]:
    """What a path leads to, and the path that it is written at."""
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
    for at, each in enumerate(data) if isinstance(data, list) else [(0, data)]:
        if isinstance(each, dict):
            nodes.append(DeclaredNode(item, each, (*place, at)))
        elif each is not None:
            more = more or (
                each if isinstance(each, Unknown) else Unknown(f"an element of {place[-1] if place else 'it'} is no object", "correct it")
            )
    return nodes, more


def _is_flag(held: Any) -> bool:
    return held is None or isinstance(held, (bool, str))


def full_name(service: str, *parts: Any) -> str | None:
    """`//service.googleapis.com/a/b` of parts; None where one is not known."""
    texts = [flat(part) for part in parts]
    return None if any(text is None for text in texts) else f"//{service}.googleapis.com/{'/'.join(text or '' for text in texts)}"


def project_name(project: Any) -> str | None:
    name = flat(project)
    return None if name is None else f"{RESOURCE_MANAGER}projects/{name.removeprefix('projects/')}"
