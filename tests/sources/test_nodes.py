"""Nodes of plain data, of doubtful existence, and declared elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.nodes import DataNode, Doubtful, Elsewhere, as_nodes, step
from assay.scanner.sources.raw import Document, Location, Reference, Text, Unknown
from tests.sources.terraform.reading import read

WHY = Unknown("why", "how")
SEEN = Location("a.tf", 1)


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        ({"a": 1}, "a", 1),
        ({"a": 1}, "b", None),
        ([{"a": 1}, {"a": 2}], "a", 1),
        ([{"a": 1}, {"a": 2}], "1", {"a": 2}),
        ([], "a", None),
        ([], "0", None),
        ([WHY], "a", WHY),
        ([[1]], "a", None),
        (WHY, "a", WHY),
        (Reference("a.b"), "a", Reference("a.b")),
        (Text(("x", WHY)), "a", None),
        (Document({"a": 1}), "a", None),
        ("text", "a", None),
        (None, "a", None),
        (5, "0", None),
        ([1], "\u00b2", None),
    ],
)
def test_one_step_down(data: Any, name: str, expected: Any) -> None:
    assert step(data, name) == expected


def test_paths_and_blocks_of_data() -> None:
    node = DataNode({"a": [{"b": {"c": 1}}, WHY, "text"]}, SEEN)
    assert node["a.b.c"].data == 1 and node["a.b.c"].seen == (SEEN,) and node["x.y"].absent
    nodes, more = node.blocks("a")
    assert [node["b.c"].data for node in nodes] == [1] and more is WHY


@pytest.mark.parametrize(
    ("data", "count", "doubt"),
    [
        (None, 0, False),
        (WHY, 0, True),
        ({}, 1, False),
        ([{}, {}], 2, False),
        ([Reference("a.b")], 0, True),
        (Reference("a.b"), 0, True),
        ("x", 0, True),
        ([{}, None], 1, False),
        ([{}, "x"], 1, True),
    ],
)
def test_data_as_nodes(data: Any, count: int, doubt: bool) -> None:
    nodes, more = as_nodes(data, SEEN)
    assert len(nodes) == count and isinstance(more, Unknown) is doubt


def test_everything_below_a_doubtful_node_is_unknown() -> None:
    node = Doubtful(DataNode({"a": 1}, SEEN), WHY)
    assert node["a"].data is WHY and node.blocks("a") == ([], WHY) and node.link("a").data == 1 and node.location() == SEEN


def test_a_resource_declared_elsewhere_has_the_place_of_the_one_that_names_it(tmp_path: Path) -> None:
    by = read(tmp_path, 'provider "aws" {\n  region = "us-east-1"\n}\nresource "aws_s3_bucket_policy" "p" {}\n')["aws_s3_bucket_policy.p"]
    item = Elsewhere("aws_s3_bucket", "logs", by)
    assert "declared elsewhere" in item["acl"].data.reason and isinstance(item.attributes().data, Unknown)
    assert (item.region.data, item.location(), item.address, item.named) == ("us-east-1", by.location(), by.address, "logs")
