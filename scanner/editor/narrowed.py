"""What people look at is judged first: the resources in the files that an editor shows, then all of their root module.

Both are judged of the same items, which keep what they have read, so that the second way costs little more than the rest alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from msgspec import structs

from assay.scanner.override import override
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import EVERYTHING, Item, Source, Wanted
from assay.scanner.sources.interface import Collection as Collected
from assay.scanner.sources.listing import UNCHANGED

SMALL = 100
"""Items of a collection that is judged at once."""
_UNREADABLE = "parse_error"


class Narrowed(Source):
    """A source whose collections come twice: first those parts of them that are looked at, then whole. It collects once."""

    def __init__(self, source: Source, files: Collection[str], addresses: Collection[str]) -> None:
        """`files`: as places name them. `addresses`: of resources elsewhere of which something is shown there."""
        self.source, self._files, self._addresses = source, frozenset(files), frozenset(addresses)
        self.input = source.input
        self.parts = 0
        """How many collections are parts, so far: they come before those that are whole."""
        self.roots: list[str] = []
        """All that there is in the source, whether or not a change touches it."""
        self.broken: list[str] = []
        """Files that could not be read."""

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collected]:
        """First what is looked at of each large collection, then all of them whole; those that no change touches are left out."""
        touched: list[Collected] = []
        for collection in self.source.collect(wanted):
            self.roots.append(collection.name)
            if _is_untouched(collection):
                continue
            touched.append(collection)
            self.broken += [gap.scope for gap in collection.coverage.gaps if is_unreadable(gap)]
            if len(collection.items) > SMALL:
                self.parts += 1
                yield self._part(collection)
        yield from touched

    def _part(self, collection: Collected) -> Collected:
        """The same with the other items as context, which joins find."""
        coverage = Coverage(gaps=list(collection.coverage.gaps))
        items, others = _split(collection.items, self._is_looked_at)
        worlds = []
        for world in collection.worlds:
            shown, rest = _split(world.items, self._is_looked_at)
            worlds.append(structs.replace(world, items=shown, context=world.context + rest))
        return structs.replace(collection, items=items, context=collection.context + others, worlds=worlds, coverage=coverage)

    def _is_looked_at(self, item: Item) -> bool:
        return item.address in self._addresses or item.location().file in self._files


def is_unreadable(gap: Gap) -> bool:
    """Whether a gap is a file that cannot be parsed."""
    return gap.code == _UNREADABLE


def _is_untouched(collection: Collected) -> bool:
    fates = collection.coverage.fates or {}
    return not collection.items and bool(fates) and all(fate.why == UNCHANGED for fate in fates.values())


def _split(items: list[Item], wanted: Callable[[Item], bool]) -> tuple[list[Item], list[Item]]:
    chosen = [item for item in items if wanted(item)]
    known = set(map(id, chosen))
    return chosen, [item for item in items if id(item) not in known]
