"""Where a name leads users, put together from what it names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

Region = Value[Any]
"""The name of a region; Unknown where one of the regions is not known, or there may be one."""


class Way(msgspec.Struct, frozen=True):
    """Where something leads users. Buckets and what is no part of a deployment lead into no region."""

    entry: Value[bool]
    """To an entry point from the internet that stands in regions."""
    regional: Value[bool]
    """Into a region, whether from the internet or not."""
    nearest: Value[bool]
    """To a region that hangs on where the user is."""
    regions: tuple[Region, ...] = ()
    fenced: Value[bool] = Value(False)


NOWHERE = Way(Value(False), Value(False), Value(False))
"""To nothing that stands in a region of the deployment."""


def into(region: Region, *, entry: Value[bool]) -> Way:
    """To one region, wherever the user is."""
    return Way(entry, Value(True), Value(False, region.seen), (region,))


def unclear(why: Unknown, *, entry: Value[bool] | None = None) -> Way:
    """To something of which nothing else is known."""
    doubt: Value[Any] = Value(why)
    return Way(doubt if entry is None else entry, doubt, doubt, (doubt,))


def every(ways: Iterable[Way]) -> Way:
    """Each of some ways may be a user's: all of them have to lead to the nearest region, and only regions that all lead to count."""
    kept = [way for way in ways if way.regional.data is not False]
    if len(kept) < 2:
        return kept[0] if kept else NOWHERE
    return Way(
        any_of([way.entry for way in kept]),
        any_of([way.regional for way in kept]),
        all_of([way.nearest for way in kept]),
        tuple(_common(kept)),
        any_of([way.fenced for way in kept]),
    )


def _common(ways: list[Way]) -> Iterable[Region]:
    """The regions that all ways have; Unknown where one may have it."""
    known = {region.data: region for way in ways for region in way.regions if isinstance(region.data, str)}
    for name, region in known.items():
        missing = [way for way in ways if all(other.data != name for other in way.regions)]
        doubts = [next(doubtful, None) for doubtful in ((other for other in way.regions if other.unknown) for way in missing)]
        if None not in doubts:
            yield doubts[0] or region if doubts else region
    yield from [region for way in ways for region in way.regions if region.unknown][:1]


def two(regions: Iterable[Region]) -> Value[bool]:
    """Whether there are at least two regions."""
    regions = list(regions)
    known = {region.data: region for region in regions if isinstance(region.data, str)}
    if len(known) > 1:
        return Value(True, [place for region in known.values() for place in region.seen])
    doubt = next((region for region in regions if region.unknown), None)
    return doubt if doubt is not None else Value(False, [place for region in regions for place in region.seen])
