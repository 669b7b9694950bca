"""Sources that read nothing by themselves: each file stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.entries import EnteredSource
from assay.scanner.sources.interface import EVERYTHING, Collection, Source, Wanted


class Given(Source):
    """Gives so many collections."""

    input = "aws_api"

    def __init__(self, number: int) -> None:
        self.number = number

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        return (Collection(f"part {at}", [], Coverage()) for at in range(self.number))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_file_is_entered_once_whatever_its_source_gives(number: int) -> None:
    collections = list(EnteredSource(Given(number), "a.ndjson", "snapshot").collect())
    assert [collection.name for collection in collections] == ([f"part {at}" for at in range(number)] or ["a.ndjson"])
    assert [list(collection.coverage.fates) for collection in collections if collection.coverage.fates] == [[("a.ndjson", "snapshot")]]
