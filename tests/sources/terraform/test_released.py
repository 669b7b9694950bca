"""Blocks of root modules that were judged are let go once there are many, and are read again where somebody asks."""

from __future__ import annotations

from pathlib import Path

from assay.scanner.sources.overlay import DISK
from assay.scanner.sources.terraform import directories
from assay.scanner.sources.terraform.state_texts import StateTexts
from tests.scans import write


def test_only_so_many_blocks_are_kept(tmp_path: Path) -> None:
    number = directories._KEPT_BLOCKS // 2 + 1
    code = "".join(f'resource "probe" "p{at}" {{\n}}\n' for at in range(number))
    names = [str(write(tmp_path / name, {"main.tf": code})) for name in ("a", "b")]
    read = directories.Directories([str(tmp_path)], DISK, str)
    first, second = (read.load(name) for name in names)
    read.release(names[0])
    assert read.load(names[0]) is first and len(first) == number
    read.release(names[1])
    read.release(names[1])
    assert read.load(names[0]) is not first and len(read.load(names[0])) == number, "the oldest goes"
    assert read.load(names[1]) is second


def test_directories_are_told_by_texts_that_stand_by_themselves() -> None:
    texts = StateTexts(
        [("a", [b'backend "s3" { key = "net/prod.tfstate" }']), ("b", [b'key = "net/prod.tfstate"']), ("c", [b'backend "a\\"b"'])]
    )
    assert texts.holding("net/prod.tfstate") == ["a"] == texts.holding("prod.tfstate")
    assert texts.holding("prod") == [] == texts.holding('"')
