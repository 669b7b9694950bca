"""No template makes reading fail, run long or read what it must not."""

from __future__ import annotations

import copy
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.sources.interface import Collection
from assay.scanner.sources.templates.syntax import Malformed, parse, size
from tests.patience import SOON
from tests.sources.cloudformation.reading import collect, gaps

TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": ["AWS::LanguageExtensions"],
    "Parameters": {
        "Env": {"Type": "String"},
        "List": {"Type": "CommaDelimitedList", "Default": "a,b"},
        "N": {"Type": "Number", "Default": 1},
    },
    "Mappings": {"M": {"a": {"k": "v"}, "prod": {"k": "w"}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Region"}, "x"]}]}]},
    },
    "Resources": {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Condition": "IsProd",
            "Properties": {
                "BucketName": {"Fn::Sub": ["${Env}-${x}-${Key.Arn}", {"x": {"Fn::Select": [0, {"Ref": "List"}]}}]},
                "A": {"Fn::If": ["Both", {"Fn::FindInMap": ["M", {"Ref": "Env"}, "k"]}, {"Ref": "AWS::NoValue"}]},
                "Rules": [{"Id": 1}, {"Fn::If": ["IsProd", {"Id": 2}, {"Id": 3}]}, {"Fn::Join": ["-", ["a", {"Fn::Split": [",", "b,c"]}]]}],
                "Policy": {"Statement": [{"Principal": {"AWS": {"Fn::GetAtt": ["Key", "Arn"]}}, "Condition": {"Bool": {"x": "true"}}}]},
                "J": {"Fn::ToJsonString": {"a": {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, "b": {"Fn::Base64": "x"}}},
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Metadata": {"aws:cdk:path": "A/B/Resource"}},
        "Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "c.json", "Parameters": {"Env": {"Ref": "Env"}}}},
        "Fn::ForEach::L": ["X", {"Ref": "List"}, {"T${X}": {"Type": "AWS::SNS::Topic", "Properties": {"N": {"Ref": "X"}}}}],
    },
    "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Child", "Outputs.O"]}, "Export": {"Name": {"Fn::Sub": "${Env}"}}, "Condition": "Both"}},
}
PATHS = (
    "BucketName",
    "A",
    "Rules.1.Id",
    "Rules.Id",
    "Policy.Statement.0.Principal.AWS",
    "J",
    "#DeletionPolicy",
    "#Metadata.aws:cdk:path",
    "x.y",
)


def exercise(collections: list[Collection]) -> None:
    for collection in collections:
        for item in [*collection.items, *collection.context]:
            assert isinstance(item.address, str) and isinstance(item.label, str) and item.location().file
            for path in PATHS:
                assert item[path].seen and item.link(path) is not None and isinstance(item.blocks(path)[0], list)
            assert item.attributes().data is not None and item.region is not None and item.origins is not None
            assert item.coexists(collection.items[0]) in (True, False)


def mutations(data: Any) -> list[tuple[Any, Any]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, value in inner for place in [(data, key), *mutations(value)]]


VALUES: list[Any] = [
    None, [], {}, 5, "x", True, [None], [[]], {"a": None}, {"Ref": "Env"}, {"Ref": "AWS::NoValue"}, {"Fn::If": ["IsProd", 1, {"a": 1}]},
    {"Fn::GetAtt": ["Child", "Outputs.O"]}, {"Fn::Transform": {"Name": "X"}}, {"Fn::ImportValue": {"Ref": "Env"}}, {"Condition": "Both"},
    "AWS::Serverless-2016-10-31", "${Env}", {"Fn::ForEach::Z": ["Q", ["1"], {"k${Q}": "v"}]}, 1e400, -1, "{{resolve:ssm:x}}",
]  # fmt: skip


@pytest.mark.long
@settings(max_examples=250, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_change_to_a_template_makes_reading_fail(data: st.DataObject) -> None:
    content = copy.deepcopy(TEMPLATE)
    for _ in range(data.draw(st.integers(1, 3))):
        places = mutations(content)
        if not places:
            break
        holder, key = places[data.draw(st.integers(0, len(places) - 1))]
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(VALUES)))
    with tempfile.TemporaryDirectory() as top:
        exercise(collect(Path(top), {"t.json": content, "c.json": TEMPLATE}))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_change_to_the_text_makes_reading_fail(data: st.DataObject) -> None:
    text = (Path(__file__).parent / "data" / "functions.yaml").read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        more = data.draw(
            st.sampled_from(["", "\n", "\t", "- ", ": ", "!Ref ", "!Sub ", "&a ", "*a ", "[", "]", "{", "}", "#", "'", '"', "|", "\0", "é"])
        )
        text = text[:at] + more + text[at + data.draw(st.integers(0, 5)) :]
    with tempfile.TemporaryDirectory() as top:
        exercise(collect(Path(top), {"t.yaml": text.encode()}))


@pytest.mark.parametrize(
    "source",
    [
        b"[" * 100_000, b"- " * 100_000, b"{a: " * 100_000, b"a: &a [*a]", b"a: *b", b"\x00", b"\xff\xfe\x00\xd8", b"\xff\xfea", b"a: 1\n---\nb: 2", b"? [a]\n: 1",
        b"%YAML 9.9\n---\na: 1", b"!!python/object/apply:os.system [x", b"{" + b'"a":{' * 50_000, b"{" * 10, b'{"a": 1', b"a:\tb: c", b"\xef\xbb\xbf[",
        b"x: " + b"9" * 11_000_000,
        b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [%s]\n" % (at, at, b", ".join([b"*a%d" % (at - 1)] * 10)) for at in range(1, 12)),
    ],
)  # fmt: skip
def test_text_that_is_none(source: bytes) -> None:
    with pytest.raises(Malformed):
        parse(source)


def test_tags_of_other_languages_make_nothing() -> None:
    assert parse(b"a: !!python/object/apply:os.system ['false']").data == {"a": ["false"]}
    assert parse(b"a: 1" + b"0" * 5000).data == {"a": "1" + "0" * 5000}


def test_size_counts_what_is_shared_each_time() -> None:
    data: Any = ["x"] * 10
    for _ in range(4):
        data = [data] * 10
        assert len(data) == 10
    assert size(data[0]) == 11_111 and size([1, 2]) == 3
    with pytest.raises(Malformed):
        size(data)


def test_a_template_cannot_be_made_to_run_long(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(90):
        deep = {"Fn::ToJsonString": {"\\\\": deep}} if _ % 2 else {"Fn::Base64": deep}
    wide: Any = {"Fn::Sub": "${A}" * 5000}
    ten = {"Fn::Join": ["", [{"Fn::GetAtt": ["Self", "Outputs.O"]}] * 10]}
    started = time.process_time()
    content = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"A": {"Type": "String", "Default": "y" * 5000}},
        "Resources": {
            "R": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": deep, "A": wide, "J": {"Fn::GetAtt": ["Self", "Outputs.O"]}}},
            "Self": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "c0.json"}},
        },
    }
    files: dict[str, Any] = {"t.json": content}
    for at in range(8):
        inner = {"Self": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"c{at + 1}.json"}}}
        value = ten if at < 7 else "z" * 1000
        files[f"c{at}.json"] = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": inner if at < 7 else {},
            "Outputs": {"O": {"Value": value}},
        }
    exercise(collect(tmp_path, files))
    assert time.process_time() - started < SOON


def test_other_yaml_and_json_is_passed_over(tmp_path: Path) -> None:
    files = {
        "values.yaml": "image: x  # AWS:: Resources\n",
        "chart.yaml": "{{ if .Values.x }}\nkind: AWS::X  # Resources\n{{ end }}\n",
        "many.yaml": "a: AWS::X\n---\nb: Resources\n",
        "package.json": {"a": "AWS::", "Resources": ["x"]},
        "other.json": {"Resources": {"a": {"Type": "text"}}, "b": "AWS::"},
    }
    assert collect(tmp_path, files) == []


def test_a_broken_template_is_a_gap(tmp_path: Path) -> None:
    text = 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  A:\n    Type: AWS::S3::Bucket\n   Properties: {}\n'
    [gap] = gaps(collect(tmp_path, text))
    assert gap.code == "parse_error" and gap.line == 5
    [gap] = gaps(collect(tmp_path / "j", {"t.json": '{\n"Resources": {"A": {"Type": "AWS::X::Y"}}\n'}))
    assert gap.code == "parse_error"


def test_files_outside_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(json.dumps(TEMPLATE), "utf-8")
    top = tmp_path / "repository"
    (top / ".git").mkdir(parents=True)
    (top / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    text = "Resources:\n" + "".join(
        f"  S{at}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}\n"
        for at, url in enumerate(("../secret.yaml", "link.yaml"))
    )
    collections = collect(top, text)
    assert [gap.code for gap in gaps(collections)] == ["module_missing", "module_missing"]
    assert len(collections) == 1 and len(collections[0].items) == 2
