"""One shard of a run: it is judged, written, and kept once it is whole."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable

import msgspec

from assay.scanner import targets
from assay.scanner.judge import Judged, Rules, SourceDigest
from assay.scanner.options import Options
from assay.scanner.shards import lines, plan
from assay.scanner.shards.errors import ShardError
from assay.scanner.shards.plan import ShardPlan
from assay.scanner.shards.store import Store
from assay.scanner.sources.interface import Share
from assay.scanner.worker import cores, parent

_LEVEL = 1
"""Of gzip, which is in the standard library: results repeat, so that a shard is a small part of its lines at any level."""


class WrittenShard(msgspec.Struct, frozen=True):
    """What came of a shard."""

    name: str
    collections: int
    results: int
    was_there: bool = False
    """It was there before, and nothing was judged."""


def name_of(index: int, of: int) -> str:
    """What a shard is kept as; `index` from 0."""
    return f"shard-{index + 1:05}-of-{of:05}.jsonl.gz"


def write(
    options: Options, rules: Rules, index: int, of: int, store: Store, *, workers: int = 1, tick: Callable[[str], None] | None = None
) -> WrittenShard:
    """Judge shard `index` (from 0) of `of` and keep it in a store, unless it is there. Raises ShardError.

    `workers`: how many processes judge it, 0 for as many as that is worth.
    """
    made, gaps, listing = targets.sources(options)
    whole = plan.make(options, rules.digest, of, listing, gaps)
    name = name_of(index, of)
    if _planned(whole, store) and name in store.list():
        return WrittenShard(name, 0, 0, was_there=True)
    seen: dict[SourceDigest, None] = {}
    judged = parent.judged(
        made,
        rules,
        options,
        workers=workers or cores.worth(listing),
        tick=tick,
        share=Share(index, of),
        saw=lambda told: seen.update({told: None}),
    )
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        path = os.path.join(folder, name)
        written = _written(path, whole, index, judged, seen)
        kept = store.put(name, path)
    return msgspec.structs.replace(written, name=name, was_there=not kept)


def missing(options: Options, rules: Rules, of: int, store: Store) -> list[int]:
    """The shards of a run, by their indexes from 0, that a store does not have yet. Raises ShardError where it has those of another run."""
    _, gaps, listing = targets.sources(options)
    _planned(plan.make(options, rules.digest, of, listing, gaps), store)
    kept = set(store.list())
    return [index for index in range(of) if name_of(index, of) not in kept]


def _planned(whole: ShardPlan, store: Store) -> bool:
    """Keep the plan. Whether it was there; raises ShardError where another one is."""
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        path = os.path.join(folder, plan.NAME)
        with open(path, "wb") as file:
            file.write(whole.encoded())
        if store.put(plan.NAME, path):
            return False
    there = read_plan(store)
    if differs := plan.difference(there, whole):
        raise ShardError(
            f"{store.where}: holds shards of another plan, which differs in {differs}: "
            "name another place for the shards of this one, or remove those"
        )
    return True


def read_plan(store: Store) -> ShardPlan:
    """The plan of the shards in a store. Raises ShardError."""
    with store.read(plan.NAME) as file:
        return plan.decoded(file.read(), f"{store.where}/{plan.NAME}")


def _written(path: str, whole: ShardPlan, index: int, judged: Iterable[Judged], seen: Iterable[SourceDigest]) -> WrittenShard:
    digest, collections, results = hashlib.sha256(), 0, 0
    with open(path, "wb") as file, gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:

        def write(part: lines.ShardHead | lines.CollectionLine | lines.ShardEnd) -> None:
            text = lines.encoded(part)
            digest.update(text)
            packed.write(text)

        write(lines.ShardHead(whole.id, index, whole.of))
        for part in judged:
            collections += 1
            results += len(part.results)
            for line in lines.lines_of(part):
                write(line)
        ordered = sorted(seen, key=lambda told: (told.source, told.collections, told.names))
        write(lines.ShardEnd(collections, results, ordered, digest.hexdigest()))
    return WrittenShard("", collections, results)
