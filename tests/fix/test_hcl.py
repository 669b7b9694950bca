"""Edits of Terraform code are written as `terraform fmt` writes, and touch nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.fix.companions import companion
from assay.scanner.fix.edits import NoEdit, applied, merged
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_nodes import made_of
from assay.scanner.rules.remedies import RemedyWords

ROTATE = {"enable_key_rotation": True}
SET: dict[str, tuple[str, dict[str, Any], str]] = {
    "a present value is replaced, its comment stays": (
        'resource "a_b" "c" {\n  enable_key_rotation = false # not yet\n}\n',
        ROTATE,
        'resource "a_b" "c" {\n  enable_key_rotation = true # not yet\n}\n',
    ),
    "comments that stand below each other stay so": (
        'resource "a_b" "c" {\n  name = "x"   # one\n  on   = false # two\n}\n',
        {"on": True},
        'resource "a_b" "c" {\n  name = "x"  # one\n  on   = true # two\n}\n',
    ),
    "a longer name widens its group alone": (
        'resource "a_b" "c" {\n  a = 1\n\n  name = "x" # what it is\n  on   = 2\n\n  inner {\n    k = 1\n  }\n}\n',
        ROTATE,
        'resource "a_b" "c" {\n  a = 1\n\n  name                = "x" # what it is\n  on                  = 2\n'
        "  enable_key_rotation = true\n\n  inner {\n    k = 1\n  }\n}\n",
    ),
    "a shorter name is padded": (
        'resource "a_b" "c" {\n  description = "x"\n}\n',
        {"on": True},
        'resource "a_b" "c" {\n  description = "x"\n  on          = true\n}\n',
    ),
    "an empty block": ('resource "a_b" "c" {}\n', ROTATE, 'resource "a_b" "c" {\n  enable_key_rotation = true\n}\n'),
    "a block without a line": ('resource "a_b" "c" {\n}\n', ROTATE, 'resource "a_b" "c" {\n  enable_key_rotation = true\n}\n'),
    "the file has no last line break": ('resource "a_b" "c" {\n  on = 1\n}', {"on": 2}, 'resource "a_b" "c" {\n  on = 2\n}'),
    "a value of several lines stands last": (
        'resource "a_b" "c" {\n  tags = {\n    a = 1\n  }\n}\n',
        ROTATE,
        'resource "a_b" "c" {\n  tags = {\n    a = 1\n  }\n\n  enable_key_rotation = true\n}\n',
    ),
    "a heredoc stands last": (
        'resource "a_b" "c" {\n  on  = 1\n  doc = <<E\n  } }\nE\n}\n',
        ROTATE,
        'resource "a_b" "c" {\n  on                  = 1\n  enable_key_rotation = true\n  doc                 = <<E\n  } }\nE\n}\n',
    ),
    "nothing comes behind depends_on": (
        'resource "a_b" "c" {\n  on = 1\n\n  depends_on = [a.b]\n}\n',
        ROTATE,
        'resource "a_b" "c" {\n  on                  = 1\n  enable_key_rotation = true\n\n  depends_on = [a.b]\n}\n',
    ),
    "every object that is encoded": (
        'resource "a_b" "c" {\n  defs = jsonencode([\n    {\n      name = "x"\n      on   = false\n    },\n    { name = "y", on = false },\n  ])\n}\n',
        {"defs[]": {"on": True, "readonly": True}},
        'resource "a_b" "c" {\n  defs = jsonencode([\n    {\n      name     = "x"\n      on       = true\n      readonly = true\n    },\n'
        '    { name = "y", on = true, readonly = true },\n  ])\n}\n',
    ),
    "an object that is encoded, as its members are written": (
        'resource "a_b" "c" {\n  doc = jsonencode({\n    "name" : "x",\n    "list" : [\n      1\n    ]\n  })\n}\n',
        {"doc": {"on": True}},
        'resource "a_b" "c" {\n  doc = jsonencode({\n    "name" : "x",\n    "list" : [\n      1\n    ],\n    "on" : true\n  })\n}\n',
    ),
    "only nested blocks": (
        'resource "a_b" "c" {\n  inner {\n    k = 1\n  }\n}\n',
        ROTATE,
        'resource "a_b" "c" {\n  enable_key_rotation = true\n\n  inner {\n    k = 1\n  }\n}\n',
    ),
    "a nested block is added with one in it": (
        'resource "a_b" "c" {\n  on = 1\n}\n',
        {"outer": {"k": "v", "inner": {"n": [1, "a"]}}},
        'resource "a_b" "c" {\n  on = 1\n\n  outer {\n    k = "v"\n\n    inner {\n      n = [1, "a"]\n    }\n  }\n}\n',
    ),
    "a nested block that is there is edited": (
        'resource "a_b" "c" {\n  outer {\n    k = 1\n  }\n}\n',
        {"outer": {"k": 2, "on": True}},
        'resource "a_b" "c" {\n  outer {\n    k  = 2\n    on = true\n  }\n}\n',
    ),
    "a nested block of one line is spread": (
        'resource "a_b" "c" {\n  outer { k = 1 }\n}\n',
        {"outer": {"on": True}},
        'resource "a_b" "c" {\n  outer {\n    k  = 1\n    on = true\n  }\n}\n',
    ),
    "what dynamic makes is edited in its content": (
        'resource "a_b" "c" {\n  dynamic "outer" {\n    for_each = var.x\n\n    content {\n      k = 1\n    }\n  }\n}\n',
        {"outer": {"k": 2}},
        'resource "a_b" "c" {\n  dynamic "outer" {\n    for_each = var.x\n\n    content {\n      k = 2\n    }\n  }\n}\n',
    ),
    "blocks are known by their first key": (
        'resource "a_b" "c" {\n  flag {\n    name  = "a"\n    value = "off"\n  }\n}\n',
        {"flag": [{"name": "a", "value": "on"}, {"name": "b", "value": "on"}]},
        'resource "a_b" "c" {\n  flag {\n    name  = "a"\n    value = "on"\n  }\n\n  flag {\n    name  = "b"\n    value = "on"\n  }\n}\n',
    ),
    "line breaks are those of the file": (
        'resource "a_b" "c" {\r\n  on = 1\r\n}\r\n',
        {"k": "${a.b.id}"},
        'resource "a_b" "c" {\r\n  on = 1\r\n  k  = a.b.id\r\n}\r\n',
    ),
    "bytes are not characters": (
        'resource "a_b" "c" {\n  d  = "ß→"\n  on = 1\n}\n',
        {"on": 2},
        'resource "a_b" "c" {\n  d  = "ß→"\n  on = 2\n}\n',
    ),
}


def first(text: str) -> tuple[HclFile, Any]:
    file = HclFile("main.tf", text.encode())
    return file, next(file.blocks())


@pytest.mark.parametrize("name", SET)
def test_what_is_set_is_written_where_a_person_would(name: str) -> None:
    before, settings, after = SET[name]
    file, block = first(before)
    edits, indirect = file.set(block, settings)
    assert (applied(file.source, merged(edits)).decode(), indirect) == (after, [])
    file, block = first(after)
    assert file.set(block, settings) == ([], [])


def test_terraform_fmt_would_change_nothing(tmp_path: Path, terraform: bool) -> None:
    if not terraform:
        pytest.skip("terraform is not installed")
    for number, (_, _, after) in enumerate(SET.values()):
        (tmp_path / f"{number}.tf").write_bytes(after.encode())
    (tmp_path / "wrong.tf").write_text("locals {\n a   = 1\n}\n", "utf-8")
    ran = subprocess.run(["terraform", "fmt", "-check", "."], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    no_line_break = [f"{number}.tf" for number, (_, _, after) in enumerate(SET.values()) if not after.endswith("\n")]
    assert set(ran.stdout.split()) - set(no_line_break) == {"wrong.tf"}


@pytest.mark.parametrize(
    ("before", "path", "values", "after"),
    [
        ('a "b" {\n  m = ["x", "allUsers", "y"]\n}\n', "m", ["allUsers"], 'a "b" {\n  m = ["x", "y"]\n}\n'),
        ('a "b" {\n  m = ["x", "allUsers"]\n}\n', "m", ["allUsers"], 'a "b" {\n  m = ["x"]\n}\n'),
        ('a "b" {\n  m = [\n    "allUsers", # why\n    "x",\n  ]\n}\n', "m", ["allUsers"], 'a "b" {\n  m = [\n    "allUsers", # why\n    "x",\n  ]\n}\n'),
        ('a "b" {\n  m = [\n    "allUsers",\n    "x",\n  ]\n}\n', "m", ["allUsers"], 'a "b" {\n  m = [\n    "x",\n  ]\n}\n'),
        ('a "b" {\n  m = ["allUsers"]\n}\n', "m", ["allUsers"], 'a "b" {\n  m = []\n}\n'),
    ],
)  # fmt: skip
def test_elements_are_dropped_from_lists(before: str, path: str, values: list[str], after: str) -> None:
    file, block = first(before)
    if "# why" in before:
        after = 'a "b" {\n  m = [\n    "x",\n  ]\n}\n'
    assert applied(file.source, merged(file.drop(block, path, values))).decode() == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ('a "b" {\n  acl = "p"\n  on  = 1\n}\n', "acl", 'a "b" {\n  on = 1\n}\n'),
        ('a "b" {\n  on = 1\n\n  inner {\n    k = 1\n  }\n}\n', "inner", 'a "b" {\n  on = 1\n}\n'),
        ('a "b" {\n  inner {\n    k = 1\n  }\n\n  on = 1\n}\n', "inner", 'a "b" {\n  on = 1\n}\n'),
        ('a "b" {\n  inner {\n    k = 1\n  }\n}\n', "inner.k", 'a "b" {\n  inner {\n  }\n}\n'),
        ('a "b" {\n  inner {\n    k = 1\n  }\n}\n', "other", 'a "b" {\n  inner {\n    k = 1\n  }\n}\n'),
    ],
)
def test_arguments_and_blocks_are_taken_out(before: str, path: str, after: str) -> None:
    file, block = first(before)
    assert applied(file.source, merged(file.remove(block, path))).decode() == after


def test_what_is_set_keeps_out_of_what_is_taken_out() -> None:
    file, block = first('a "b" {\n  all   = false\n  types = ["x"]\n}\n')
    edits = merged(file.set(block, {"all": True, "global": True}, ["types"])[0])
    assert applied(file.source, edits).decode() == 'a "b" {\n  all    = true\n  global = true\n}\n'


@pytest.mark.parametrize("value", ["var.defs", "jsonencode(var.defs)", "jsonencode([merge(var.a, {})])", "jsonencode([{ on = var.on }])"])
def test_objects_that_are_not_written_out_are_refused(value: str) -> None:
    file, block = first(f'a "b" {{\n  defs = {value}\n}}\n')
    with pytest.raises(NoEdit):
        file.set(block, {"defs[]": {"on": True}})


def test_a_block_goes_with_its_comment_and_one_blank_line() -> None:
    text = '# Team.\n\na "b" {\n  k = 1\n}\n\n# everyone\na "c" {\n}\n\na "d" {\n}\n'
    file = HclFile("main.tf", text.encode())
    blocks = list(file.blocks())
    assert applied(file.source, file.remove_block(blocks[1])).decode() == '# Team.\n\na "b" {\n  k = 1\n}\n\na "d" {\n}\n'


def test_what_cannot_be_edited_says_so() -> None:
    with pytest.raises(NoEdit, match="syntax error"):
        HclFile("main.tf", b"a {")
    with pytest.raises(NoEdit, match="UTF-16"):
        HclFile("main.tf", "a {}".encode("utf-16"))
    file, block = first('a "b" {\n  inner = [1]\n}\n')
    with pytest.raises(NoEdit, match="inner is written as an argument"):
        file.set(block, {"inner": {"k": 1}})
    file, block = first('a "b" {\n  on = var.on\n}\n')
    edits, (one,) = file.set(block, {"on": True})
    assert edits == [] and one.name == "on"


@pytest.mark.parametrize(
    ("before", "removed", "after"),
    [
        ('a "b" {\n  name = 1\n  word = "x"\n}\n', "word", 'a "b" {\n  name  = 1\n  asked = true\n}\n'),
        ('a "b" {\n  longer_name = 1\n  k           = 2\n}\n', "longer_name", 'a "b" {\n  k     = 2\n  asked = true\n}\n'),
        ('a "b" {\n  word = "x"\n\n  in {\n    k = 1\n  }\n}\n', "word", 'a "b" {\n  asked = true\n\n  in {\n    k = 1\n  }\n}\n'),
    ],
)
def test_what_goes_and_what_comes_do_not_meet(before: str, removed: str, after: str) -> None:
    file, block = first(before)
    edits, _ = file.set(block, {"asked": True}, [removed])
    assert applied(file.source, merged(edits)).decode() == after


COMPANION = """
data "aws_iam_policy_document" "{new}_tls" {
  resources = [{self}.arn]
}

resource "aws_kms_key" "{new}" {
  description = {.bucket}
}

resource "aws_s3_bucket_policy" "{new}" {
  bucket = {self}.id
  policy = data.aws_iam_policy_document.{new}_tls.json
  key    = aws_kms_key.{new}.arn
}
"""


@pytest.mark.parametrize(("meta", "reference"), [("for_each = var.all", "each.key"), ("count = 2", "count.index")])
def test_what_is_declared_for_each_instance_names_the_same_of_others(meta: str, reference: str) -> None:
    file, block = first(f'resource "aws_s3_bucket" "b" {{\n  {meta}\n  bucket = "x"\n}}\n')
    code = companion(file, block, COMPANION, RemedyWords("b", "aws_s3_bucket.b", "b"))
    assert f"policy = data.aws_iam_policy_document.b_tls[{reference}].json" in code and "key    = aws_kms_key.b.arn" in code


def test_what_differs_between_instances_is_not_written_once() -> None:
    file, block = first('resource "aws_s3_bucket" "b" {\n  for_each = var.all\n  bucket = each.value\n}\n')
    with pytest.raises(NoEdit, match="differs from one instance"):
        companion(file, block, COMPANION, RemedyWords("b", "aws_s3_bucket.b", "b"))


def test_what_is_declared_beside_a_block_is_in_its_region() -> None:
    code = 'data "aws_region" "{new}" {}\n\ndata "aws_iam_policy_document" "{new}" {}\n\nresource "aws_kms_key" "{new}" {\n  key = 1\n}'
    words = RemedyWords("b", "aws_sns_topic.b", "b")
    file, block = first('resource "aws_sns_topic" "b" {\n  region = "eu-west-1"\n}\n')
    region, document, key = companion(file, block, code, words).split("\n\n", 2)
    assert region == 'data "aws_region" "b" {\n  region = "eu-west-1"\n}'
    assert document == 'data "aws_iam_policy_document" "b" {}'
    assert key == 'resource "aws_kms_key" "b" {\n  region = "eu-west-1"\n\n  key = 1\n}'
    file, block = first('resource "aws_sns_topic" "b" {\n  for_each = local.regions\n  region   = each.value\n}\n')
    with pytest.raises(NoEdit, match="differs from one instance"):
        companion(file, block, code, words)
    text = companion(file, block, 'resource "aws_sns_topic_policy" "{new}" {\n  arn = {self}.arn\n}', words)
    assert "region   = each.value.region\n" in text
    file, block = first('resource "google_pubsub_topic" "b" {\n  region = "x"\n}\n')
    assert companion(file, block, 'data "google_project" "{new}" {\n  project_id = {.project}\n}', words) == 'data "google_project" "b" {}'


def test_blocks_come_before_what_stands_at_the_end_by_convention() -> None:
    text = 'a "b" {\n  k = 1\n\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'
    file, block = first(text)
    edits, _ = file.set(block, {"in": {"on": True}})
    assert applied(file.source, merged(edits)).decode() == text.replace("  lifecycle", "  in {\n    on = true\n  }\n\n  lifecycle")


def test_elements_come_to_lists() -> None:
    for before, path, after in (
        ('a "b" {\n  m = ["x"]\n}\n', "m", 'a "b" {\n  m = ["x", "y"]\n}\n'),
        ('a "b" {\n  m = [\n    "x", # why\n  ]\n}\n', "m", 'a "b" {\n  m = [\n    "x", # why\n    "y",\n  ]\n}\n'),
        ('a "b" {\n  m = [\n    "x"\n  ]\n}\n', "m", 'a "b" {\n  m = [\n    "x",\n    "y",\n  ]\n}\n'),
        ('a "b" {\n  m = []\n}\n', "m", 'a "b" {\n  m = ["y"]\n}\n'),
        ('a "b" {\n  m = ["y"]\n}\n', "m", 'a "b" {\n  m = ["y"]\n}\n'),
        ('a "b" {\n  in {\n    k = 1\n  }\n}\n', "in.m", 'a "b" {\n  in {\n    k = 1\n    m = ["y"]\n  }\n}\n'),
        ('a "b" {\n  k = 1\n}\n', "in.m", 'a "b" {\n  k = 1\n}\n'),
    ):
        file, block = first(before)
        assert applied(file.source, merged(file.include(block, path, ["y"]))).decode() == after
    file, block = first('a "b" {\n  m = var.m\n}\n')
    with pytest.raises(NoEdit, match="m is no list that is written out"):
        file.include(block, "m", ["y"])


def test_what_takes_the_place_of_what_goes_stands_where_it_was() -> None:
    file, block = first('a "b" {\n  act {\n    type = "forward"\n    long_name = 1\n  }\n}\n')
    (act,) = made_of(block, ["act"])
    edits, _ = file.set(act, {"type": "redirect", "to": {"k": 1}}, ["long_name"])
    written = applied(file.source, merged(edits)).decode()
    assert written == 'a "b" {\n  act {\n    type = "redirect"\n\n    to {\n      k = 1\n    }\n  }\n}\n'


def test_nested_blocks_go_with_the_blank_line_that_they_share() -> None:
    file, block = first('a "b" {\n  in {\n    k = 1\n  }\n\n  in {\n    k = 2\n  }\n}\n')
    edits = [edit for nested in made_of(block, ["in"]) for edit in file.remove_nested(nested)]
    assert applied(file.source, merged(edits)).decode() == 'a "b" {\n}\n'
    file, block = first('a "b" {\n  dynamic "in" {\n    content {\n      k = 1\n    }\n  }\n}\n')
    with pytest.raises(NoEdit, match="dynamic"):
        file.remove_nested(made_of(block, ["in"])[0])


def test_what_a_block_says() -> None:
    file, block = first('a "b" {\n  m = ["x", "y"]\n\n  in {\n    on {}\n  }\n}\n')
    told = [("m", ["x"]), ("m", [["x", "y"]]), ("m", [{}]), ("in.on", [{}]), ("in.off", [None]), ("k", [None])]
    assert all(file.says(block, path, values) for path, values in told)
    assert not any(file.says(block, path, values) for path, values in (("m", [["x"]]), ("in.off", [{}]), ("m", [None]), ("in.on", [None])))


def test_json_between_marks_is_set_as_it_is_written() -> None:
    text = 'a "b" {\n  c = <<EOT\n[\n  {\n    "n": "${x["y"]}",\n    "p": true\n  },\n  {"n": "o", "q": ${v.q}}\n]\nEOT\n}\n'
    file, block = first(text)
    edits, _ = file.set(block, {"c[]": {"p": False}})
    written = applied(file.source, merged(edits)).decode()
    assert written == text.replace("true", "false").replace("${v.q}}", '${v.q}, "p": false}')
    with pytest.raises(NoEdit, match="given by an expression"):
        file.set(block, {"c[]": {"q": 1}})


def test_a_number_in_the_place_of_a_text_is_a_text() -> None:
    file, block = first('variable "days" {\n  type    = string\n  default = "30"\n}\n')
    edits, _ = file.set(block, {"default": 365})
    assert b'default = "365"\n' in applied(file.source, merged(edits))
