"""The ledger of a collection: what was found in it, and what became of it."""

from __future__ import annotations

from collections.abc import Collection as Types
from collections.abc import Iterable

import msgspec

from assay.scanner.sources.interface import Blocks, Collection, Coverage, Gap, Item


def enter(collection: Collection, read: Types[str], joined: Types[str]) -> Coverage:
    """The ledger of a collection by what its source entered and by its items.

    `read` are the types that are read as resources, `joined` those that are read for what they say of others.
    """
    theirs = collection.coverage
    counted, unsupported = _count(collection.items, read, joined)
    coverage = Coverage(blocks=counted, unsupported_types=unsupported)
    return Coverage.merged([msgspec.structs.replace(theirs, gaps=list(dict.fromkeys(theirs.gaps))), coverage])


def failed(coverage: Coverage, item: Item, error: Exception) -> None:
    """Enter a resource that could not be read: it is under a gap, not evaluated."""
    seen = item.location()
    reason = f"{item.address} could not be read ({type(error).__name__}: {error})"
    gap = Gap(seen.file, "input_failed", reason[:500], "simplify it, or report this with the code", seen.line)
    if gap not in coverage.gaps:
        coverage.gaps.append(gap)
        coverage.blocks.evaluated -= 1 if item.template is None else 0


def _count(items: Iterable[Item], read: Types[str], joined: Types[str]) -> tuple[Blocks, dict[str, int]]:
    """Resource blocks by what became of them, and the types that nothing reads; data blocks are no resources."""
    blocks: dict[tuple[str, int, str], list[Item]] = {}
    for item in items:
        if not item.type.startswith("data."):
            seen = item.location()
            blocks.setdefault((seen.file, seen.line, item.block if seen.line else item.address), []).append(item)
    counted, unsupported = Blocks(found=len(blocks)), dict[str, int]()
    for instances in blocks.values():
        type_ = instances[0].type
        if type_ not in read and type_ not in joined:
            counted.unsupported += 1
            unsupported[type_] = unsupported.get(type_, 0) + 1
        elif any(item.template is not None for item in instances):
            counted.template += 1
        else:
            counted.evaluated += 1
            counted.joined += type_ not in read
    return counted, unsupported
