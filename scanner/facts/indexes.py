"""Indexes that several services look things up in."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.spelling import Index
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown


def by_text(path: str, *types: str, addresses: bool = False, calls: tuple[str, ...] = ()) -> Index:
    """Items by their text at a path, an id or a name, with `addresses` also by their address; under None why there may be more of them."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
            return
        if addresses:
            yield item.address, item
        if isinstance(text := item[path].data, str):
            yield text, item

    return Index(types, records, calls=calls)


def view_under(view: View, index: Index, key: Any) -> View | Unknown | None:
    """The first item of such an index under a key; where there is none, why it may be there though it was not listed."""
    known = view.index(index)
    item = next(iter(known.get(key, ())), None) if isinstance(key, str) else None
    return view.of(item) if isinstance(item, Item) else next(iter(known.get(None, ())), None)


def last_names(data: Any) -> str:
    """What a reference or a text of Google names, as a key: an address, or the collection and the name that the text ends in."""
    text = spelled(data)
    return text if isinstance(data, Reference) or "/" not in text else "/".join(text.rsplit("/", 2)[-2:])
