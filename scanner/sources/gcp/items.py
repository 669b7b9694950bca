"""Assets as readers see them.

Paths of an `AssetItem` go into the resource as the service's REST API spells it (`versioning.enabled`). Objects and lists that are empty
are absent, since the inventory fills in what the API leaves out. Beside them:

- `#iam_policy.bindings`: the asset's own IAM policy. Absent where it has none.
- `#inherited_bindings`: bindings of the project, folders and organisation above it: a list of {role, members, condition, from}, with an
  Unknown in it where the policy of one of them is not known.
- `#org_policy`: organisation policies in effect on it: a list of {constraint, rules, from} with the rules of the v2 API, with an Unknown in
  it where there may be more. `#org_policy:storage.publicAccessPrevention` is that one's, absent where it is known that none is set;
  `#enforced:storage.publicAccessPrevention` whether a boolean constraint is enforced (true, false, or absent: none is set).
- `#parent`: the full name of what the asset is in, by its own name.
- `#perimeters`: why it is not known which perimeters of VPC Service Controls there are; absent where the inventory has them.
- `#as_of`: when the inventory was read, else the newest change in it.
- `#ancestors`: full names of its project, folders, organisation; nearest first.
- `#version`: of the API in which the resource is written. `#has:replication.automatic`: whether a path is written, though it be empty.
"""

from __future__ import annotations

from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.gcp import org_policies
from assay.scanner.sources.gcp.entry import AssetEntry
from assay.scanner.sources.gcp.inventory import FOLDER, ORGANIZATION, PROJECT, Inventory
from assay.scanner.sources.gcp.names import RESOURCE_MANAGER, location_of, region_of
from assay.scanner.sources.gcp.records import ACCESS_POLICY, IAM_POLICY, ORG_POLICY, RESOURCE
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.marks import tags_of
from assay.scanner.sources.nodes import step
from assay.scanner.sources.raw import Location, Reference, Unknown
from assay.scanner.sources.values import Value


def root_of(scope: str) -> str:
    """`google:p` of `projects/p`, `google:folders/1` of `folders/1`."""
    return f"google:{scope.removeprefix('projects/') or 'unknown'}"


LABELS = ("labels", "metadata.labels", "userLabels", "settings.userLabels", "resourceLabels")
"""Where the REST APIs have labels: https://cloud.google.com/resource-manager/docs/labels-overview, of Cloud SQL `settings.userLabels`, of
Kubernetes Engine `resourceLabels`."""


class AssetItem(Item):
    """One asset."""

    __slots__ = ("_entry", "_inventory", "_place", "address", "root", "template", "type")

    def __init__(self, inventory: Inventory, entry: AssetEntry) -> None:
        self._inventory, self._entry = inventory, entry
        self._place: Location | None = None
        self.type, self.address, self.root, self.template = entry.type, entry.address, root_of(entry.scope), None

    def __getitem__(self, path: str) -> Value[Any]:
        if path.startswith("#"):
            return self._derived(path)
        return Value(plain(self._at(path)), (self.location(),))

    def _data(self) -> Any:
        data = self._inventory.content(self._entry, RESOURCE)
        if data is None:
            data = self._inventory.content(self._entry, ACCESS_POLICY)
        if data is None:
            return self._inventory.missing(self._entry, RESOURCE) or _NO_RESOURCE
        return data if isinstance(data, (dict, Unknown)) else _NO_OBJECT

    def _at(self, path: str) -> Any:
        return _below(self._data(), path)

    def _derived(self, path: str) -> Value[Any]:
        """What is not in the resource itself: a path that begins with `#`."""
        derived, _, rest = path.partition(":")
        if derived == "#has":
            written = self._at(rest)
            return Value(written if isinstance(written, Unknown) else written is not None, (self.location(),))
        if derived == "#enforced":
            return self.constraint(rest).then(lambda policy: None if policy is None else org_policies.enforced(policy))
        if derived == "#org_policy":
            return self.constraint(rest) if rest else self._org_policy()
        first, _, rest = path.partition(".")
        if first == "#iam_policy":
            return self._iam_policy(rest)
        if first == "#inherited_bindings":
            return self._inherited_bindings()
        if first == "#ancestors":
            scopes, more = self._inventory.chain(self._entry)
            return Value([*(RESOURCE_MANAGER + scope for scope in scopes), *([more] if more else [])] or None, (self.location(),))
        if first == "#parent":
            return Value(self.address.rsplit("/", 2)[0] if self.address.count("/") > 4 else None, (self.location(),))
        if first == "#perimeters":
            return Value(self._inventory.perimeters_missing(self._entry), (self.location(),))
        if first == "#as_of":
            return Value(self._inventory.read_time or self._inventory.newest or None, (self.location(),))
        if first == "#version":
            return Value(self._inventory.version(self._entry) or None, (self.location(),))
        raise KeyError(path)

    def _iam_policy(self, path: str) -> Value[Any]:
        seen = (self._inventory.seen(self._entry, IAM_POLICY),)
        data = self._inventory.content(self._entry, IAM_POLICY)
        if data is None:
            return Value(self._inventory.missing(self._entry, IAM_POLICY), seen)
        for name in path.split(".") if path else ():
            data = step(data, name)
        return Value(data or None, seen)

    def _inherited_bindings(self) -> Value[Any]:
        scopes, more = self._inventory.chain(self._entry)
        own = self._entry.scope if self.type in (PROJECT, FOLDER, ORGANIZATION) else ""
        inherited: list[Any] = []
        seen: list[Location] = []
        for depth, scope in enumerate(scopes):
            if scope == own:
                continue
            silent = self._inventory.silent(IAM_POLICY, scopes[depth:])
            asset = self._inventory.scope_asset(scope)
            policy = self._inventory.content(asset, IAM_POLICY) if asset else None
            bindings = policy.get("bindings", []) if isinstance(policy, dict) else policy
            if silent or isinstance(bindings, Unknown):
                inherited.append(silent or bindings)
            elif isinstance(bindings, list) and asset:
                seen.append(self._inventory.seen(asset, IAM_POLICY))
                origin = RESOURCE_MANAGER + scope
                inherited += [{**binding, "from": origin} if isinstance(binding, dict) else _NO_BINDING for binding in bindings]
            elif bindings is not None:
                inherited.append(_NO_BINDING)
        return Value([*inherited, *([more] if more else [])] or None, seen or (self.location(),))

    def _org_policy(self) -> Value[Any]:
        policies, more = org_policies.effective(self._inventory, self._entry)
        return Value([*policies.values(), *([more] if more else [])] or None, (self.location(),))

    def constraint(self, name: str) -> Value[Any]:
        """The effective policy for one constraint, named without `constraints/`."""
        policies, more = org_policies.effective(self._inventory, self._entry)
        name = name.removeprefix("constraints/")
        policy = policies.get(name)
        from_api = self._inventory.effective.get(self._entry.scope, {}).get(name)
        if policy is None and isinstance(from_api, Unknown):
            more = from_api
        owner = self._inventory.scope_asset(self._entry.scope)
        return Value(more if policy is None else policy, (self._inventory.seen(owner, ORG_POLICY) if owner else self.location(),))

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return nodes_of(self, self[path])

    @override
    def link(self, path: str) -> Value[Any]:
        return self.resolve(self[path])

    def resolve(self, value: Value[Any]) -> Value[Any]:
        """Texts that name a resource as references to it."""
        return value.then(lambda data: [self._resolved(element) for element in data] if isinstance(data, list) else self._resolved(data))

    def _resolved(self, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        scope = self._entry.scope
        target = self._inventory.names.canonical(data, scope[9:] if scope.startswith("projects/") else "")
        return data if target is None else Reference(*target)

    @override
    def location(self) -> Location:
        place = self._place
        if place is None:  # asked for with each value
            place = self._place = self._inventory.seen(self._entry)
        return place

    @property
    @override
    def label(self) -> str:
        """The last part of its full name; an asset may come with nothing but a policy."""
        return self.address.rpartition("/")[2]

    @property
    @override
    def tags(self) -> dict[str, str]:
        data = self._data()
        return tags_of(*(_below(data, path) for path in LABELS))

    @property
    @override
    def region(self) -> Value[str]:
        place = self._entry.location
        return Value(region_of(place.lower()) if place else location_of(self.address), (self.location(),))

    @property
    @override
    def account(self) -> Value[str]:
        """The project that it is in; None of what is in a folder or an organisation."""
        scope = self._entry.scope
        return Value(scope.removeprefix("projects/") if scope.startswith("projects/") else None, (self.location(),))

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        return Value(plain(self._data()), (self.location(),))

    @override
    def coexists(self, other: Item) -> bool:
        return other.template is None


def _below(data: Any, path: str) -> Any:
    """What raw data has at a path."""
    for name in path.split("."):
        if data is None:
            return None
        data = step(data, name)
    return data


class AssetNode(Node):
    """An object inside an asset."""

    __slots__ = ("data", "item", "seen")

    def __init__(self, item: AssetItem, data: dict[str, Any], seen: Location) -> None:
        self.item, self.data, self.seen = item, data, seen

    def __getitem__(self, path: str) -> Value[Any]:
        if path.startswith("#has:"):
            return Value(self._at(path[5:]) is not None, (self.seen,))
        return Value(plain(self._at(path)), (self.seen,))

    def _at(self, path: str) -> Any:
        return _below(self.data, path)

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return nodes_of(self.item, self[path])

    @override
    def link(self, path: str) -> Value[Any]:
        return self.item.resolve(self[path])

    @override
    def location(self) -> Location:
        return self.seen


def nodes_of(item: AssetItem, value: Value[Any]) -> tuple[list[Node], Unknown | None]:
    """The objects of a list as nodes, and an Unknown that stands among them."""
    if value.unknown:
        return [], value.unknown
    elements = value.data if isinstance(value.data, list) else [] if value.data is None else [value.data]
    seen = value.seen[0] if value.seen else item.location()
    nodes: list[Node] = [AssetNode(item, element, seen) for element in elements if isinstance(element, dict)]
    return nodes, next((element for element in elements if isinstance(element, Unknown)), None)


def plain(data: Any) -> Any:
    """Data as the API writes it: whole numbers as such (a protobuf Struct has none), and nothing for an empty object or list."""
    try:
        return _plain(data)
    except RecursionError:
        return _TOO_DEEP


def _plain(data: Any) -> Any:
    if isinstance(data, float):
        return int(data) if data.is_integer() else data
    if isinstance(data, dict):
        return {name: kept for name, value in data.items() if (kept := _plain(value)) is not None} or None
    if isinstance(data, list):
        return [{} if isinstance(element, dict) and not element else _plain(element) for element in data] or None
    return data


_NO_BINDING = Unknown("an IAM policy is not as the API writes it", "export it again")
_NO_OBJECT = Unknown("the resource of this asset is no object", "export it again")
_TOO_DEEP = Unknown("the asset is nested too deep to be read", "look at the resource itself")
_NO_RESOURCE = Unknown("the inventory has a policy of this asset, but not the resource", "export with --content-type resource too")
