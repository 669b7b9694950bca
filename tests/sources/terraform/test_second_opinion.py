"""tfparse (Trivy's parser) evaluates the reference deployments too: where both know a plain value, it is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tfparse

from tests.sources.terraform.reading import collect

FIXTURES = Path(__file__).parents[3] / "fixtures" / "trade_streamer"


def plain(value: Any) -> bool:
    return isinstance(value, (str, bool, int))


@pytest.mark.parametrize(("deployment", "at_least"), [("aws", 1000), ("gcp", 400)])
def test_both_readers_say_the_same(deployment: str, at_least: int) -> None:
    root = FIXTURES / deployment / "terraform" / "environments" / "prod"
    ours = {item.address: item for item in next(each for each in collect_root(root)).items}
    compared, different = 0, []
    for blocks in tfparse.load_from_path(str(root)).values():
        for block in blocks:
            item = ours.get(block["__tfmeta"]["path"])
            if item is None:
                continue
            for name, theirs in block.items():
                mine = item[name].data
                if name.startswith("__") or not plain(theirs) or not plain(mine):
                    continue
                compared += 1
                if theirs != mine and not known(block["__tfmeta"]["path"], name, mine, theirs):
                    different.append((block["__tfmeta"]["path"], name, mine, theirs))
    assert different == []
    assert compared > at_least


def collect_root(root: Path) -> Any:
    from scanner.sources.terraform.hcl import TerraformSource

    return TerraformSource([str(root)], boundary=[str(FIXTURES)]).collect()


def known(address: str, name: str, mine: Any, theirs: Any) -> bool:
    return False


def test_every_resource_that_tfparse_finds_is_found() -> None:
    root = FIXTURES / "aws" / "terraform" / "environments" / "prod"
    (collection,) = collect_root(root)
    ours = {item.address for item in collection.items}
    theirs = {block["__tfmeta"]["path"] for blocks in tfparse.load_from_path(str(root)).values() for block in blocks if block["__tfmeta"]["type"] == "resource"}
    assert theirs - ours == set()


def test_collecting_everything_leaves_no_gap() -> None:
    assert [gap for each in collect(FIXTURES) for gap in each.coverage.gaps] == []
