"""One asset of an inventory, and where its records are."""

from __future__ import annotations

import msgspec


class RecordPlace(msgspec.Struct, frozen=True, gc=False):
    """Where a record is, and when it was true."""

    kind: str
    """The kind of content that it is looked up for."""
    store: int
    """Number of the file in the Store, or SPOOL."""
    offset: int
    """In bytes, as is `length`."""
    length: int
    file: int
    """Index into `Inventory.files`."""
    line: int
    time: str
    """Of the asset's newest change."""
    alone: bool = False
    """It tells of this asset only: a list of the input may lack others of its kind."""


class AssetEntry(msgspec.Struct, gc=False):
    """One asset. There may be millions: what many have in common is one object."""

    name: str
    """As the inventory names it."""
    type: str
    places: tuple[RecordPlace, ...] = ()
    """The records that it is in, one for each kind of content."""
    lineage: tuple[str, ...] = ()
    """The project, folders and organisation above it as relative names, as the inventory writes them."""
    location: str = ""
    address: str = ""
    """The canonical full name."""
    scope: str = ""
    """`projects/ID`, `folders/NUMBER`, `organizations/NUMBER`; empty where it is not known."""

    def place(self, kind: str) -> RecordPlace | None:
        """The record that a kind of content is in; None where it has none."""
        for place in self.places:
            if place.kind == kind:
                return place
        return None

    def keep(self, place: RecordPlace) -> None:
        """Enter a record. Of two of one content, the later one counts."""
        before = self.place(place.kind) if self.places else None
        if before is None:
            self.places = (*self.places, place)
        elif before.time <= place.time:
            self.places = tuple(place if kept is before else kept for kept in self.places)
