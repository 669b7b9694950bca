"""What all kinds share: identity, the register of readers, and the view of one collection that readers join in.

A kind is a `Resource` whose fields are facts. A fact is a `Value`: data, `None` (known to be absent) or Unknown,
with the places it was seen.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

import msgspec

from assay.scanner.sources.interface import Collection, Item, Node, Unlisted
from assay.scanner.sources.nodes import Doubtful, Elsewhere
from assay.scanner.sources.values import Location, Reference, Text, Unknown, Value

T = TypeVar("T")
Fact: TypeAlias = Value[T]


CLOUDS = frozenset({"aws", "google"})


class BlockRef(msgspec.Struct, frozen=True):
    """A block of source code, or an entry of a plan (then without lines), that a resource was read from."""

    address: str
    file: str
    start_line: int | None
    end_line: int | None


class Identity(msgspec.Struct, kw_only=True):
    """What a resource is called and where it stands."""

    id: str
    """The provider's name where it is known (ARN, full resource name), else the address in the source."""
    name: str
    cloud: str
    """`aws` or `google`."""
    account: str | None
    region: str | None
    address: str
    root: str
    blocks: list[BlockRef]
    template: Unknown | None = None
    """Why the number of instances that this one stands for is not known."""
    elsewhere: Unknown | None = None
    """Why only a part of it is known: blocks of this code speak of it, but it is declared elsewhere."""
    unlisted: Unknown | None = None
    """Why it is not known which resources of a kind there are; this one stands for all of them."""
    unnamed: Unknown | None = None
    """Why the provider's name is not known; `name` is then the label of the block."""
    type: str = ""
    """The input's own type name: `aws_s3_bucket`, `AWS::S3::Bucket`, `s3.bucket`, `storage.googleapis.com/Bucket`."""


class Resource(msgspec.Struct, kw_only=True):
    """Base of all kinds."""

    identity: Identity

    @property
    def also_in(self) -> list[str] | None:
        """Further regions in which the provider shows it as a resource of its own; None where they are not known."""
        return []


class Part(msgspec.Struct, kw_only=True):
    """Base of what lists of facts hold."""


class Companions:
    """Blocks that belong to one resource, and why there may be more of them."""

    __slots__ = ("items", "more", "nodes")

    def __init__(self, items: list[Item], nodes: list[Node], more: Unknown | None) -> None:
        self.items, self.nodes, self.more = items, nodes, more

    @property
    def pairs(self) -> list[tuple[Item, Node]]:
        """Every companion with the node that tells whether it certainly exists."""
        return list(zip(self.items, self.nodes, strict=True))

    def __getitem__(self, path: str) -> Value[Any]:
        """The value at a path of the first that has it; absent where there is no companion at all."""
        for node in self.nodes:
            value = node[path]
            if not value.absent:
                return value
        # Where one is found, another whose owner is not known is not its second: the provider allows one.
        return Value(None if self.nodes else self.more, [node.location() for node in self.nodes])

    @property
    def exists(self) -> Value[bool]:
        if self.items and not any(isinstance(node, Doubtful) for node in self.nodes):
            return Value(True, [node.location() for node in self.nodes])
        why = self.more or next((node.why for node in self.nodes if isinstance(node, Doubtful)), None)
        return Value(why or False)


class Stack:
    """The items of one collection by type and address, with the joins that readers need. Built once, used by all."""

    def __init__(self, collection: Collection) -> None:
        self.name = collection.name
        self._by_type: dict[str, list[Item]] = {}
        self._by_address: dict[str, Item] = {}
        self._joins: dict[tuple[str, str], _Join] = {}
        self.cache: dict[str, Any] = {}
        self._context = {id(item) for item in collection.context}
        self._beyond = collection.beyond
        self.shared: dict[str, Any] = self.cache if collection.beyond is None else collection.beyond.cache
        for item in (*collection.items, *collection.context):
            self._by_type.setdefault(item.type, []).append(item)
            self._by_address[item.address] = item

    def items(self) -> Iterable[Item]:
        return self._by_address.values()

    def own(self, type_: str) -> list[Item]:
        """The items of a type that are judged here; others may be there for joins only."""
        held = self._by_type.get(type_, [])
        return [item for item in held if id(item) not in self._context] if self._context else held

    def of(self, *types: str) -> list[Item]:
        return [item for each in types for item in self._by_type.get(each, ())]

    def at(self, address: str) -> Item | None:
        found = self._by_address.get(address)
        return self._beyond.at(address) if found is None and self._beyond is not None else found

    def everywhere(self, *types: str) -> list[Item]:
        """The items of some types in the whole input. What is made of them is kept in `shared`."""
        return self.of(*types) if self._beyond is None else [item for each in types for item in self._beyond.of(each)]

    def beside(self, item: Item, type_: str) -> list[Node]:
        """The items of a type that speak of the same account or project as `item`; what may not exist is Doubtful."""
        return self.certain(item, self.of(type_))

    def certain(self, item: Item, others: Iterable[Item]) -> list[Node]:
        """The others as `item` sees them: what may not exist is Doubtful."""
        return [other if item.coexists(other) else Doubtful(other, _doubt(other)) for other in others]

    def namesakes(self, item: Item, attribute: str) -> list[tuple[Item, Unknown | None]]:
        """The other items of the same type with the same text in an attribute, and why one may not exist."""
        key = f"{item.type} by {attribute}"
        if key not in self.cache:
            groups: dict[str, list[Item]] = {}
            for each in self.of(item.type):
                text = each[attribute].data
                if isinstance(text, str):
                    groups.setdefault(text, []).append(each)
            self.cache[key] = groups
        own = item[attribute].data
        found: list[Item] = self.cache[key].get(own, []) if isinstance(own, str) else []
        return [(each, None if item.coexists(each) else _doubt(each)) for each in found if each.address != item.address]

    def companions(self, item: Item, type_: str, via: str, *, names: Iterable[str] = ()) -> Companions:
        """Items of `type_` whose `via` refers to `item`: by reference, or by the text of one of the attributes `names` of `item`.

        `via` is a path, or several with `|` between them of which the first that is there counts.
        """
        if not self._by_type.get(type_):
            return _NONE
        join = self._join(type_, via)
        if isinstance(item, Elsewhere):
            found = join.elsewhere(item.named)
            return Companions(found, list(found), None)
        found = list(join.by_address.get(item.address, ()))
        for name in names if join.by_text else ():
            text = item[name].data
            if isinstance(text, str):
                found += join.by_text.get(text, ())
            elif isinstance(text, Text):
                found += join.by_text.get(str(text), ())
        nodes: list[Node] = [other if item.coexists(other) else Doubtful(other, _doubt(other)) for other in found]
        return Companions(found, nodes, join.unresolved)

    def orphans(self, type_: str, via: str, primaries: Iterable[str], names: Iterable[str] = ()) -> Iterator[tuple[Item, Any, Item | None]]:
        """Items of `type_` that belong to none of the items of the `primaries` types that are judged here.

        With each comes what it refers to, and the item that this is where it is there for joins.
        """
        if not self._by_type.get(type_):
            return
        join = self._join(type_, via)
        known = {item.address: item for item in self.of(*primaries)}
        texts = {str(item[name].data): item for item in known.values() for name in names} if join.by_text else {}
        for item, target in join.targets:
            if isinstance(target, Reference):
                owner = known.get(target.address)
            else:
                owner = texts.get(str(target)) if isinstance(target, (str, Text)) else None
            if owner is None:
                yield item, target, None
            elif id(owner) in self._context and id(item) not in self._context:
                yield item, target, owner

    def _join(self, type_: str, via: str) -> _Join:
        if (type_, via) not in self._joins:
            self._joins[type_, via] = _Join(self._by_type.get(type_, ()), via)
        return self._joins[type_, via]


class _Join:
    """Items by what one of their attributes refers to."""

    def __init__(self, items: Iterable[Item], via: str) -> None:
        self.by_address: dict[str, list[Item]] = {}
        self.by_text: dict[str, list[Item]] = {}
        self.targets: list[tuple[Item, Any]] = []
        self.unresolved: Unknown | None = None
        for item in items:
            data = next((found for path in via.split("|") if (found := item.link(path).data) is not None), None)
            for target in data if isinstance(data, list) else [data]:
                self._add(item, target, via)

    def _add(self, item: Item, target: Any, via: str) -> None:
        if isinstance(target, Text) and isinstance(target.parts[0], Reference):
            target = target.parts[0]  # "${aws_lambda_function.f.arn}:*"
        self.targets.append((item, target))
        if isinstance(target, Reference):
            self.by_address.setdefault(target.address, []).append(item)
        elif isinstance(target, (str, Text)):
            self.by_text.setdefault(str(target), []).append(item)
        elif isinstance(target, Unknown) and self.unresolved is None:
            reason = f"{item.address} may belong to it: {via} is not known ({target.reason})"
            self.unresolved = Unknown(reason, target.settles_it, item.location())

    def elsewhere(self, named: Any) -> list[Item]:
        return [item for item, target in self.targets if target == named]


def if_there(value: Value[Any], node: Node, neutral: bool) -> Value[Any]:
    """A fact of something that may not exist: it holds where it is what it would be without that, else it is unknown."""
    if not isinstance(node, Doubtful) or value.data is neutral:
        return value
    return Value(node.why, value.seen)


_NONE = Companions([], [], None)


def _doubt(item: Item) -> Unknown:
    assert item.template is not None
    return Unknown(f"whether {item.address} exists: {item.template.reason}", item.template.settles_it, item.location())


Reader: TypeAlias = Callable[[Item, Stack], Any]
R = TypeVar("R", bound=Reader)


class Registration(msgspec.Struct, frozen=True):
    kind: str
    read: Reader
    orphans: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    needs: dict[str, tuple[Any, ...]] = {}
    companions: tuple[str, ...] = ()


READERS: dict[str, list[Registration]] = {}
COMPANIONS: set[str] = set()
KINDS: dict[str, type[Resource]] = {}
INPUTS: dict[str, set[str]] = {}
"""Kind to the inputs that have a reader for it: `terraform_aws`, `terraform_gcp`, …"""


def kind(cls: type[Resource]) -> type[Resource]:
    """Register a kind, so that rules can apply to it."""
    KINDS[cls.__name__] = cls
    return cls


def reads(
    *types: str,
    orphans: dict[str, str] | None = None,
    names: tuple[str, ...] = (),
    companions: tuple[str, ...] = (),
    needs: dict[str, tuple[Any, ...]] | None = None,
) -> Callable[[R], R]:
    """Register a reader: a function of an item and its stack that gives a Resource, or None where the item is not of its kind.

    `orphans` maps types of companion blocks to the attribute that names their owner: such a block whose owner is declared elsewhere is
    read as an owner of which only that is known. `names` are the owner's attributes whose text the companions may give.
    `companions` are further types that the reader joins. `needs` maps a fact of a live resource (`replicas`,
    or `replicas.encryption_key` of its elements) to the calls and types behind it.
    """

    def register(read: R) -> R:
        result = read.__annotations__["return"].replace(" | None", "")
        entry = Registration(result, read, tuple((orphans or {}).items()), names, needs or {}, companions)
        for type_ in types:
            READERS.setdefault(type_, []).append(entry)
        COMPANIONS.update(orphans or {}, companions)
        INPUTS.setdefault(result, set()).add(read.__module__.rpartition(".")[2])
        return read

    return register


_AREAS = ("storage", "data", "secrets", "keys", "edge", "network", "iam", "supply")
_loaded: set[str] = set()


def load_readers(*inputs: str) -> None:
    """Import the kinds of all areas, and the readers for the given inputs (module names such as `terraform_aws`)."""
    for area in _AREAS:
        package = importlib.import_module(f"assay.scanner.facts.{area}")
        if area not in _loaded:
            importlib.import_module(f"assay.scanner.facts.{area}.kinds")
            _loaded.add(area)
        present = {module.name for module in pkgutil.iter_modules(package.__path__)}
        for name in inputs:
            if name in present and f"{area}.{name}" not in _loaded:
                importlib.import_module(f"assay.scanner.facts.{area}.{name}")
                _loaded.add(f"{area}.{name}")


def read_all(stack: Stack, types: Iterable[str], wanted: set[str], failed: Callable[[Item, Exception], None]) -> Iterator[Resource]:
    """Every resource of the wanted kinds in a stack, in the order of its types. `failed` is told of a reader that raised."""
    for type_ in types:
        for entry in READERS.get(type_, ()):
            if entry.kind not in wanted:
                continue
            for item in stack.own(type_):
                yield from _read(entry, item, stack, failed)
    for entry, owner in _owners(wanted):
        for companion_type, via in entry.orphans:
            yield from _read_orphans(stack, entry, owner, companion_type, via, failed)


def _read(entry: Registration, item: Item, stack: Stack, failed: Callable[[Item, Exception], None]) -> Iterator[Resource]:
    try:
        found = _nothing_known(entry.kind, item) if isinstance(item, Unlisted) else entry.read(item, stack)
    except Exception as error:  # hostile input may reach what no test has; it is entered in the ledger
        failed(item, error)
        return
    if found is not None:
        yield found


def _nothing_known(kind_: str, item: Unlisted) -> Resource:
    """Resources of which not even the number is known: every fact is unknown, so that no rule passes on them."""
    cls = KINDS[kind_]
    unknown: Value[Any] = Value(item.why, (item.seen,))
    names = [field.name for field in msgspec.structs.fields(cls) if field.name != "identity"]
    return cls(identity=identity(item, name=Value(item.address)), **dict.fromkeys(names, unknown))


def _owners(wanted: set[str]) -> Iterator[tuple[Registration, tuple[str, ...]]]:
    seen: dict[int, tuple[Registration, list[str]]] = {}
    for type_, entries in READERS.items():
        for entry in entries:
            if entry.orphans and entry.kind in wanted:
                seen.setdefault(id(entry), (entry, []))[1].append(type_)
    return iter([(entry, tuple(types)) for entry, types in seen.values()])


def _read_orphans(
    stack: Stack, entry: Registration, owners: tuple[str, ...], type_: str, via: str, failed: Callable[[Item, Exception], None]
) -> Iterator[Resource]:
    done: set[Any] = stack.cache.setdefault(f"orphans {entry.kind}", set())
    for item, target, owner in stack.orphans(type_, via, owners, entry.names):
        if isinstance(target, Unknown) and any(stack.own(each) for each in owners):
            continue  # it may belong to one of those, which know of it
        named = owner.address if owner else str(target) if isinstance(target, (Reference, str, Text)) else item.address
        if named in done:
            continue
        done.add(named)
        yield from _read(entry, owner or Elsewhere(owners[0], target, item), stack, failed)


_UNNAMED = Unknown("the name is the provider's choice", "scan the live resource")


def identity(item: Item, *, name: Value[Any], companions: Iterable[Companions] = (), cloud: str = "") -> Identity:
    """The identity of a resource read from code: `name` is its name as the provider knows it."""
    region, account = item.region.data, item.account.data
    # Answers of an API are in the evidence; they are no blocks.
    blocks = [block_ref(item)] if not isinstance(item, Elsewhere) and item.location().file else []
    blocks += [BlockRef(name, seen.file, seen.line or None, seen.end_line or None) for name, seen in item.origins]
    blocks += [block_ref(each) for group in companions for each in group.items if each.location().file]
    return Identity(
        id=item.address,
        name=name.data if isinstance(name.data, str) else item.label,
        cloud=cloud or _cloud(item.type),
        account=account if isinstance(account, str) else None,
        region=region if isinstance(region, str) else None,
        address=item.address,
        root=item.root,
        blocks=list(dict.fromkeys(blocks)),
        template=item.template,
        elsewhere=item.why if isinstance(item, Elsewhere) else None,
        unlisted=item.why if isinstance(item, Unlisted) else None,
        unnamed=None if isinstance(name.data, str) else name.text().unknown or _UNNAMED,
        type=item.type,
    )


def _cloud(type_: str) -> str:
    """`google_storage_bucket` and `storage.googleapis.com/Bucket` are Google's."""
    return "google" if type_.removeprefix("data.").startswith("google_") or ".googleapis.com/" in type_ else "aws"


def block_ref(item: Item) -> BlockRef:
    seen: Location = item.location()
    return BlockRef(item.address, seen.file, seen.line or None, seen.end_line or None)
