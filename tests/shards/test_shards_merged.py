"""Whatever the shards, wherever they are kept and in whatever order they are named: what comes out is the run that is not cut."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.judge import Judged, SourceDigest
from assay.scanner.shards import lines
from assay.scanner.shards import plan as plans
from assay.scanner.shards.errors import ShardError
from assay.scanner.shards.merging import MISSING, Shards
from assay.scanner.shards.store import Folder, opened
from assay.scanner.shards.writing import _written, name_of, write
from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.interface import Share
from tests.shards import runs


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = runs.tree(tmp_path_factory.mktemp("scanned"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def whole(scanned: Path) -> tuple[list[Judged], list[SourceDigest]]:
    return runs.share(runs.options(scanned))


def kept(parts: list[Judged], seen: list[SourceDigest], plan: plans.ShardPlan, folders: list[Path]) -> None:
    """Write all shards, each to one of the folders."""
    for index in range(plan.of):
        folder = folders[index % len(folders)]
        folder.mkdir(exist_ok=True)
        (folder / plans.NAME).write_bytes(plan.encoded())
        mine = [part for part in parts if Share(index, plan.of).behind(part.at[0]).takes(part.at[1])]
        _written(str(folder / name_of(index, plan.of)), plan, index, mine, seen)


@pytest.mark.parametrize("of", [1, 2, 3, 7])
def test_the_shards_of_a_run_share_its_collections(scanned: Path, whole: tuple[list[Judged], list[SourceDigest]], of: int) -> None:
    shares = [runs.share(runs.options(scanned), Share(index, of)) for index in range(of)]
    together = sorted((part for parts, _ in shares for part in parts), key=lambda part: part.at)
    assert runs.comparable(together) == runs.comparable(whole[0])
    assert all(seen == whole[1] for _, seen in shares)
    assert len(whole[0]) > 12 and {result.verdict for part in whole[0] for result in part.results} >= {"pass", "fail", "unknown"}
    ledgers = [Coverage.merged(part.coverage for part in parts) for parts in (together, whole[0])]
    assert ledgers[0] == ledgers[1] and ledgers[0].gaps != []


@pytest.mark.parametrize(
    "changes",
    [
        {"variables": {"n": "1", "nowhere": "x"}, "must_declare": ["n", "nowhere"]},
        {"parameters": {"P": "1", "Nowhere": "x"}, "must_take": ["P", "Nowhere"]},
        {"libraries": ["modules/*", "maybe"]},
        {"workspace": "prod", "exclude": ["roots/r3"]},
    ],
    ids="-".join,
)
def test_the_shards_of_a_run_share_its_collections_whatever_is_asked(scanned: Path, changes: dict[str, Any]) -> None:
    options = runs.options(scanned, **changes)
    parts, seen = runs.share(options)
    shares = [runs.share(options, Share(index, 5)) for index in range(5)]
    together = sorted((part for some, _ in shares for part in some), key=lambda part: part.at)
    assert runs.comparable(together) == runs.comparable(parts) and all(told == seen for _, told in shares)
    assert Coverage.merged(part.coverage for part in together) == Coverage.merged(part.coverage for part in parts)


@settings(max_examples=25)
@given(of=st.integers(1, 24), places=st.integers(1, 4), seed=st.integers())
def test_shards_merge_to_the_same_in_any_number_and_order(
    tmp_path_factory: pytest.TempPathFactory, scanned: Path, whole: tuple[list[Judged], list[SourceDigest]], of: int, places: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("shards")
    folders = [folder / str(number) for number in range(places)]
    kept(*whole, runs.plan(runs.options(scanned), of), folders[:of])
    stores = [opened(str(folder)) for folder in folders[:of]]
    random.Random(seed).shuffle(stores)
    merged = Shards(stores)
    assert runs.comparable(list(merged.judged())) == runs.comparable(whole[0])
    assert merged.lost == []
    shutil.rmtree(folder)


def test_a_large_collection_is_in_pieces(
    tmp_path: Path, scanned: Path, whole: tuple[list[Judged], list[SourceDigest]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PIECE", 3)
    kept(*whole, runs.plan(runs.options(scanned), 2), [tmp_path])
    texts = [line for index in (0, 1) for line in gzip.decompress((tmp_path / name_of(index, 2)).read_bytes()).splitlines()]
    assert sum(b'"more":true' in text for text in texts) > 3
    assert runs.comparable(list(Shards([Folder(str(tmp_path))]).judged())) == runs.comparable(whole[0])


def test_no_sensitive_text_is_in_a_shard(tmp_path: Path, scanned: Path, whole: tuple[list[Judged], list[SourceDigest]]) -> None:
    assert any("hunter2-hunter2" in part.sensitive for part in whole[0])
    kept(*whole, runs.plan(runs.options(scanned), 1), [tmp_path])
    assert b"hunter2" not in gzip.decompress((tmp_path / name_of(0, 1)).read_bytes()) + (tmp_path / plans.NAME).read_bytes()
    assert any(part.sensitive == [""] for part in Shards([Folder(str(tmp_path))]).judged())


def missing(folder: Path) -> list[tuple[str, str]]:
    judged = list(Shards([Folder(str(folder))]).judged())
    gaps = {gap for part in judged for gap in part.coverage.gaps if gap.code == MISSING}
    assert {part.source for part in judged if gaps.intersection(part.coverage.gaps)} == {"code", "live"}
    return [(gap.scope, gap.reason) for gap in gaps]


def test_a_shard_that_is_not_there_is_a_gap(tmp_path: Path, scanned: Path, whole: tuple[list[Judged], list[SourceDigest]]) -> None:
    kept(*whole, runs.plan(runs.options(scanned), 3), [tmp_path])
    (tmp_path / name_of(1, 3)).unlink()
    assert [scope for scope, _ in missing(tmp_path)] == ["shard 2/3"]


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def without_end(content: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(content).splitlines(keepends=True)[:-1]))


def changed(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content).replace(b'"fail"', b'"pass"'))


def swapped(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content).replace(b'"index":1', b'"index":0', 1))


def nonsense(content: bytes) -> bytes:
    return gzip.compress(b'{"judged": {"at": "x"}}\n')


def headless(content: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(content).splitlines(keepends=True)[1:]))


@pytest.mark.parametrize("damage", [cut, without_end, changed, swapped, nonsense, headless, lambda _: b"", lambda _: b"no gzip"])
def test_a_shard_that_is_not_whole_is_a_gap(
    damage: object, tmp_path: Path, scanned: Path, whole: tuple[list[Judged], list[SourceDigest]]
) -> None:
    kept(*whole, runs.plan(runs.options(scanned), 3), [tmp_path])
    path = tmp_path / name_of(1, 3)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert [scope for scope, _ in missing(tmp_path)] == ["shard 2/3"]


def test_shards_that_saw_different_collections_leave_a_gap(
    tmp_path: Path, scanned: Path, whole: tuple[list[Judged], list[SourceDigest]]
) -> None:
    plan = runs.plan(runs.options(scanned), 2)
    parts, seen = whole
    kept(parts, seen, plan, [tmp_path])
    other = [msgspec.structs.replace(entry, collections=entry.collections + 1) for entry in seen]
    _written(str(tmp_path / name_of(1, 2)), plan, 1, [part for part in parts if sum(part.at) % 2], other)
    gaps = [gap for part in Shards([Folder(str(tmp_path))]).judged() for gap in part.coverage.gaps]
    assert any("not the same for all that judged a part of it" in gap.reason for gap in gaps)


def test_shards_of_two_plans_are_refused(tmp_path: Path, scanned: Path) -> None:
    for name, of in (("a", 2), ("b", 3)):
        (tmp_path / name).mkdir()
        (tmp_path / name / plans.NAME).write_bytes(runs.plan(runs.options(scanned), of).encoded())
    with pytest.raises(ShardError, match="how many shards there are"):
        Shards([Folder(str(tmp_path / name)) for name in "ab"])


def test_a_folder_without_shards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ShardError, match="holds no shards"):
        Shards([Folder(str(tmp_path / "nothing"))])


def test_a_shard_is_judged_once(tmp_path: Path, scanned: Path) -> None:
    options, store = runs.options(scanned), Folder(str(tmp_path / "shards"))
    rules = runs.rules_of(options.paths[0])
    first = write(options, rules, 0, 2, store)
    content = (tmp_path / "shards" / first.name).read_bytes()
    again = write(options, rules, 0, 2, store)
    assert not first.was_there and first.results > 0 and again.was_there and store.list() == [plans.NAME, first.name]
    assert (tmp_path / "shards" / first.name).read_bytes() == content


def test_another_plan_is_refused_where_shards_are(tmp_path: Path) -> None:
    folder = runs.tree(tmp_path / "code")
    options, store = runs.options(folder), Folder(str(tmp_path / "shards"))
    rules = runs.rules_of(options.paths[0])
    write(options, rules, 0, 2, store)
    with pytest.raises(ShardError, match="how many shards"):
        write(options, rules, 0, 3, store)
    with pytest.raises(ShardError, match=r"the options \(region\)"):
        write(runs.options(folder, region="eu-central-1"), rules, 1, 2, store)
    (folder / "README.md").write_text("more")
    with pytest.raises(ShardError, match="the files"):
        write(options, rules, 1, 2, store)


def test_the_values_of_variables_are_no_part_of_a_plan_that_can_be_read(tmp_path: Path) -> None:
    folder = runs.tree(tmp_path)
    first, second = (runs.plan(runs.options(folder, variables={"password": value}), 2) for value in ("hunter2", "hunter3"))
    assert b"hunter" not in first.encoded() and "variables" in plans.difference(first, second)
