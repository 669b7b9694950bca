"""Which file an address of a nested stack's template stands for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assay.scanner.sources.cloudformation.nesting import nested_path
from assay.scanner.sources.cloudformation.template import Template
from assay.scanner.sources.templates.syntax import parse

CHILD = {
    "Parameters": {"Vpc": {"Type": "String"}, "Env": {"Type": "String", "Default": "dev"}},
    "Resources": {"T": {"Type": "AWS::SNS::Topic"}},
}
GIVEN = {"Vpc": "vpc-1"}
BUCKET = "https://${Bucket}.s3.${AWS::Region}.amazonaws.com/"


def _template(path: str, data: Any) -> Template:
    return Template(path, path, parse(json.dumps(data).encode()))


def _found(url: Any, files: set[str], parameters: Any = None, parent: str = "deploy/templates/main.yaml", child: Any = None) -> str | None:
    properties = {"TemplateURL": url, "Parameters": GIVEN if parameters is None else parameters}
    caller = _template(parent, {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": properties}}})
    templates = {path: _template(path, child or CHILD) for path in files}
    return nested_path(caller, caller.resources["N"], templates.get)


@pytest.mark.parametrize(
    ("url", "files", "expected"),
    [
        (BUCKET + "network.yaml", {"deploy/templates/network.yaml"}, "deploy/templates/network.yaml"),
        ("https://s3.amazonaws.com/bucket/trade/network.yaml", {"deploy/templates/network.yaml"}, "deploy/templates/network.yaml"),
        # a name alone is looked for beside the template
        (BUCKET + "network.yaml", {"deploy/network.yaml", "network.yaml"}, None),
        # more of the address tells more
        (BUCKET + "vpc/network.yaml", {"deploy/templates/network.yaml", "vpc/network.yaml"}, "vpc/network.yaml"),
        (BUCKET + "vpc/network.yaml", {"deploy/vpc/network.yaml", "vpc/network.yaml"}, "deploy/vpc/network.yaml"),
        (BUCKET + "${Prefix}vpc/network.yaml", {"vpc/network.yaml"}, "vpc/network.yaml"),
        ("${Root}/vpc/network.yaml", {"vpc/network.yaml"}, "vpc/network.yaml"),
        # which template it is hangs on a parameter
        (BUCKET + "${Env}.yaml", {"deploy/templates/network.yaml"}, None),
        (BUCKET + "network.yaml?versionId=1", {"deploy/templates/network.yaml"}, None),
        (BUCKET + "vpc/../network.yaml", {"deploy/templates/network.yaml", "deploy/network.yaml"}, "deploy/templates/network.yaml"),
        ("./${Env}/network.yaml", {"deploy/templates/network.yaml"}, None),
        (BUCKET + "main.yaml", {"deploy/templates/main.yaml"}, None),
    ],
)
def test_the_end_of_an_address_tells_the_file(url: str, files: set[str], expected: str | None) -> None:
    assert _found({"Fn::Sub": url}, files) == expected
    assert _found({"Fn::Sub": [url, {"Bucket": "b"}]}, files) == expected


def test_addresses_are_read_through_functions() -> None:
    files = {"deploy/templates/network.yaml"}
    joined = {"Fn::Join": ["", ["https://", {"Ref": "Bucket"}, ".s3.amazonaws.com/", {"Fn::FindInMap": ["A", "B", "C"]}, "/network.yaml"]]}
    assert _found(joined, files)
    assert _found({"Fn::If": ["Test", "https://s3.amazonaws.com/test/trade/network.yaml", {"Fn::Sub": BUCKET + "network.yaml"}]}, files)
    assert not _found({"Fn::If": ["Test", "https://s3.amazonaws.com/a/network.yaml", "https://s3.amazonaws.com/a/other.yaml"]}, files)
    deep: Any = "https://s3.amazonaws.com/a/network.yaml"
    for _ in range(20):
        deep = {"Fn::Join": ["", [deep]]}
    for url in ({"Ref": "Address"}, {"Fn::Sub": 7}, {"Fn::Join": [7, ["a"]]}, {"Fn::Sub": []}, {"Fn::If": ["A"]}, {}, [], 7, None, deep):
        assert _found(url, files) is None


@pytest.mark.parametrize("parameters", [{}, {"Vpc": "v", "Other": "x"}, {"Fn::If": ["A", {"Vpc": "v"}, {"Vpc": "w"}]}, "Vpc", ["Vpc"]])
def test_a_template_that_cannot_take_the_parameters_is_another(parameters: Any) -> None:
    files = {"deploy/templates/network.yaml"}
    assert _found({"Fn::Sub": BUCKET + "network.yaml"}, files)
    assert _found({"Fn::Sub": BUCKET + "network.yaml"}, files, [{"ParameterKey": "Vpc", "ParameterValue": "v"}])
    assert _found({"Fn::Sub": BUCKET + "network.yaml"}, files, parameters) is None


def test_an_address_of_many_parts_costs_little() -> None:
    asked: list[str] = []

    def load(path: str) -> None:
        asked.append(path)

    properties = {"TemplateURL": {"Fn::Sub": "https://${" * 50_000 + "/a" * 200_000}}
    caller = _template("main.yaml", {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": properties}}})
    assert nested_path(caller, caller.resources["N"], load) is None
    assert len(asked) < 50
