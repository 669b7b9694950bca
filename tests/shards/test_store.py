"""Shards in a folder, in a bucket of a moto server over HTTP, and in one of a server that speaks as Cloud Storage does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assay.scanner.buckets.errors import BucketError
from assay.scanner.errors import AssayError
from assay.scanner.shards.errors import ShardError
from assay.scanner.shards.store import Store, opened
from tests.buckets import servers
from tests.scans import FAILING, PASSING, VERSIONING, assay, write

pytest.importorskip("obstore")


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    yield from servers.s3("assay-shards")


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from servers.cloud_storage("assay-shards", tmp_path_factory.mktemp("google"))


@pytest.fixture(params=["folder", "s3", "gs"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return opened(str(tmp_path / "shards"))
    if request.param == "gs":
        return opened(f"{request.getfixturevalue('google')}/{tmp_path.name}")
    return opened(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], str]:
    def written(content: bytes) -> str:
        path = tmp_path / "content"
        path.write_bytes(content)
        return str(path)

    return written


def test_what_was_put_is_listed_and_read(store: Store, file: Callable[[bytes], str]) -> None:
    assert store.list() == []
    content = bytes(range(256)) * 100_000
    assert store.put("b", file(content)) and store.put("a", file(b""))
    assert store.list() == ["a", "b"]
    with store.read("b") as read:
        assert read.read(3) == content[:3] and read.read() == content[3:]
    with store.read("a") as read:
        assert read.read() == b""


def test_a_name_is_written_once(store: Store, file: Callable[[bytes], str]) -> None:
    assert store.put("name", file(b"first"))
    assert not store.put("name", file(b"second"))
    with store.read("name") as read:
        assert read.read() == b"first"


def test_of_several_at_once_one_counts(store: Store, tmp_path: Path) -> None:
    kept: list[tuple[int, bool]] = []

    def put(number: int) -> None:
        path = tmp_path / str(number)
        path.write_bytes(str(number).encode() * 1000)
        kept.append((number, store.put("name", str(path))))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [number for number, first in kept if first]
    with store.read("name") as read:
        assert read.read() == str(winner).encode() * 1000
    assert store.list() == ["name"]


def test_what_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(AssayError, match="nothing"):
        store.read("nothing").read()


def test_a_bucket_that_is_not_there_is_refused(bucket: str) -> None:
    with pytest.raises(BucketError, match="s3://assay-no-such-bucket") as refused:
        opened("s3://assay-no-such-bucket/a").list()
    assert "\n" not in str(refused.value)


def test_a_run_in_a_bucket_is_the_run_in_a_folder(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"code/a/main.tf": PASSING, "code/b/main.tf": FAILING})
    monkeypatch.chdir(tmp_path)
    reports = []
    for out in (f"{bucket}/deep/run", "shards"):
        for number in ("1/2", "2/2"):
            assert assay("scan", "code", *VERSIONING, "--shard", number, "--out", out).exit_code == 0
        ran = assay("merge", out, "-r", "json")
        assert ran.exit_code == 1
        reports.append({name: value for name, value in json.loads(ran.stdout).items() if name != "run"})
    assert reports[0] == reports[1]
    assert "is there already" in assay("scan", "code", *VERSIONING, "--shard", "1/2", "--out", f"{bucket}/deep/run").stderr


@pytest.mark.parametrize("where", ["ftp://host/a", "http://host/a", "az://account/a"])
def test_other_places_are_refused(where: str) -> None:
    with pytest.raises(ShardError, match="shards are kept in a folder"):
        opened(where)
