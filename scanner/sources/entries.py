"""Sources that read nothing by themselves: they stand for inputs in the ledger, or enter what another source reads."""

from __future__ import annotations

from collections.abc import Iterator

from assay.scanner.override import override
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import EVERYTHING, Collection, Source, Wanted


class UnreadInput(Source):
    """An input that could not be read at all."""

    def __init__(self, *gaps: Gap) -> None:
        self.gaps = gaps

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """One collection without items, with the gaps."""
        coverage = Coverage(gaps=list(self.gaps))
        yield Collection(self.gaps[0].scope, [], coverage)


class OfAnotherShard(Source):
    """An input that another shard judges: its place among the others is all that is known of it."""

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        yield from ()


class Entries(Source):
    """What is to be entered in the ledger of files that no source reads."""

    def __init__(self, name: str, coverage: Coverage) -> None:
        self.name, self.coverage = name, coverage

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """One collection without items; none where there is nothing to enter."""
        if self.coverage.fates or self.coverage.gaps:
            yield Collection(self.name, [], self.coverage)


class EnteredSource(Source):
    """A source of one file, which stands in the ledger as judged with the first that the source gives."""

    def __init__(self, source: Source, file: str, format_: str) -> None:
        self.source, self.file, self.format = source, file, format_
        self.input = source.input

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """Where the source gives no collection, one without items enters the file."""
        entered = False
        for collection in self.source.collect(wanted):
            if not entered:
                collection.coverage.enter(self.file, self.format, "judged")
            entered = True
            yield collection
        if not entered:
            coverage = Coverage()
            coverage.enter(self.file, self.format, "judged")
            yield Collection(self.file, [], coverage)
