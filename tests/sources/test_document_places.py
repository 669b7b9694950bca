"""Parts of documents are found where they are written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.options import Options
from assay.scanner.sources.cloudformation.source import CloudFormationSource
from assay.scanner.sources.discover import discover
from assay.scanner.sources.documents import decode
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform.hcl import TerraformSource
from tests.shares import share
from tests.sources.cloudformation import reading as templates
from tests.sources.terraform.reading import read

TOP = Path(__file__).parents[2]


def part(top: Path, item: Item, path: str, *inside: str | int) -> str:
    """What stands at the place of a part of a document."""
    place = item.document_place(path, inside)
    file = Path(place.file) if Path(place.file).is_absolute() else top / place.file
    return file.read_bytes()[place.start : place.end].decode()


ENCODED = """
variable "x" {}
resource "probe" "p" {
  policy = (jsonencode({
    Version   = "2012-10-17" # "Statement"
    Statement = [
      /* one */ { Effect = "Allow", "Action" : ["s3:*", var.x], é = 1 },
      { Effect = "Deny", Condition = { StringEquals = { "a.b/c:sub" = ["v"] } } },
      merge({ Effect = "Allow" }, { Action = "b" }),
    ]
    Other = [for a in ["x", "y"] : { k = a }]
    More = var.x ? [1] : [2]
  }))
}
"""


@pytest.mark.parametrize(
    ("inside", "written"),
    [
        (("Version",), 'Version   = "2012-10-17"'),
        (("Statement", 0), '{ Effect = "Allow", "Action" : ["s3:*", var.x], é = 1 }'),
        (("Statement", 0, "Effect"), 'Effect = "Allow"'),
        (("Statement", 0, "Action"), '"Action" : ["s3:*", var.x]'),
        (("Statement", 0, "Action", 1), "var.x"),
        (("Statement", 0, "é"), "é = 1"),
        (("Statement", 1, "Condition", "StringEquals", "a.b/c:sub", 0), '"v"'),
        (("Statement", 2, "Effect"), 'merge({ Effect = "Allow" }, { Action = "b" })'),
        (("Statement", 3), None),
        (("Statement", 0, "Nothing"), '{ Effect = "Allow", "Action" : ["s3:*", var.x], é = 1 }'),
        (("Other", 1, "k"), 'Other = [for a in ["x", "y"] : { k = a }]'),
        (("More", 0), "More = var.x ? [1] : [2]"),
    ],
)
def test_parts_of_an_object_that_is_encoded(tmp_path: Path, inside: tuple[str | int, ...], written: str | None) -> None:
    item = read(tmp_path, ENCODED)["probe.p"]
    text = part(tmp_path, item, "policy", *inside)
    assert text == written if written is not None else text.startswith("Statement = [") and text.endswith("]")
    assert part(tmp_path, item, "policy").startswith("policy = (jsonencode(")


HEREDOC = """
variable "x" {}
variable "list" {
  default = "1, 2"
}
resource "probe" "p" {
  policy = <<-EOT
    {
      "é": "${var.x}",
      "Statement": [
        {"Effect": "Allow", "Resource": ["arn:${var.x}:${var.x}/*", "b"]}
      ],
      "n": %s
    }
  EOT
}
"""


@pytest.mark.parametrize("dash", ["-", ""])
@pytest.mark.parametrize("value", ["1", "${var.x}", "${var.list}", "$${x}"])
def test_parts_of_a_heredoc(tmp_path: Path, value: str, dash: str) -> None:
    code = (HEREDOC % (f'"{value}"' if value == "$${x}" else value)).replace("<<-", "<<" + dash)
    item = read(tmp_path, code if dash else code.replace("  EOT\n", "EOT\n"))["probe.p"]
    if value in ("${var.x}", "${var.list}"):  # what they stand for is not known, or no JSON
        assert isinstance(decode(item["policy"].data), Unknown)
        assert part(tmp_path, item, "policy", "Statement").startswith("policy = <<")
        return
    assert part(tmp_path, item, "policy", "Statement", 0, "Effect") == '"Effect": "Allow"'
    assert part(tmp_path, item, "policy", "Statement", 0, "Resource", 0) == '"arn:${var.x}:${var.x}/*"'
    assert part(tmp_path, item, "policy", "Statement", 0, "Resource", 1) == '"b"'
    assert part(tmp_path, item, "policy", "é") == '"é": "${var.x}"'
    assert part(tmp_path, item, "policy", "n").startswith('"n": ')


def test_a_list_that_an_interpolation_makes_is_one_part(tmp_path: Path) -> None:
    code = 'variable "list" {\n  default = "1, 2"\n}\nresource "probe" "p" {\n  v = <<EOT\n{"a": [${var.list}, 3], "b": [4]}\nEOT\n}\n'
    item = read(tmp_path, code)["probe.p"]
    assert decode(item["v"].data) == {"a": [1, 2, 3], "b": [4]}
    assert part(tmp_path, item, "v", "a", 1) == '"a": [${var.list}, 3]'
    assert part(tmp_path, item, "v", "b", 0) == "4"


def test_directives_make_the_whole_one_part(tmp_path: Path) -> None:
    item = read(tmp_path, 'resource "probe" "p" {\n  v = <<EOT\n{"a": %{ if true }1%{ else }2%{ endif }}\nEOT\n}\n')["probe.p"]
    assert decode(item["v"].data) == {"a": 1} and part(tmp_path, item, "v", "a").startswith("v = <<EOT")


def test_parts_of_a_string_with_escapes(tmp_path: Path) -> None:
    written = json.dumps(json.dumps({"é\n": "\\", "a": [1, {"b": "€"}]}, ensure_ascii=False), ensure_ascii=False)
    code = f'resource "probe" "p" {{\n  v = {written}\n  w = "{{}}"\n}}\n'
    item = read(tmp_path, code)["probe.p"]
    assert part(tmp_path, item, "v", "a", 1, "b") == r"\"b\": \"€\""
    assert part(tmp_path, item, "w", "a").startswith("w = ")


def test_parts_of_a_string_in_json(tmp_path: Path) -> None:
    policy = json.dumps({"Statement": [{"Effect": "Allow", "é": 1}]})
    body = {"v": policy, "w": "${jsonencode({a = 1})}", "x": policy.replace("Allow", "${var.e}"), "y": 1, "z": {"a": 1}}
    code = {"variable": {"e": {}}, "resource": {"probe": {"p": body}}}
    item = read(tmp_path, {"main.tf.json": json.dumps(code, indent=1)})["probe.p"]
    assert part(tmp_path, item, "v", "Statement", 0, "Effect") == r"\"Effect\": \"Allow\""
    assert part(tmp_path, item, "v", "Statement", 0, "é") == r"\"\\u00e9\": 1"
    assert [part(tmp_path, item, name, "a") for name in "wyz"] == ['"w": "${jsonencode({a = 1})}"', '"y": 1', '"z": {\n     "a": 1\n    }']
    assert part(tmp_path, item, "x", "Statement").startswith('"x": ')


def test_parts_of_a_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n',
        "m/main.tf": 'resource "probe" "p" {\n  v = file("${path.module}/p.json")\n  inner {\n    w = file("none.json")\n  }\n}\n',
        "m/p.json": '{"é": 1,\n "Statement": [{"Effect": "Allow"}]}',
    }
    item = read(tmp_path, files)["module.m.probe.p"]
    assert part(tmp_path, item, "v", "Statement", 0, "Effect") == '"Effect": "Allow"'
    place = item.document_place("v", ("Statement",))
    assert (place.file, place.line, place.column) == ("m/p.json", 2, 2)
    assert part(tmp_path, item, "inner.w", "a") == 'w = file("none.json")'


def test_documents_of_nested_blocks(tmp_path: Path) -> None:
    inner = "  inner {\n    policy = jsonencode({ a = 1 })\n  }\n  inner {\n    policy = jsonencode({ a = 22 })\n  }\n"
    item = read(tmp_path, f'resource "probe" "p" {{\n{inner}  m = {{ policy = "x" }}\n}}\n')["probe.p"]
    assert part(tmp_path, item, "inner.0.policy", "a") == "a = 1" and part(tmp_path, item, "inner.1.policy", "a") == "a = 22"
    assert part(tmp_path, item, "m.policy", "a").startswith("m = ") and part(tmp_path, item, "none.policy", "a").startswith("resource")
    assert item.blocks("inner")[0][1].document_place("policy", ("a",)) == item.document_place("inner.1.policy", ("a",))


def test_what_nests_too_deeply_is_one_part(tmp_path: Path) -> None:
    deep = 'resource "probe" "p" {\n  v = jsonencode(' + "[" * 3_000 + "]" * 3_000 + ')\n  w = "' + "[" * 3_000 + "]" * 3_000 + '"\n}\n'
    item = read(tmp_path, deep)["probe.p"]
    assert part(tmp_path, item, "v", *[0] * 5).startswith("v = ") and part(tmp_path, item, "w", *[0] * 5).startswith("w = ")


TEMPLATE = """\
Parameters:
  Env: {Type: String, Default: prod}
Conditions:
  Prod: !Equals [!Ref Env, prod]
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - !If [Prod, !Ref AWS::NoValue, {Effect: Deny}]
          - Effect: Allow
            Action:
              - s3:Get
              - !Sub "s3:${Env}"
            Condition: {StringLike: {"a.b:sub": x}}
      Text: '{"a": 1}'
"""


def test_parts_of_an_object_in_a_template(tmp_path: Path) -> None:
    item = templates.read(tmp_path, TEMPLATE)["Policy"]
    assert part(tmp_path, item, "PolicyDocument", "Statement", 0, "Effect") == "Effect: Allow"
    assert part(tmp_path, item, "PolicyDocument", "Statement", 0, "Action", 1) == '!Sub "s3:${Env}"'
    assert part(tmp_path, item, "PolicyDocument", "Statement", 0, "Condition", "StringLike", "a.b:sub") == '"a.b:sub": x'
    assert part(tmp_path, item, "PolicyDocument", "Statement", 5).startswith("Statement:")
    assert part(tmp_path, item, "Text", "a") == """Text: '{"a": 1}'"""


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> Any:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key), value
        yield from leaves(value, (*path, key))


def test_places_in_the_documents_of_the_fixtures_hold_what_was_read() -> None:
    discovered = discover([str(TOP / "fixtures")])
    exact = 0
    sources = [
        TerraformSource(share(discovered.directories, 4), boundary=discovered.boundary, show=str),
        CloudFormationSource(share(discovered.inputs["cloudformation"], 4), discovered.named, Options()),
    ]
    for source in sources:
        for collection in source.collect():
            for item in collection.items:
                for name in (
                    "policy",
                    "assume_role_policy",
                    "access_policies",
                    "container_definitions",
                    "PolicyDocument",
                    "AssumeRolePolicyDocument",
                ):
                    content = decode(item[name].data)
                    whole = item.document_place(name)
                    for path, value in leaves(content):
                        place = item.document_place(name, path)
                        text = Path(place.file).read_bytes()[place.start : place.end].decode()
                        assert place.file != whole.file or whole.start <= place.start <= place.end <= whole.end
                        if place != whole and isinstance(value, str) and isinstance(path[-1], str):
                            # A key that is put together, or that another expression gives, has the place of what it stands in.
                            given = ('"' not in text or text.startswith("merge(")) and re.search(r"\b(?:each|local|var)\.\w", text)
                            assert path[-1] in text or "${" in text or given
                            exact += value in text
    assert exact > 1_000
