"""Results on disk come in the order of a report, however many there are."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.results.keeping import InMemory, Nothing, OnDisk
from assay.scanner.results.model import Result
from tests.scans import FAILING, judge, write


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return judge(write(tmp_path_factory.mktemp("code"), {"main.tf": FAILING}), "storage.versioning-enabled")[0]


def many(example: Result, number: int, seed: int) -> list[Result]:
    chosen = random.Random(seed)
    return [
        msgspec.structs.replace(
            example,
            severity=chosen.choice(["critical", "high", "medium", "low"]),
            message=str(at),
            resource=msgspec.structs.replace(example.resource, root=chosen.choice("abc"), address=f"a\ud800{chosen.randrange(9)}"),
        )
        for at in range(number)
    ]


@given(number=st.integers(0, 500), run=st.integers(1, 60), seed=st.integers(0, 9))
def test_what_is_on_disk_is_what_is_in_memory(example: Result, number: int, run: int, seed: int) -> None:
    results, memory, disk = many(example, number, seed), InMemory(), OnDisk(run)
    for at in range(0, number, 7):
        memory.take(results[at : at + 7])
        disk.take(results[at : at + 7])
    kept = disk.ordered()
    assert list(kept) == memory.ordered() == list(kept) and len(kept) == number and bool(kept) == bool(number)


def test_files_are_merged_before_they_are_too_many_and_go_with_it(example: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    disk = OnDisk(2)
    results = many(example, 400, 1)
    disk.take(results)
    assert 0 < len(list(tmp_path.rglob("*"))) < 70
    assert sorted(result.message for result in disk.ordered()) == sorted(result.message for result in results)
    del disk
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_kept_where_nobody_asks(example: Result) -> None:
    nothing = Nothing()
    nothing.take([example])
    assert nothing.ordered() == []
