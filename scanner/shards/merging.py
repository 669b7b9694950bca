"""All shards of a run as one run: what they say comes in the order in which a run that is not cut would judge it."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import heapq
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence

from assay.scanner.errors import AssayError
from assay.scanner.judge import Judged
from assay.scanner.shards import lines, plan
from assay.scanner.shards.errors import ShardError
from assay.scanner.shards.plan import ShardPlan
from assay.scanner.shards.store import Store
from assay.scanner.shards.writing import name_of, read_plan
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import Contributions
from assay.scanner.sources.listing import FileListing
from assay.scanner.worker.parent import BEHIND, Seeing, unsaid

MAX_LINE = 512 << 20
"""Bytes of a line, which holds no more than some thousand results."""
MISSING = "shard_missing"
"""The code of the gap that a shard leaves which is not there, or not whole."""
_BROKEN = (OSError, EOFError, zlib.error, ValueError, AssayError)


class Shards:
    """The shards of one plan, wherever they are kept."""

    def __init__(self, stores: Sequence[Store]) -> None:
        """Raises ShardError where there is no plan, or more than one."""
        self.plan = _common_plan(stores)
        kept = {name: store for store in reversed(stores) for name in store.list()}
        self._kept = {index: kept[name] for index in range(self.plan.of) if (name := name_of(index, self.plan.of)) in kept}
        self._seeing, self._said = Seeing(), set[str]()
        self.lost: list[Gap] = []
        """What is missing."""

    @property
    def listing(self) -> FileListing:
        """What there is below the paths of the run."""
        return self.plan.listing()

    @property
    def gaps(self) -> list[Gap]:
        """What of these paths cannot be used."""
        return self.plan.gaps

    def judged(self) -> Iterator[Judged]:
        """What all shards say, one collection of each in memory. What is missing, or cannot be read to its end, is a gap."""
        losses: list[Judged] = []
        with contextlib.ExitStack() as opened:
            parts = [opened.enter_context(contextlib.closing(self._read(index, store))) for index, store in self._kept.items()]
            for judged in heapq.merge(*parts, key=lambda judged: judged.at):
                if judged.at[0] >= BEHIND and not judged.results:
                    losses.append(judged)
                    continue
                self._said.update(gap.reason for gap in judged.coverage.gaps if gap.code == "input_failed")
                yield judged
        yield from unsaid(losses, self._said)
        yield from self._seeing.differences()
        self.lost += [self._gap(index, "it is not there") for index in range(self.plan.of) if index not in self._kept]
        for gap in self.lost:
            for source in ("code", "live"):  # of either there may be more than was seen
                yield Judged(gap.scope, [], Coverage(gaps=[gap]), 0, Contributions(), source)

    def _read(self, index: int, store: Store) -> Generator[Judged, None, None]:
        """What one shard says, in order."""
        name, digest, collections, ended, head = name_of(index, self.plan.of), hashlib.sha256(), 0, False, False
        begun: Judged | None = None
        try:
            with store.read(name) as file, gzip.GzipFile(fileobj=file) as packed:
                while line := packed.readline(MAX_LINE):
                    part = lines.decoded(line)
                    if isinstance(part, lines.ShardEnd):
                        ended = (part.collections, part.lines) == (collections, digest.hexdigest())
                        for seen in part.seen:
                            self._seeing.take(seen)
                    elif isinstance(part, lines.ShardHead):
                        head = (part.plan, part.index, part.of) == (self.plan.id, index, self.plan.of)
                        if not head:
                            raise ValueError("it is of another plan")
                    elif head:
                        begun = _together(begun, lines.judged_of(part))
                        if not part.more:
                            collections += 1
                            yield begun
                            begun = None
                    digest.update(line)
        except _BROKEN as error:
            self.lost.append(self._gap(index, f"it cannot be read to its end ({error})"))
            return
        if not ended:
            self.lost.append(self._gap(index, "it ends in the middle, or was changed after it was written"))

    def _gap(self, index: int, why: str) -> Gap:
        name = f"{index + 1}/{self.plan.of}"
        way = f"judge it with --shard {name} where the other shards were judged, and merge again"
        return Gap(f"shard {name}", MISSING, f"what it was to judge is not in this report: {why}", way)


def _together(begun: Judged | None, piece: Judged) -> Judged:
    """A collection with a further piece of it. Raises ValueError where that is of another."""
    if begun is None:
        return piece
    if begun.at != piece.at:
        raise ValueError("a piece of another collection")
    begun.results += piece.results
    return begun


def _common_plan(stores: Iterable[Store]) -> ShardPlan:
    first: tuple[Store, ShardPlan] | None = None
    for store in stores:
        if plan.NAME not in store.list():
            raise ShardError(f"{store.where}: holds no shards: name the folder or bucket that --shard wrote to (--out)")
        of_store = read_plan(store)
        if first is None:
            first = store, of_store
        elif differs := plan.difference(first[1], of_store):
            raise ShardError(
                f"{first[0].where} and {store.where} are of different plans, which differ in {differs}: "
                "judge all shards in the same checkout with the same options, version and rules, and merge those"
            )
    if first is None:
        raise ShardError("no shards are named")
    return first[1]
