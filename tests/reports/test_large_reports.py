"""Formats of large estates: written in parts, in time that grows as the report does."""

from __future__ import annotations

import time

import pytest

from assay.scanner.results import formats
from tests.reports import samples

IN_PARTS = ("csv", "csv-population", "json", "jsonl", "ocsf", "oscal", "asff")


def seconds(name: str, number: int) -> float:
    report, context = samples.many(number), samples.context()
    before = time.process_time()
    largest = max(len(part) for part in formats.parts(name)(report, context))
    assert largest <= 6_100_000, "as large as a request to Security Hub may be"
    return time.process_time() - before


@pytest.mark.parametrize("name", IN_PARTS)
def test_a_report_that_is_eight_times_as_large_takes_no_more_than_that(name: str) -> None:
    small = min(seconds(name, 1_500) for _ in range(2))
    assert seconds(name, 12_000) < 20 * small + 0.5
