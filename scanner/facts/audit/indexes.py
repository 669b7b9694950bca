"""Indexes that what is judged of a whole account asks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.spelling import Index
from assay.scanner.sources.interface import Item


def every(*types: str, calls: tuple[str, ...] = ()) -> Index:
    """All items of some types, under no key. `calls`: those that tell what is asked of the items."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield None, item

    return Index(types, records, calls=calls)
