"""Nodes that every source can use: plain data, something that may not exist, something declared elsewhere."""

from __future__ import annotations

from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.raw import AtLeast, Document, Either, Location, Reference, Text, Unknown, because, describe, either
from assay.scanner.sources.values import Value


def step(data: Any, name: str) -> Any:
    """One step down into raw data: a key of a map, of the first object of a list, or an index."""
    if data.__class__ is dict:  # nearly always
        return data.get(name)
    if isinstance(data, Either):
        return either(data, *[step(option, name) for option in data.options])
    if isinstance(data, AtLeast) and isinstance(data.content, dict) and name in data.content:
        return data.content[name]
    if isinstance(data, Unknown):
        return because(data)
    if isinstance(data, Reference):
        return data
    if isinstance(data, (Text, Document)):
        return None
    if isinstance(data, list):
        if name.isdecimal():
            return data[int(name)] if int(name) < len(data) else None
        data = data[0] if data else None
        if isinstance(data, Unknown):
            return data
    return data.get(name) if isinstance(data, dict) else None


class DataNode(Node):
    """An object of plain data at one place."""

    __slots__ = ("data", "seen")

    def __init__(self, data: Any, seen: Location) -> None:
        self.data, self.seen = data, seen

    def __getitem__(self, path: str) -> Value[Any]:
        data = self.data
        for name in path.split("."):
            data = step(data, name)
        return Value.of(data, (self.seen,))

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return as_nodes(self[path].data, self.seen)

    @override
    def link(self, path: str) -> Value[Any]:
        return self[path]

    @override
    def location(self) -> Location:
        return self.seen


def as_nodes(data: Any, seen: Location) -> tuple[list[Node], Unknown | None]:
    """The objects of a list as nodes; what is not an object there is reported as Unknown."""
    if data is None:
        return [], None
    if isinstance(data, Unknown):
        return [], data
    elements = data if isinstance(data, list) else [data]
    nodes: list[Node] = [DataNode(element, seen) for element in elements if isinstance(element, dict)]
    unknown = next((element for element in elements if isinstance(element, Unknown)), None)
    if unknown is None and any(isinstance(element, (Reference, Text)) for element in elements):
        unknown = Unknown("an element is known after apply", "scan the plan or the live resource", seen)
    wrong = next((element for element in elements if not isinstance(element, (dict, Unknown, Reference, Text, type(None)))), None)
    if unknown is None and wrong is not None:
        unknown = Unknown(f"{describe(wrong)[:80]} is no object", "correct it", seen)
    return nodes, unknown


class Doubtful(Node):
    """Something of which it is not known whether it exists: every value below it is Unknown."""

    __slots__ = ("node", "why")

    def __init__(self, node: Node, why: Unknown) -> None:
        self.node, self.why = node, why

    def __getitem__(self, path: str) -> Value[Any]:
        return Value(self.why, (self.node.location(),))

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return [], self.why

    @override
    def link(self, path: str) -> Value[Any]:
        """What it names is known, though not whether it exists."""
        return self.node.link(path)

    @override
    def location(self) -> Location:
        return self.node.location()


class Elsewhere(Item):
    """A resource that blocks of this input speak of, but that is declared somewhere else."""

    __slots__ = ("_account", "_region", "address", "by", "named", "root", "seen", "template", "type", "why")

    def __init__(self, type_: str, named: Any, by: Item) -> None:
        self.type, self.named, self.by, self.root = type_, named, by, by.root
        self.address, self.template = by.address, by.template
        self.seen = by.location()
        self.why = Unknown(
            f"the {type_} that {by.address} is for is declared elsewhere", "scan it together, or the live resource", self.seen
        )
        self._region, self._account = by.region, by.account

    def __getitem__(self, path: str) -> Value[Any]:
        return Value(self.why, (self.seen,))

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return [], self.why

    @override
    def link(self, path: str) -> Value[Any]:
        return self[path]

    @override
    def location(self) -> Location:
        return self.seen

    @property
    @override
    def region(self) -> Value[str]:
        return self._region

    @property
    @override
    def account(self) -> Value[str]:
        return self._account

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        return Value(self.why, (self.seen,))

    @override
    def coexists(self, other: Item) -> bool:
        return other.template is None
