"""Reads the resources of a collection by a catalogue."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.catalogue import Catalogue, Reader
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.model import Resource, identity
from assay.scanner.facts.spelling import Companion
from assay.scanner.facts.targets import Unattached, spelled, written
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Exported, Given, Unknown
from assay.scanner.sources.values import Value

Failed = Callable[[Item, Exception], None]
"""Told of an item that could not be read, and why."""


def read_all(catalogue: Catalogue, items: ItemIndex, types: Iterable[str], kinds: set[str], failed: Failed) -> Iterator[Resource]:
    """Every resource of some kinds of a collection: by type in the order of `types`, of each item all that its readers tell, then those
    of which only companions are here."""
    for type_ in types:
        readers = [reader for reader in catalogue.readers.get(type_, ()) if reader.kind.__name__ in kinds]
        for item in items.own(type_) if readers else ():
            items.of_one.clear()
            for reader in readers:
                yield from _read(reader, item, items, failed)
    items.of_one.clear()
    for reader, companions in catalogue.with_companions:
        if reader.kind.__name__ in kinds:
            yield from _read_orphans(reader, companions, items, failed)


def _read(reader: Reader, item: Item, items: ItemIndex, failed: Failed) -> Iterator[Resource]:
    try:
        resource = _nothing_known(reader.kind, item) if isinstance(item, Unlisted) else _one(reader, item, items)
    except Exception as error:  # hostile input may reach what no test has; it is entered in the ledger
        failed(item, error)
        return
    if resource is not None:
        yield resource


def _one(reader: Reader, item: Item, items: ItemIndex) -> Resource | None:
    """What a reader makes of an item, and how to read it again where it is open how many blocks it has."""
    with numbers.reading() as reading:
        resource = reader.read(item, items)
    return _open(reader, item, items, resource) if reading.met else resource


def _open(reader: Reader, item: Item, items: ItemIndex, resource: Resource | None) -> Resource | None:
    """What was made of an item of which it is open how many blocks it has, with the way to read it again."""

    @functools.cache
    def in_each() -> list[Resource | None]:
        return numbers.in_each(lambda: reader.read(item, items))

    if resource is None:
        resource = next((other for other in in_each() if other is not None), None)
        if resource is not None:
            why = f"how many blocks {item.address} has is not known"
            resource.identity.perhaps = resource.identity.perhaps or Unknown(why, "scan the plan", item.location())
    if resource is not None:
        resource.identity.in_each = in_each
    return resource


def _nothing_known(kind: type[Resource], item: Unlisted) -> Resource:
    """Resources of which not even the number is known: every fact is unknown, so that no rule passes on them."""
    unknown: Value[Any] = Value(item.why, (item.seen,))
    names = [field.name for field in msgspec.structs.fields(kind) if field.name != "identity"]
    return kind(identity=identity(item, Value(item.address)), **dict.fromkeys(names, unknown))


def _read_orphans(reader: Reader, companions: Iterable[Companion], items: ItemIndex, failed: Failed) -> Iterator[Resource]:
    """Resources that are declared elsewhere, by the companions of them that are here; each once, whatever companions it has."""
    done: set[str] = set()
    for companion in companions:
        for item, target, owner in _orphans(reader, companion, items):
            name = owner.address if owner else spelled(target) or item.address
            if name not in done:
                done.add(name)
                yield from _read(reader, owner or Elsewhere(reader.types[0], target, item), items, failed)


def _orphans(reader: Reader, companion: Companion, items: ItemIndex) -> Iterator[tuple[Item, Any, Item | None]]:
    here = {type_ for type_ in reader.types if items.own(type_)}
    taken_over = any(item.taken_over for type_ in here for item in items.own(type_)) if companion.generated else False
    for item, target, owner in items.orphans(companion, reader.types, reader.spelling.names):
        named = isinstance(target, Exported) or (spelled(target) and not isinstance(target, Unknown))
        generated = {type_ for type_, path in companion.generated if path == written(item, companion.owner)}
        if named or isinstance(target, Unattached) or here <= (generated if isinstance(target, Given) and not taken_over else set()):
            yield item, target, owner
        # else it may belong to one of those, which know of it
