"""Items: paths, places, nested maps, and what stands outside of properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.sources.interface import Node
from assay.scanner.sources.raw import Reference, Unknown
from tests.sources.cloudformation.reading import collect, gaps, read

TEXT = """\
AWSTemplateFormatVersion: "2010-09-09"
Conditions:
  Always: !Equals [a, a]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties:
      BucketName: orders
      Rules:
        - Id: one
          Inner:
            - {Name: x}
        - !If [Always, {Id: two}, {Id: three}]
        - !Ref AWS::NoValue
        - !If
          - Always
          - !Ref AWS::NoValue
          - Id: never
        - Id: four
          Inner:
            - {Name: y}
            - {Name: z}
      Encryption: !If
        - Always
        - Algorithm: kms
          Key: !GetAtt Key.Arn
        - !Ref AWS::NoValue
  Key:
    Type: AWS::KMS::Key
"""


@pytest.fixture
def bucket(tmp_path: Path) -> Node:
    return read(tmp_path, TEXT)["Bucket"]


def test_places(tmp_path: Path) -> None:
    item = read(tmp_path, TEXT)["Bucket"]
    assert item.type == "AWS::S3::Bucket" and item.address == "AWS::S3::Bucket.Bucket" and item.label == "Bucket"
    assert (item.location().line, item.location().end_line) == (5, 28)
    lines = {
        path: (item[path].seen[0].line, item[path].seen[0].end_line)
        for path in ("BucketName", "Encryption.Key", "Rules.1.Id", "Rules.2.Id")
    }
    assert lines == {"BucketName": (9, 9), "Encryption.Key": (27, 27), "Rules.1.Id": (14, 14), "Rules.2.Id": (20, 20)}
    assert item["Nothing"].absent and item["Nothing"].seen[0].line == 5
    assert item["#DeletionPolicy"].data == "Retain" and item["#DeletionPolicy"].seen[0].line == 7
    assert item["#UpdateReplacePolicy"].absent


def test_json_has_the_places_of_its_text(tmp_path: Path) -> None:
    content = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"A": {"B": [1, {"C": "é\n"}]}, "Z": 1}}}}
    item = read(tmp_path, {"t.json": content})["Q"]
    assert (item.location().line, item.location().end_line) == (3, 16)
    assert item["A.B.1.C"].data == "é\n" and item["A.B.1.C"].seen[0].line == 10
    assert item["Z"].seen[0].line == 14


def test_paths(bucket: Node) -> None:
    assert [bucket[f"Rules.{at}.Id"].data for at in range(4)] == ["one", "two", "four", None]
    assert bucket["Rules.Id"].data == "one", "a name leads into the first of several"
    assert bucket["Encryption.Algorithm"].data == "kms" and bucket["Encryption.Key"].data == Reference("AWS::KMS::Key.Key", "Arn")
    assert bucket["BucketName.x"].absent and bucket["Rules.99999999999999999999.Id"].absent


def test_blocks(bucket: Node) -> None:
    nodes, more = bucket.blocks("Rules")
    assert more is None and [(node["Id"].data, node.location().line) for node in nodes] == [("one", 11), ("two", 14), ("four", 20)]
    inner, more = bucket.blocks("Rules.Inner")
    assert more is None and [node["Name"].data for node in inner] == ["x", "y", "z"]
    assert [node["Algorithm"].data for node in bucket.blocks("Encryption")[0]] == ["kms"]
    assert bucket.blocks("Nothing") == ([], None)
    assert bucket.blocks("BucketName")[0] == [] and isinstance(bucket.blocks("BucketName")[1], Unknown), "a text is no map"


def test_how_many_blocks_there_are_may_not_be_known(tmp_path: Path) -> None:
    text = "Resources:\n  A:\n    Type: AWS::B::C\n    Properties:\n      L: !FindInMap [No, such, map]\n      M: [{a: 1}, !FindInMap [No, such, map]]\n"
    item = read(tmp_path, text)["A"]
    assert item.blocks("L")[0] == [] and isinstance(item.blocks("L")[1], Unknown)
    assert len(item.blocks("M")[0]) == 1 and isinstance(item.blocks("M")[1], Unknown)


def test_attributes(bucket: Node, tmp_path: Path) -> None:
    item = read(tmp_path, TEXT)["Bucket"]
    assert item.attributes().data["Encryption"] == {"Algorithm": "kms", "Key": Reference("AWS::KMS::Key.Key", "Arn")}
    assert read(tmp_path, TEXT)["Key"].attributes().data == {}


def test_resources_on_one_line_are_told_apart(tmp_path: Path) -> None:
    from assay.scanner.results import ledger

    [collection] = collect(tmp_path, {"t.json": '{"Resources":{"A":{"Type":"AWS::B::C"},"B":{"Type":"AWS::B::C"}}}'})
    assert ledger.enter(collection, set(), set()).blocks.found == 2


@pytest.mark.parametrize("properties", ["[1]", "text", "5", "!Ref Nobody", "!If [No, {a: 1}, {a: 2}]", "{'Fn::Transform': {Name: M}}"])
def test_properties_that_are_no_map(tmp_path: Path, properties: str) -> None:
    items = [
        item
        for collection in collect(tmp_path, f"Resources:\n  A:\n    Type: AWS::B::C\n    Properties: {properties}\n")
        for item in collection.items
    ]
    assert [item.address for item in items] == ["AWS::B::C.A"]
    assert isinstance(items[0]["a"].data, Unknown) and isinstance(items[0].attributes().data, Unknown)
    assert items[0].blocks("a")[0] == [] and isinstance(items[0].blocks("a")[1], Unknown)


def test_what_is_no_resource_is_a_gap(tmp_path: Path) -> None:
    collections = collect(tmp_path, "Resources:\n  A: 1\n  B: {Type: [x]}\n  C: {Type: AWS::B::C}\n  D: {Properties: {}}\n")
    assert [gap.line for gap in gaps(collections)] == [2, 3, 5]
    assert [item.address for item in collections[0].items] == ["AWS::B::C.C"]


@pytest.mark.parametrize("section", ["Parameters", "Mappings", "Conditions", "Outputs"])
def test_a_section_that_is_no_map_is_a_gap(tmp_path: Path, section: str) -> None:
    collections = collect(tmp_path, f"Resources:\n  C: {{Type: AWS::B::C}}\n{section}: [x]\n")
    assert [(gap.code, gap.reason, gap.line) for gap in gaps(collections)] == [("input_failed", f"{section} is no map", 3)]
    assert [item.address for item in collections[0].items] == ["AWS::B::C.C"]


def test_a_key_written_twice_is_a_gap(tmp_path: Path) -> None:
    for name, text in (
        ("t.yaml", "Resources:\n  A: {Type: AWS::B::C, Properties: {P: 1, P: 2}}\n"),
        ("t.json", '{"Resources": {"A": {"Type": "AWS::B::C", "Properties": {"P": 1, "P": 2}}}}'),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        collections = collect(tmp_path / name.replace(".", "_"), {name: text})
        assert [gap.code for gap in gaps(collections)] == ["duplicate_key"]
        assert collections[0].items[0]["P"].data == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.yaml", "Resources:\n  A: {Type: AWS::B::C, Properties: {P: 1}}\n  A: {Type: AWS::B::C, Properties: {P: 2}}\n  A: {Type: AWS::B::C}\n"),
        ("t.json", '{"Resources": {\n"A": {"Type": "AWS::B::C", "Properties": {"P": 1}},\n"A": {"Type": "AWS::B::C", "Properties": {"P": 2}},\n"A": {"Type": "AWS::B::C"}}}'),
    ],
)  # fmt: skip
def test_two_resources_of_one_name_are_both_there(tmp_path: Path, name: str, text: str) -> None:
    """Which of them counts is decided by the program that deploys the template; one that is public must not hide behind the other."""
    [collection] = collect(tmp_path, {name: text})
    assert {gap.code for gap in gaps([collection])} == {"duplicate_key"}
    places = {item.address: (item["P"].data, item.location().line) for item in collection.items}
    assert places == {"AWS::B::C.A#1": (1, 2), "AWS::B::C.A#2": (2, 3), "AWS::B::C.A": (None, 4)}
