"""Where several ways of a name lead together: each of them may be a user's."""

from __future__ import annotations

import pytest

from assay.scanner.facts.resilience.names.ways import NOWHERE, Region, Way, every, into, two, unclear
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

WHY = Unknown("where the address stands", "scan the live account")
EAST, WEST, OPEN = Value("us-east-1"), Value("us-west-2"), Value(WHY)
YES, NO = Value(True), Value(False)


def way(*regions: Region, nearest: Value[bool] = YES, fenced: Value[bool] = NO) -> Way:
    return Way(YES, YES, nearest, regions, fenced)


@pytest.mark.parametrize(
    ("ways", "regions", "several"),
    [
        ([way(EAST, WEST)], ["us-east-1", "us-west-2"], True),
        ([way(EAST, WEST), way(WEST, EAST)], ["us-east-1", "us-west-2"], True),
        ([way(EAST, WEST), way(EAST)], ["us-east-1"], False),
        ([way(EAST), way(WEST)], [], False),
        # what the other way has beside may be the second region, or not
        ([way(EAST, WEST), way(EAST, OPEN)], ["us-east-1", WHY, WHY], WHY),
        ([way(EAST, WEST), unclear(WHY)], [WHY, WHY, WHY], WHY),
        ([unclear(WHY), way(EAST, WEST)], [WHY, WHY, WHY], WHY),
        ([way(EAST, WEST), way(EAST), way(OPEN)], [WHY, WHY], WHY),
        # what stands in no region is no way into one
        ([way(EAST, WEST), NOWHERE], ["us-east-1", "us-west-2"], True),
        ([NOWHERE, NOWHERE], [], False),
    ],
)
def test_regions_that_all_ways_have(ways: list[Way], regions: list[object], several: object) -> None:
    together = every(ways)
    assert [region.data for region in together.regions] == regions
    assert two(together.regions).data == several


@pytest.mark.parametrize(("nearest", "expected"), [((YES, YES), True), ((YES, NO), False), ((NO, OPEN), False), ((YES, OPEN), WHY)])
def test_all_have_to_be_the_nearest(nearest: tuple[Value[bool], Value[bool]], expected: object) -> None:
    assert every([way(EAST, nearest=one) for one in nearest]).nearest.data == expected


@pytest.mark.parametrize(("fenced", "expected"), [((NO, NO), False), ((YES, NO), True), ((NO, OPEN), WHY)])
def test_one_that_is_fenced_is_enough(fenced: tuple[Value[bool], Value[bool]], expected: object) -> None:
    assert every([way(EAST, fenced=one) for one in fenced]).fenced.data == expected


def test_what_is_unclear_may_be_an_entry() -> None:
    assert unclear(WHY).entry.data == WHY
    assert unclear(WHY, entry=NO).entry.data is False
    assert every([into(EAST, entry=NO), into(EAST, entry=YES)]).entry.data is True
    assert into(EAST, entry=YES).nearest.data is False


def test_places_of_two_regions_are_the_evidence() -> None:
    assert two([OPEN]).data == WHY
    assert two([EAST, OPEN, WEST]).data is True
    assert two([]).data is False
