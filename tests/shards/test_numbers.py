"""Which shard a process judges."""

from __future__ import annotations

import pytest

from assay.scanner.shards import numbers
from assay.scanner.shards.errors import ShardError
from assay.scanner.shards.numbers import SYSTEMS


@pytest.mark.parametrize(("text", "index", "of"), [("1/1", 0, 1), ("3/8", 2, 8), ("8/8", 7, 8)])
def test_a_shard_is_counted_from_one(text: str, index: int, of: int) -> None:
    assert numbers.parse(text, {}) == (index, of)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1/0", "1/100001", "1", "a/b", "-1/2", "1/2/3", "", "1 /2", "AUTO"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ShardError, match="--shard"):
        numbers.parse(text, {})


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_each_system_numbers_its_processes(system: numbers.System) -> None:
    told = [numbers.parse("auto", {system.index: str(system.first + at), system.total: "3"}) for at in range(3)]
    assert told == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_one_more_than_there_are_is_refused(system: numbers.System) -> None:
    with pytest.raises(ShardError, match="there is no"):
        numbers.parse("auto", {system.index: str(system.first + 3), system.total: "3"})


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "nothing numbers this process"),
        ({"JOB_COMPLETION_INDEX": "3"}, "ASSAY_SHARDS does not say of how many"),
        ({"AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": ""}, "does not say of how many"),
        ({"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "2", "JOB_COMPLETION_INDEX": "0"}, "Kubernetes .* and GitLab CI"),
        ({"CI_NODE_INDEX": "one", "CI_NODE_TOTAL": "2"}, "are no numbers"),
    ],
)
def test_a_number_in_doubt_is_refused(environment: dict[str, str], told: str) -> None:
    with pytest.raises(ShardError, match=told):
        numbers.parse("auto", environment)


def test_what_the_command_line_says_counts_whatever_a_system_says() -> None:
    assert numbers.parse("2/3", {"JOB_COMPLETION_INDEX": "0"}) == (1, 3)
