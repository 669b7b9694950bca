"""tfparse (Trivy's parser) evaluates the reference deployments too: where both know a plain value, it is the same."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import pytest
import tfparse

from assay.scanner.sources.terraform.hcl import TerraformSource
from tests.sources.terraform.reading import collect

KEYS = re.compile(r'\[("[^"]*"|[^\]]*)\]')
FIXTURES = Path(__file__).parents[3] / "fixtures" / "trade_streamer"


def plain(value: Any) -> bool:
    return isinstance(value, (str, bool, int))


@pytest.mark.parametrize(("deployment", "at_least"), [("aws", 1700), ("gcp", 1500)])
def test_both_readers_say_the_same(deployment: str, at_least: int) -> None:
    root = FIXTURES / deployment / "terraform" / "environments" / "prod"
    ours = {item.address: item for item in next(collection for collection in collect_root(root)).items}
    compared, different = 0, []
    for address, block in second(root):
        for name, theirs in block.items() if address in ours else ():
            mine = ours[address][name].data
            if name.startswith("__") or not plain(theirs) or not plain(mine):
                continue
            compared += 1
            if theirs != mine and "${" not in str(theirs):  # tfparse leaves templates that it does not resolve as they are written
                different.append((address, name, mine, theirs))
    assert different == []
    assert compared > at_least


@functools.cache
def collect_root(root: Path) -> list[Any]:
    return list(TerraformSource([str(root)], boundary=[str(FIXTURES)]).collect())


@functools.cache
def second(root: Path) -> list[tuple[str, dict[str, Any]]]:
    """Address and attributes of every block that tfparse finds."""
    read = tfparse.load_from_path(str(root), vars_paths=["terraform.tfvars"])
    return [(block["__tfmeta"]["path"], block) for blocks in read.values() for block in blocks]


@pytest.mark.parametrize("deployment", ["aws", "gcp"])
def test_every_resource_that_tfparse_finds_is_found(deployment: str) -> None:
    root = FIXTURES / deployment / "terraform" / "environments" / "prod"
    ours = {KEYS.sub("", item.address) for collection in collect_root(root) for item in collection.items}
    resource = re.compile(r"(module\.[^.]+\.)*(data\.)?(aws|google|random|archive)_\w+\.")
    theirs = {KEYS.sub("", address) for address, _ in second(root) if resource.match(KEYS.sub("", address))}
    assert len(theirs) > 150 and theirs - ours == set()


def test_the_reference_deployments_are_read_without_gaps() -> None:
    assert [str(gap) for collection in collect(FIXTURES) for gap in collection.coverage.gaps] == []
