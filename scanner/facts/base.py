"""Transitional: the old form of readers, until every area has spellings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from assay.scanner.facts import model
from assay.scanner.facts.model import CLOUDS, BlockRef, Fact, Identity, Part, Resource, block_ref
from assay.scanner.facts.spelling import Join, Many, Spelling
from assay.scanner.sources.interface import Collection, Item, Node
from assay.scanner.sources.nodes import Doubtful, Elsewhere
from assay.scanner.sources.values import Reference, Text, Unknown, Value

__all__ = [
    "CLOUDS",
    "BlockRef",
    "Companions",
    "Fact",
    "Identity",
    "Part",
    "Resource",
    "Stack",
    "block_ref",
    "identity",
    "if_there",
    "reads",
]


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


R = TypeVar("R", bound=Callable[[Item, Stack], Any])


class Others(Join, frozen=True):
    types: tuple[str, ...]

    @property
    def joined(self) -> tuple[str, ...]:
        return self.types


class Legacy(Spelling, frozen=True, eq=False, kw_only=True):
    needed: dict[str, Any] = {}


def kind(cls: type[Resource]) -> type[Resource]:
    module = sys.modules[cls.__module__].__dict__
    module["KINDS"] = (*module.get("KINDS", ()), cls)
    return cls


def reads(
    *types: str,
    orphans: dict[str, str] | None = None,
    names: tuple[str, ...] = (),
    companions: tuple[str, ...] = (),
    needs: dict[str, tuple[Any, ...]] | None = None,
) -> Callable[[R], R]:
    from assay.scanner.facts.catalogue import Reader

    def register(read: R) -> R:
        module = sys.modules[read.__module__].__dict__
        result = module[read.__annotations__["return"].replace(" | None", "")]
        joins: list[Any] = [Many(type_, via) for type_, via in (orphans or {}).items()]
        joins += [Others(companions)] if companions else []
        spelling = Legacy(names=names, joins=tuple(joins), needed=needs or {})
        entry = Reader(
            result, types, lambda view, _: read(view.item, _old(view.stack)), spelling, "None" not in read.__annotations__["return"]
        )
        module.setdefault("READERS", []).append(entry)
        return read

    return register


def _old(stack: Any) -> Stack:
    if stack.legacy is None:
        stack.legacy = Stack(stack.collection)
    found: Stack = stack.legacy
    return found


def identity(item: Item, *, name: Value[Any], companions: Iterable[Companions] = ()) -> Identity:
    return model.identity(item, name, [each for group in companions for each in group.items])
