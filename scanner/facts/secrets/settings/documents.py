"""Documents that define containers, with the place of each part."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

from assay.scanner.sources.raw import Location, Reference, Unknown
from assay.scanner.sources.values import Value

Path = tuple[str | int, ...]


class Inside(NamedTuple):
    """A document in a value: its content, and the same with references."""

    value: Value[Any]
    content: Any
    links: Any

    def at(self, path: Path) -> Any:
        """What stands at a path."""
        return functools.reduce(_step, path, self.content)

    def linked(self, path: Path) -> Any:
        """The same with references; None where only the document as a whole has them."""
        return functools.reduce(_step, path, self.links) if isinstance(self.links, (dict, list)) and not is_link(self.links) else None

    def seen(self, path: Path) -> tuple[Location, ...]:
        """Where it was seen."""
        return self.value.seen_inside(self.content, path)


def is_link(linked: Any) -> bool:
    """Whether it tells what a whole refers to, and not which part of it does."""
    return isinstance(linked, Reference) or (isinstance(linked, list) and any(isinstance(one, Reference) for one in linked))


def _step(data: Any, key: str | int) -> Any:
    if isinstance(data, list):
        return data[key] if isinstance(key, int) and key < len(data) else None
    return data.get(key) if isinstance(data, dict) else data if isinstance(data, (Unknown, Reference)) else None


def containers_in(content: Any, below: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    """The containers in a document, each with the path that leads to it."""
    if isinstance(content, list):
        for at, one in enumerate(content):
            yield from (((at, *path), inner) for path, inner in containers_in(one, below))
        return
    keys = [key for key in content if key.lower() in below] if isinstance(content, dict) else []
    if not keys:
        yield (), content
    for key in keys:
        yield from (((key, *path), inner) for path, inner in containers_in(content[key], below))
