"""The ledger of a run: what was found, and what became of it."""

from __future__ import annotations

from assay.scanner.sources.interface import Blocks, Collection, Coverage, Gap, Item


def enter(coverage: Coverage, collection: Collection, read: set[str]) -> None:
    """Enter a collection; `read` are the types that something reads."""
    theirs = collection.coverage
    coverage.files.found += theirs.files.found
    coverage.files.parsed += theirs.files.parsed
    coverage.files.failed += theirs.files.failed
    coverage.gaps += [gap for gap in theirs.gaps if gap not in coverage.gaps]
    coverage.calls += theirs.calls
    counted = _count(collection.items, read, coverage.unsupported_types)
    coverage.blocks.found += counted.found + theirs.blocks.found
    coverage.blocks.evaluated += counted.evaluated + theirs.blocks.evaluated
    coverage.blocks.unsupported += counted.unsupported + theirs.blocks.unsupported
    coverage.blocks.template += counted.template


def failed(coverage: Coverage, item: Item, error: Exception) -> None:
    """Enter a resource that could not be read: it is under a gap, not evaluated."""
    seen = item.location()
    reason = f"{item.address} could not be read ({type(error).__name__}: {error})"
    gap = Gap(seen.file, "input_failed", reason[:500], "simplify it, or report this with the code", seen.line)
    if gap not in coverage.gaps:
        coverage.gaps.append(gap)
        coverage.blocks.evaluated -= 1 if item.template is None else 0


def _count(items: list[Item], read: set[str], unsupported: dict[str, int]) -> Blocks:
    """Resource blocks by what became of them; data blocks are no resources."""
    blocks: dict[tuple[str, int, str], list[Item]] = {}
    for item in items:
        if not item.type.startswith("data."):
            seen = item.location()
            blocks.setdefault((seen.file, seen.line, item.block if seen.line else item.address), []).append(item)
    counted = Blocks(found=len(blocks))
    for held in blocks.values():
        if held[0].type not in read:
            counted.unsupported += 1
            unsupported[held[0].type] = unsupported.get(held[0].type, 0) + 1
        elif any(item.template is not None for item in held):
            counted.template += 1
        else:
            counted.evaluated += 1
    return counted
