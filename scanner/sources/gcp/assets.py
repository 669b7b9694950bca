"""Assets of Google Cloud as Cloud Asset Inventory writes them: exports of every kind of content, in any number of files.

https://cloud.google.com/asset-inventory/docs/exporting-to-cloud-storage

Paths of an `AssetItem` go into the resource as the service's REST API spells it (`versioning.enabled`). Objects and lists that are empty
are absent, since the inventory fills in what the API leaves out. Beside them:

- `#iam_policy.bindings`: the asset's own IAM policy. Absent where it has none.
- `#inherited_bindings`: bindings of the project, folders and organisation above it: a list of {role, members, condition, from}, with an
  Unknown in it where the policy of one of them is not known.
- `#org_policy`: organisation policies in effect on it: a list of {constraint, rules, from} with the rules of the v2 API, with an Unknown in
  it where there may be more. `#org_policy:storage.publicAccessPrevention` is that one's, absent where it is known that none is set;
  `#enforced:storage.publicAccessPrevention` whether a boolean constraint is enforced (true, false, or absent: none is set).
- `#as_of`: when the inventory was read, else the newest change in it.
- `#ancestors`: full names of its project, folders, organisation; nearest first.
- `#version`: of the API in which the resource is written. `#has:replication.automatic`: whether a path is written, though it be empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scanner.options import Options
from scanner.sources.discover import show
from scanner.sources.gcp import org_policies, records
from scanner.sources.gcp.inventory import FOLDER, ORGANIZATION, PROJECT, Entry, Inventory
from scanner.sources.gcp.names import RESOURCE_MANAGER, location_of
from scanner.sources.gcp.records import IAM_POLICY, ORG_POLICY, RESOURCE
from scanner.sources.gcp.store import Store, read_file
from scanner.sources.interface import Beyond, Collection, Coverage, Gap, Item, Node, Source, Unread
from scanner.sources.nodes import step
from scanner.sources.values import Location, Reference, Unknown, Value


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """All exports among `paths` as one inventory."""
    exports = []
    for path in paths:
        if _is_export(path):
            exports.append(path)
        elif path in named:
            yield Unread(Gap(show(path), "unsupported", "JSON, but no asset export", "write one with gcloud asset export"))
    if exports:
        yield AssetSource(exports)


def _is_export(path: str) -> bool:
    """Whether the first record names an asset."""
    store = Store()
    try:
        for record, *_ in read_file(path, store):
            return isinstance(record, records.Record) and record.name.startswith("//") and "/" in record.type
    except (OSError, *records.MALFORMED):
        return True  # which says what is wrong with it
    finally:
        store.close()
    return False


class AssetSource(Source):
    """Files of asset exports: shards and kinds of content of one inventory."""

    readers = ("google_api",)

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)

    def collect(self) -> Iterator[Collection]:
        inventory, coverage = Inventory(self.wanted), Coverage()
        for path in self.paths:
            coverage.files.found += 1
            try:
                _read(path, inventory, coverage)
                coverage.files.parsed += 1
            except (OSError, *records.MALFORMED) as error:
                coverage.files.failed += 1
                coverage.gaps.append(Gap(show(path), "parse_error", f"no asset export ({error})", "export it again"))
        yield from collections(inventory, coverage)


def _read(path: str, inventory: Inventory, coverage: Coverage) -> None:
    """Enter the records of a file. What is no record is one gap, however often."""
    failed, first, why = 0, 0, ""
    inventory.files.append(show(path))
    add = inventory.add
    for record, raw, file, offset, line in read_file(path, inventory.store):
        if record.__class__ is records.Record and record.name and (record.asset_type or record.assetType):
            add(record, raw, file, offset, line)
            continue
        failed += 1
        if failed == 1:
            first, why = line, str(record) if isinstance(record, Exception) else "it names no asset"
    if failed:
        reason = f"{failed} of the lines {'is' if failed == 1 else 'are'} no asset: {why}"
        coverage.gaps.append(Gap(show(path), "parse_error", reason, "export it again, to the end", first))


def collections(inventory: Inventory, coverage: Coverage, unlisted: Sequence[Item] = ()) -> Iterator[Collection]:
    """One collection for each project, folder and organisation. The first carries the ledger of the whole.

    `unlisted` stand for assets that could not be read: judged in the collection of the scope that was asked for, seen by all others.
    """
    inventory.settle()
    for type_, count in inventory.unread().items():
        coverage.unsupported_types[type_] = coverage.unsupported_types.get(type_, 0) + count
        coverage.blocks.found += count
        coverage.blocks.unsupported += count
    groups: dict[str, list[Item]] = {}
    for entry in inventory.entries.values():
        groups.setdefault(entry.scope, []).append(AssetItem(inventory, entry))
    whole = Whole(inventory, unlisted)
    if unlisted:
        groups.setdefault(inventory.root, []).extend(unlisted)
    for scope in sorted(groups, key=lambda each: (each.startswith("projects/"), each)):
        items = groups.pop(scope)
        above = [item for other in _above(inventory, scope) for item in _context(inventory, other)]
        above += unlisted if scope != inventory.root else ()
        yield Collection(root_of(scope), items, coverage, context=above, scope=root_of(scope), beyond=whole)
        coverage = Coverage()
    if not inventory.entries and not unlisted:
        yield Collection("google", [], coverage)


def root_of(scope: str) -> str:
    """`google:p` of `projects/p`, `google:folders/1` of `folders/1`."""
    return f"google:{scope.removeprefix('projects/') or 'unknown'}"


def _above(inventory: Inventory, scope: str) -> list[str]:
    own = inventory.above(scope)
    return [each for each in inventory.chain(own)[0] if each != scope] if own else []


def _context(inventory: Inventory, scope: str) -> list[Item]:
    """What is said at a folder or organisation."""
    own = inventory.above(scope)
    found: list[Item] = [AssetItem(inventory, own)] if own else []
    return found + [AssetItem(inventory, each) for each in inventory.policies_of(scope)]


class AssetItem(Item):
    """One asset."""

    __slots__ = ("_entry", "_inventory", "address", "root", "template", "type")

    def __init__(self, inventory: Inventory, entry: Entry) -> None:
        self._inventory, self._entry = inventory, entry
        self.type, self.address, self.root, self.template = entry.type, entry.address, root_of(entry.scope), None

    def __getitem__(self, path: str) -> Value[Any]:
        if path.startswith("#"):
            return self._beside(path)
        return Value(plain(self._at(path)), (self.location(),))

    def _data(self) -> Any:
        data = self._inventory.content(self._entry, RESOURCE)
        return self._inventory.missing(self._entry, RESOURCE) or _NO_RESOURCE if data is None else data

    def _at(self, path: str) -> Any:
        data = self._data()
        for name in path.split("."):
            data = step(data, name)
        return data

    def _beside(self, path: str) -> Value[Any]:
        """What is not in the resource itself."""
        what, _, rest = path.partition(":")
        if what == "#has":
            held = self._at(rest)
            return Value(held if isinstance(held, Unknown) else held is not None, (self.location(),))
        if what == "#enforced":
            return self.constraint(rest).then(lambda policy: None if policy is None else org_policies.enforced(policy))
        if what == "#org_policy":
            return self.constraint(rest) if rest else self._org_policy()
        first, _, rest = path.partition(".")
        if first == "#iam_policy":
            return self._iam_policy(rest)
        if first == "#inherited_bindings":
            return self._inherited()
        if first == "#ancestors":
            scopes, more = self._inventory.chain(self._entry)
            return Value([*(RESOURCE_MANAGER + each for each in scopes), *([more] if more else [])] or None, (self.location(),))
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

    def _inherited(self) -> Value[Any]:
        scopes, more = self._inventory.chain(self._entry)
        own = self._entry.scope if self.type in (PROJECT, FOLDER, ORGANIZATION) else ""
        found: list[Any] = []
        seen: list[Location] = []
        for at, scope in enumerate(scopes):
            if scope == own:
                continue
            silent = self._inventory.silent(IAM_POLICY, scopes[at:])
            above = self._inventory.above(scope)
            policy = self._inventory.content(above, IAM_POLICY) if above else None
            if silent or isinstance(policy, Unknown):
                found.append(silent or policy)
            elif isinstance(policy, dict) and above:
                seen.append(self._inventory.seen(above, IAM_POLICY))
                bindings = policy.get("bindings")
                found += [{**each, "from": RESOURCE_MANAGER + scope} for each in bindings or () if isinstance(each, dict)]
        return Value([*found, *([more] if more else [])] or None, seen or (self.location(),))

    def _org_policy(self) -> Value[Any]:
        found, more = org_policies.effective(self._inventory, self._entry)
        return Value([*found.values(), *([more] if more else [])] or None, (self.location(),))

    def constraint(self, name: str) -> Value[Any]:
        """The effective policy for one constraint, named without `constraints/`."""
        found, more = org_policies.effective(self._inventory, self._entry)
        name = name.removeprefix("constraints/")
        held = found.get(name)
        asked = self._inventory.effective.get(self._entry.scope, {}).get(name)
        if held is None and isinstance(asked, Unknown):
            more = asked
        above = self._inventory.above(self._entry.scope)
        return Value(more if held is None else held, (self._inventory.seen(above, ORG_POLICY) if above else self.location(),))

    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        value = self[path]
        return nodes_of(self, value)

    def link(self, path: str) -> Value[Any]:
        return self.resolve(self[path])

    def resolve(self, value: Value[Any]) -> Value[Any]:
        """Texts that name a resource as references to it."""
        return value.then(lambda data: [self._resolved(each) for each in data] if isinstance(data, list) else self._resolved(data))

    def _resolved(self, data: Any) -> Any:
        found = self._inventory.names.canonical(data, self._entry.scope.removeprefix("projects/")) if isinstance(data, str) else None
        return data if found is None else Reference(*found)

    def location(self) -> Location:
        return self._inventory.seen(self._entry)

    @property
    def region(self) -> Value[str]:
        place = self._entry.location or location_of(self.address)
        return Value(place.lower() if place else None, (self.location(),))

    @property
    def account(self) -> Value[str]:
        scope = self._entry.scope
        return Value(scope.removeprefix("projects/") if scope.startswith("projects/") else None, (self.location(),))

    def attributes(self) -> Value[dict[str, Any]]:
        return Value(plain(self._data()), (self.location(),))

    def coexists(self, other: Item) -> bool:
        return other.template is None


class Whole(Beyond):
    """All assets of an inventory, whatever project they are in, and what stands for those that could not be read."""

    def __init__(self, inventory: Inventory, unlisted: Sequence[Item] = ()) -> None:
        self.cache: dict[str, Any] = {}
        self._inventory, self._unlisted = inventory, unlisted
        self._by_type: dict[str, list[Entry]] | None = None

    def at(self, address: str) -> Item | None:
        entry = self._inventory.entries.get(address)
        return None if entry is None else AssetItem(self._inventory, entry)

    def of(self, type_: str) -> list[Item]:
        if self._by_type is None:
            self._by_type = {}
            for entry in self._inventory.entries.values():
                self._by_type.setdefault(entry.type, []).append(entry)
        found: list[Item] = [AssetItem(self._inventory, entry) for entry in self._by_type.get(type_, ())]
        return found + [each for each in self._unlisted if each.type == type_]


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
        data: Any = self.data
        for name in path.split("."):
            data = step(data, name)
        return data

    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return nodes_of(self.item, self[path])

    def link(self, path: str) -> Value[Any]:
        return self.item.resolve(self[path])

    def location(self) -> Location:
        return self.seen


def nodes_of(item: AssetItem, value: Value[Any]) -> tuple[list[Node], Unknown | None]:
    """The objects of a list as nodes, and an Unknown that stands among them."""
    if value.unknown:
        return [], value.unknown
    elements = value.data if isinstance(value.data, list) else [] if value.data is None else [value.data]
    seen = value.seen[0] if value.seen else item.location()
    found: list[Node] = [AssetNode(item, each, seen) for each in elements if isinstance(each, dict)]
    return found, next((each for each in elements if isinstance(each, Unknown)), None)


def plain(data: Any) -> Any:
    """Data as the API writes it: whole numbers as such (a protobuf Struct has none), and nothing for an empty object or list."""
    if isinstance(data, float):
        return int(data) if data.is_integer() else data
    if isinstance(data, dict):
        return {name: held for name, each in data.items() if (held := plain(each)) is not None} or None
    if isinstance(data, list):
        return [{} if isinstance(each, dict) and not each else plain(each) for each in data] or None
    return data


_NO_RESOURCE = Unknown("the inventory has a policy of this asset, but not the resource", "export with --content-type resource too")
