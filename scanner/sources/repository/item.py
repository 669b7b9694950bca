"""A file of a repository as an item: its content as plain data, and the place of each part of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.nodes import as_nodes, step
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.values import Value

Path = tuple[str | int, ...]
DOCUMENT = "#document"
"""The path of the whole content: a Value that tells where each part of it is written (`Value.seen_inside`)."""


class FileItem(Item):
    """One file. `place` gives the location of a path in its content."""

    __slots__ = ("_place", "_whole", "address", "data", "root", "sensitive", "template", "type")

    def __init__(
        self, type_: str, file: str, data: Any, place: Callable[[Path], Location], whole: Location, sensitive: Sensitive | None = None
    ) -> None:
        """`file`: as reports name it. `whole`: the place of all of it. `sensitive`: texts that are not shown; readers may add to them."""
        self.type, self.root, self.data, self._place, self._whole = type_, file, data, place, whole
        self.sensitive = Sensitive() if sensitive is None else sensitive
        self.address, self.template = file.rpartition("/")[2], None

    def __getitem__(self, path: str) -> Value[Any]:
        if path == DOCUMENT:
            value: Value[Any] = Value(self.data, (self._whole,))
            value.written = _Written(self._place)
            return value
        data: Any = self.data
        at: Path = ()
        for name in path.split("."):
            data, at = step(data, name), (*at, name)
        return Value.of(data, (self._place(at),))

    @property
    @override
    def label(self) -> str:
        return self.address

    def place(self, inside: Path) -> Location:
        """Where a part of the content is written, or the nearest around it."""
        return self._place(inside)

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return as_nodes(self[path].data, self._whole)

    @override
    def link(self, path: str) -> Value[Any]:
        return self[path]

    @override
    def location(self) -> Location:
        return self._whole

    @property
    @override
    def region(self) -> Value[str]:
        return Value(None)

    @property
    @override
    def account(self) -> Value[str]:
        return Value(None)

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        return Value(self.data, (self._whole,))

    @override
    def coexists(self, other: Item) -> bool:
        """Every file is there."""
        return True


class _Written:
    def __init__(self, place: Callable[[Path], Location]) -> None:
        self._place = place

    def place(self, content: Any, inside: Path) -> Location:
        return self._place(inside)
