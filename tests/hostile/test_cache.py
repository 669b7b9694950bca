"""What is kept between runs: nobody else's, nothing of what is scanned, and never more than fits."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.scanner import cache
from tests.hostile.test_weakened_gate import git
from tests.scans import FAILING, VERSIONING, assay, write

DAY = 24 * 60 * 60


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    write(tmp_path, {"work/main.tf": FAILING})
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "home" / "assay"


def test_what_was_kept_is_there(folder: Path) -> None:
    assert cache.read("rules-a") is None
    cache.write("rules-a", b"kept")
    assert cache.read("rules-a") == b"kept" and (folder.stat().st_mode & 0o777, len(list(folder.iterdir()))) == (0o700, 1)


def test_what_nobody_uses_is_removed(folder: Path) -> None:
    for name, days in (("old", cache.MAX_DAYS + 1), ("recent", cache.MAX_DAYS - 1)):
        cache.write(name, b"x")
        os.utime(folder / f"{name}.msgpack", (time.time() - days * DAY,) * 2)
    unfinished = folder / "tmpabc.part"
    unfinished.write_bytes(b"x")
    os.utime(unfinished, (time.time() - 2 * DAY,) * 2)
    (folder / "tmpnew.part").write_bytes(b"x")
    assert cache.read("recent") == b"x", "and now it is in use"
    cache.write("new", b"x")
    assert {path.name for path in folder.iterdir()} == {"recent.msgpack", "new.msgpack", "tmpnew.part"}
    assert time.time() - (folder / "recent.msgpack").stat().st_mtime < DAY


def test_what_an_image_brought_along_counts_for_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write("rules-a", b"kept")
    long_ago = time.time() - 100 * DAY
    os.utime(folder / "rules-a.msgpack", (long_ago, long_ago))

    def refuse(*_: object) -> None:
        raise PermissionError("of another user")

    monkeypatch.setattr(os, "utime", refuse)
    assert cache.read("rules-a") == b"kept"


def test_what_was_used_longest_ago_makes_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 3_000)
    for number in range(10):
        cache.write(f"rules-{number}", bytes(1_000))
        os.utime(folder / f"rules-{number}.msgpack", (time.time() - 100 + number,) * 2)
    assert sorted(path.name for path in folder.iterdir()) == [f"rules-{number}.msgpack" for number in (7, 8, 9)]


def _many(number: int) -> None:
    for turn in range(40):
        cache.write(f"rules-{number}-{turn % 5}", bytes(100_000))
        assert cache.read(f"rules-{number}-{turn % 5}") in (None, bytes(100_000))


def test_several_runs_at_once_do_not_hurt_each_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 500_000)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.map(_many, range(4))
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 500_000


def in_the_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q", ".")
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path.cwd() / ".cache"))
    monkeypatch.chdir("/")


def below_the_working_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path.cwd() / ".cache"))


def relative(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", ".cache")
    monkeypatch.setenv("HOME", ".")


def linked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (Path.cwd() / "there").mkdir()
    folder.parent.symlink_to(Path.cwd() / "there")


@pytest.mark.parametrize("place", [in_the_repository, below_the_working_directory, relative, linked])
def test_a_tree_holds_no_cache(place: Callable[..., None], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Path.cwd()
    place(folder, monkeypatch)
    for kept in (tree / ".cache", tree / "there"):
        write(kept, {"assay/rules-a.msgpack": "x"})
        (kept / "assay" / "rules-a.msgpack").chmod(0o600)
    assert cache.read("rules-a") is None
    cache.write("rules-a", b"y")
    assert not list(tree.rglob("*.part")) and {path.read_text() for path in tree.rglob("*.msgpack")} == {"x"}


def test_a_file_that_others_can_write_to_does_not_count(folder: Path) -> None:
    cache.write("rules-a", b"x")
    (folder / "rules-a.msgpack").chmod(0o666)
    assert cache.read("rules-a") is None
    (folder / "rules-a.msgpack").chmod(0o600)
    folder.chmod(0o777)
    assert cache.read("rules-a") is None
    cache.write("rules-b", b"x")
    assert cache.read("rules-a") == b"x", "the folder is closed again"


def test_pipes_and_links_are_not_opened(folder: Path) -> None:
    cache.write("rules-a", b"x")
    os.mkfifo(folder / "rules-p.msgpack", 0o600)
    (folder / "rules-l.msgpack").symlink_to(folder / "rules-a.msgpack")
    assert cache.read("rules-p") is None and cache.read("rules-l") is None


def test_a_folder_that_cannot_be_made_costs_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/no")
    assert assay("scan", ".", *VERSIONING).exit_code == 1
