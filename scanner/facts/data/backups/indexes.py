"""Indexes of what takes databases into a plan of backups."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.sources.interface import Item, Unlisted


def every(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """All items of some types; under None why there may be more of them."""
    if isinstance(item, Unlisted):
        yield None, item.why
    else:
        yield item.type, item
