"""What the code does not tell stays Unknown wherever it goes, and nothing is guessed in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.raw import AtLeast, Document, Either, Reference, Text, Unknown, either
from assay.scanner.sources.terraform.exact import of_double
from assay.scanner.sources.terraform.operators import (
    EvaluationError,
    Set,
    equal,
    join_text,
    make_set,
    pairs_of,
    to_number,
    to_text,
    unify,
)
from tests.sources.terraform.reading import read, value

UNSET = 'variable "unset" {}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "logs"\n}\n'


@pytest.mark.parametrize(
    "expression",
    [
        "var.unset",
        '"${var.unset}"',
        "var.unset.inner[0].deep",
        "var.unset[0]",
        "{ a = 1, b = 2 }[var.unset]",
        "[1, 2][var.unset]",
        "{ (var.unset) = 1 }",
        "-var.unset",
        "!var.unset",
        "var.unset + 1",
        "var.unset && true",
        "var.unset || false",
        'var.unset == "a"',
        "var.unset != null",
        "var.unset > 3",
        "[for x in var.unset : x]",
        "{ for x in var.unset : x => x }",
        "[for x in [1] : x if var.unset]",
        "{ for x in [1] : var.unset => x }",
        "var.unset[*].id",
        "upper(var.unset)",
        "length(var.unset)",
        "merge({ a = 1 }, var.unset)",
        'split(",", var.unset)',
        "jsondecode(var.unset)",
        'lookup({ a = 1 }, var.unset, "default")',
        'lookup(var.unset, "a", "default")',
        'lookup({ a = var.unset }, "a", "default")',
        'coalesce(var.unset, "default")',
        'try(var.unset, "default")',
        'try(var.unset.a.b, "default")',
        'try(upper(var.unset), "default")',
        "can(var.unset)",
        "can(var.unset.a)",
        "can(tonumber(var.unset))",
        'element([var.unset, "a"], 0)',
        "one([var.unset])",
        'compact(["a", var.unset])',
        'length(compact(["a", var.unset]))',
        'length(toset(["a", var.unset]))',
        'contains(["a"], var.unset)',
        'contains([var.unset], "a")',
        "max(1, var.unset)",
        "sum([1, var.unset])",
        "var.unset ? 1 : var.unset",
        "tostring(var.unset)",
        "toset(var.unset)",
        "concat([1], var.unset...)",
        "local.through",
        'templatefile("t.tpl", { a = var.unset })[0]',
        'regex(var.unset, "a")',
        "no_such_function(1)",
        'try(no_such_function(1), "default")',
        "can(no_such_function(1))",
    ],
)
def test_an_unset_variable_is_unknown_in_every_position(tmp_path: Path, expression: str) -> None:
    assert isinstance(value(tmp_path, expression, UNSET + "locals {\n  through = var.unset\n}\n"), Unknown)


@pytest.mark.parametrize("attribute", ["arn", "id", "self_link", "invoke_arn", "fqdn", "writer_identity"])
def test_what_the_provider_always_computes_is_not_empty(tmp_path: Path, attribute: str) -> None:
    more = 'resource "any_thing" "r" {}\n'
    assert value(tmp_path, f'any_thing.r.{attribute} == "" || any_thing.r.{attribute} == null', more) is False
    assert isinstance(value(tmp_path, f'any_thing.r.{attribute} == "x"', more), Unknown)
    assert isinstance(value(tmp_path, 'any_thing.r.note == ""', more), Unknown)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("var.unset && false", False),
        ("false && var.unset", False),
        ("var.unset || true", True),
        ("true || var.unset", True),
        ("var.unset ? 1 : 1", 1),
        ('var.unset ? "a" : "a"', "a"),
        ('{ a = "known", b = var.unset }.a', "known"),
        ("log(8, 2) == 3 && log(8, 10) < 1", True),
        ('["known", var.unset][0]', "known"),
        ('contains(["a", var.unset], "a")', True),
        ("length([var.unset, 1])", 2),
        ("keys({ a = var.unset })", ["a"]),
        ('lookup({ a = var.unset, b = "known" }, "b", 1)', "known"),
        ('coalesce("known", var.unset)', "known"),
        ('try({}.missing, "known", var.unset)', "known"),
        ("[1, var.unset] == [2, var.unset]", False),
        ("[1, var.unset] == [1]", False),
        ("{ a = 1, b = var.unset } == { a = 2, b = var.unset }", False),
        ('"x-${var.unset}" == "y"', False),
        ('"x-${var.unset}" == null', False),
        ('"x-${var.unset}" != "y"', True),
        ('merge({ a = var.unset }, { a = "known" }).a', "known"),
        ("false ? var.unset : 2", 2),
        ("range(3)[1]", 1),
    ],
)
def test_what_does_not_depend_on_the_unknown_part_is_known(tmp_path: Path, expression: str, expected: Any) -> None:
    result = value(tmp_path, expression, UNSET)
    assert result == expected and type(result) is type(expected)


LISTS = [
    'compact(concat(["", "a"], var.unset))',
    'concat(var.unset, ["a"])',
    'concat(["a"], var.unset, ["b"])',
    'concat(concat(var.unset, ["a"]), ["b"])',
    'flatten([["a"], var.unset])',
    'flatten([["a", ["b"]], concat(var.unset, ["c"])])',
    'distinct(concat(var.unset, ["a", "a"]))',
    'setunion(["a", "b"], var.unset)',
    'toset(concat(["a"], var.unset))',
    'tolist(toset(concat(["a"], var.unset)))',
    'reverse(concat(["a", "b"], var.unset))',
    '[for one in concat(var.unset, ["a", "b"]) : upper(one)]',
    '[for one in concat(var.unset, ["a", "b"]) : one if one != "a"]',
    'concat(var.unset, ["a"])[*]',
    'keys({ for one in concat(var.unset, ["a", "b"]) : one => 1 })',
    'values({ for one in concat(var.unset, ["a"]) : one => "at-${one}" })',
    'jsondecode(jsonencode({ all = concat(["a"], var.unset) })).all',
    '[for name, value in merge(zipmap(var.unset, var.unset), { a = "b" }) : "${name}=${value}"]',
]
MAPS = [
    'merge(zipmap(var.unset, var.unset), { a = "b" })',
    'merge({ z = 1 }, zipmap(var.unset, var.unset), { a = "b" })',
    "merge({ a = 1 }, merge(zipmap(var.unset, var.unset), { a = 2, b = 3 }))",
    '{ for name, value in merge(zipmap(var.unset, var.unset), { a = "b" }) : "x-${name}" => value }',
    '{ for one in concat(var.unset, ["e"]) : one => [one] }',
]


@pytest.mark.parametrize("expression", LISTS)
def test_what_is_in_a_list_whatever_else_is_there_is_known(tmp_path: Path, expression: str) -> None:
    *known, rest = value(tmp_path, expression, UNSET)
    assert known and not any(isinstance(one, Unknown) for one in known)
    assert type(rest) is Unknown and rest.reason == 'variable "unset" has no value'
    for number, given in enumerate(("[]", '["c"]', '["d", "c"]')):
        whole = value(tmp_path / str(number), expression, f'variable "unset" {{\n  default = {given}\n}}\n')
        assert [one for one in known if one not in whole] == []


@pytest.mark.parametrize("expression", MAPS)
def test_what_is_in_a_map_whatever_else_is_there_is_known(tmp_path: Path, expression: str) -> None:
    result = value(tmp_path, expression, UNSET)
    assert isinstance(result, AtLeast) and result.content
    assert result.rest == Unknown(result.reason, result.settles_it, result.location)
    for number, given in enumerate(("[]", '["c"]', '["z", "a"]')):
        whole = value(tmp_path / str(number), expression, f'variable "unset" {{\n  default = {given}\n}}\n')
        assert [name for name, one in result.content.items() if whole[name] != one and not isinstance(one, Unknown)] == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('contains(concat(var.unset, ["a"]), "a")', True),
        ('merge(var.unset, { a = "b" }).a', "b"),
        ('merge(var.unset, { a = "b" })["a"]', "b"),
        ('lookup(merge(var.unset, { a = "b" }), "a", "c")', "b"),
        ("merge({ a = 1 }, merge(var.unset, { b = 2 }), { a = 3 }).a", 3),
        ("{ for name, one in merge(var.unset, { a = { size = 2 } }) : name => one.size }.a", 2),
    ],
)
def test_what_is_known_of_a_part_is_found_in_it(tmp_path: Path, expression: str, expected: Any) -> None:
    assert value(tmp_path, expression, UNSET) == expected


@pytest.mark.parametrize(
    "expression",
    [
        'contains(concat(var.unset, ["a"]), "b")',
        'merge(var.unset, { a = "b" }).c',
        'merge({ a = "b" }, var.unset).a',
        'lookup(merge(var.unset, { a = "b" }), "c", "d")',
        'merge(var.unset, { a = "b" })[var.unset]',
        'length(concat(var.unset, ["a"]))',
        'concat(var.unset, ["a"])[0]',
        'concat(["a"], var.unset)[0]',
        'element(concat(["a"], var.unset), 0)',
        'join(",", concat(["a"], var.unset))',
        'concat(["a"], var.unset) == ["a"]',
        '{ for one in concat(var.unset, ["a", "b"]) : "all" => one... }',
        'one(concat(["a"], var.unset))',
        'slice(concat(["a"], var.unset), 0, 1)[0]',
        'setsubtract(["a", "b"], concat(var.unset, ["b"]))',
        'try(concat(["a"], var.unset)[3], "c")',
        'var.other ? concat(["a"], var.unset) : []',
    ],
)
def test_nothing_is_made_of_a_part_as_if_it_were_all(tmp_path: Path, expression: str) -> None:
    result = value(tmp_path, expression, UNSET + 'variable "other" {}\n')
    assert isinstance(result, Unknown) and not isinstance(result, (AtLeast, Either))


def test_a_typed_variable_converts_what_is_known_of_its_value(tmp_path: Path) -> None:
    module = """
variable "ports" { type = set(string) }
variable "sizes" { type = map(number) }
variable "rule" { type = object({ name = string, open = optional(bool, true) }) }
resource "probe" "q" {
  ports = var.ports
  sizes = var.sizes
  rule  = var.rule
}
"""
    call = (
        'module "m" {\n  source = "./m"\n  ports = concat(var.unset, [80, 80])\n  sizes = merge(var.unset, { a = "1" })\n'
        '  rule = merge(var.unset, { name = "n" })\n}\n'
    )
    inner = read(tmp_path, {"main.tf": UNSET + call, "m/main.tf": module})["module.m.probe.q"]
    *ports, rest = inner["ports"].data
    assert ports == ["80"] and isinstance(rest, Unknown)
    assert inner["sizes"].data.content == {"a": 1} and inner["rule"].data.content == {"name": "n"}


def test_an_unset_variable_says_how_to_set_it(tmp_path: Path) -> None:
    result = value(tmp_path, "var.unset", UNSET)
    assert result.reason == 'variable "unset" has no value'
    assert result.settles_it == "pass --var unset=VALUE or --var-file FILE"
    assert (result.location.file, result.location.line) == ("main.tf", 4)


def test_a_string_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    result = value(tmp_path, '"arn:aws:s3:::${var.unset}/*"', UNSET)
    assert isinstance(result, Text)
    assert (result.parts[0], result.parts[2], isinstance(result.parts[1], Unknown)) == ("arn:aws:s3:::", "/*", True)


@pytest.mark.parametrize(
    "expression",
    [
        'join("-", ["a", var.unset, "b"])',
        'format("a-%s-b", var.unset)',
        '"${"a"}-${var.unset}-${"b"}"',
        'formatlist("a-%s-b", [var.unset])[0]',
    ],
)
def test_functions_that_put_strings_together_keep_the_known_parts(tmp_path: Path, expression: str) -> None:
    result = value(tmp_path, expression, UNSET)
    assert isinstance(result, Text) and result.prefix == "a-" and result.parts[-1] == "-b"


def test_jsonencode_keeps_the_structure_around_the_unknown(tmp_path: Path) -> None:
    result = value(tmp_path, 'jsonencode({ Statement = [{ Effect = "Allow", Resource = var.unset }] })', UNSET)
    assert isinstance(result, Document)
    (statement,) = result.content["Statement"]
    assert statement["Effect"] == "Allow" and isinstance(statement["Resource"], Unknown)


def test_jsondecode_of_jsonencode_gives_the_parts_back(tmp_path: Path) -> None:
    assert value(tmp_path, "jsondecode(jsonencode({ a = var.unset, b = 1 })).b", UNSET) == 1


@pytest.mark.parametrize("expression", ["[1, var.unset]", "{ a = 1, b = var.unset }"])
def test_collections_hold_the_unknown_in_its_place(tmp_path: Path, expression: str) -> None:
    result = value(tmp_path, expression, UNSET)
    values = list(result.values()) if isinstance(result, dict) else result
    assert values[0] == 1 and isinstance(values[1], Unknown)


# Conditionals


def test_a_conditional_on_something_unknown_is_one_of_its_branches(tmp_path: Path) -> None:
    result = value(tmp_path, 'var.unset ? "a" : "b"', UNSET)
    assert isinstance(result, Either) and result.options == ("a", "b")
    assert result.reason == 'variable "unset" has no value'


def test_nested_conditionals_give_all_branches_once(tmp_path: Path) -> None:
    result = value(tmp_path, 'var.unset ? "a" : var.unset ? "b" : "a"', UNSET)
    assert isinstance(result, Either) and result.options == ("a", "b")


def test_a_branch_that_fails_makes_the_whole_unknown(tmp_path: Path) -> None:
    result = value(tmp_path, 'var.unset ? {}.missing : "b"', UNSET)
    assert isinstance(result, Unknown) and not isinstance(result, Either)


def test_a_branch_that_may_be_null_is_an_option(tmp_path: Path) -> None:
    assert value(tmp_path, "var.unset ? true : null", UNSET).options == (True, None)


@pytest.mark.parametrize(("expression", "expected"), [
    ('{ for k, v in { a = "x", b = var.unset } : k => k if v != "" }', ({"a": "a", "b": "b"}, {"a": "a"})),
    ('[for k, v in ["x", var.unset, "y"] : k if v != ""]', ([0, 1, 2], [0, 2])),
    ('[for v in ["x", "y"] : v if v == "x" || var.unset == ""]', (["x", "y"], ["x"])),
    ('{ for v in ["x", "y"] : "same" => v if (v == "x") == (var.unset == "") }', ({"same": "y"}, {"same": "x"}, {})),
    ('{ for v in ["x", "y"] : "all" => v... if v == "x" || var.unset == "" }', ({"all": ["x", "y"]}, {"all": ["x"]})),
    ('length(compact(["a", var.unset]))', (2, 1)),
])  # fmt: skip
def test_an_element_that_may_be_kept_is_there_or_not(tmp_path: Path, expression: str, expected: tuple[Any, ...]) -> None:
    result = value(tmp_path, expression, UNSET)
    assert isinstance(result, Either) and sorted(result.options, key=repr) == sorted(expected, key=repr)
    assert result.reason == 'variable "unset" has no value'


def test_a_value_that_stands_twice_is_the_same_in_both_places(tmp_path: Path) -> None:
    member = 'var.unset == "a" ? "a" : var.unset == "b" ? "b" : var.unset == "c" ? "c" : "d"'
    result = value(tmp_path, f'[for one in [{member}] : lookup({{ a = "x" }}, one, one)][0]', UNSET)
    assert isinstance(result, Either) and result.options == ("x", "b", "c", "d")


@pytest.mark.parametrize(("expression", "expected"), [
    ('compact(["a", var.unset == "a" ? "b" : "c"])', ["a", ("b", "c")]),
    ('compact(["a", "x${var.unset}"])', ["a", "x"]),
])  # fmt: skip
def test_a_text_that_is_never_empty_is_kept(tmp_path: Path, expression: str, expected: list[Any]) -> None:
    result = value(tmp_path, expression, UNSET)
    assert [one.options if isinstance(one, Either) else one.parts[0] if isinstance(one, Text) else one for one in result] == expected


def test_of_a_text_that_may_be_empty_the_list_is_unknown(tmp_path: Path) -> None:
    result = value(tmp_path, 'compact(["a", var.unset == "a" ? "" : "c"])', UNSET)
    assert isinstance(result, Unknown) and not isinstance(result, Either)


@pytest.mark.parametrize("expression", [
    '[for v in [1, 2, 3, 4] : v if var.unset == "a"]',
    '[for v in [{ a = 1 }, {}] : v.a if var.unset == "a"]',
    '{ for v in [1] : var.unset => v if var.unset == "a" }',
    '{ for v in [1, 2, 3] : "k" => v if v < 3 || var.unset == "a" }',
])  # fmt: skip
def test_what_is_made_of_many_that_may_be_kept_is_unknown(tmp_path: Path, expression: str) -> None:
    result = value(tmp_path, expression, UNSET)
    assert isinstance(result, Unknown) and not isinstance(result, Either)


def test_either_keeps_true_and_one_apart() -> None:
    option = either(Unknown("why", "how"), True, 1)
    assert isinstance(option, Either) and option.options == (True, 1)


def test_either_of_too_many_options_is_plain_unknown() -> None:
    why = Unknown("why", "how")
    assert either(why, *range(8)).options == tuple(range(8))
    assert either(why, *range(9)) is why


# Variables


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('default = "d"', "d"),
        ("default = null", None),
        ('default = "5"\n  type = number', 5),
        ('default = "d"\n  sensitive = true', "d"),
    ],
)
def test_a_default_is_the_value_where_none_is_given(tmp_path: Path, block: str, expected: Any) -> None:
    assert value(tmp_path, "var.v", f'variable "v" {{\n  {block}\n}}\n') == expected


def test_a_given_null_takes_the_default_only_where_null_is_not_allowed(tmp_path: Path) -> None:
    inner = 'variable "n" {\n  default = "d"\n  nullable = false\n}\nvariable "k" {\n  default = "d"\n}\nresource "probe" "p" {\n  n = var.n\n  k = var.k\n}\n'
    items = read(tmp_path, {"main.tf": 'module "m" {\n  source = "./m"\n  n = null\n  k = null\n}\n', "m/main.tf": inner})
    probe = items["module.m.probe.p"]
    assert (probe["n"].data, probe["k"].data) == ("d", None)


def test_a_given_sensitive_value_is_judged(tmp_path: Path) -> None:
    result = value(tmp_path, "[var.v, upper(var.v)]", 'variable "v" {\n  sensitive = true\n}\n', variables={"v": "hunter2"})
    assert result == ["hunter2", "HUNTER2"]


@pytest.mark.parametrize("name", ["var.nowhere", "local.nowhere", "module.nowhere.id"])
def test_what_is_not_declared_is_not_known(tmp_path: Path, name: str) -> None:
    """Terraform refuses it before it evaluates anything, so that `try` catches nothing: a part of the code is not here."""
    for expression in (name, f'try({name}, "caught")'):
        assert value(tmp_path, expression).reason == f"{name.removesuffix('.id')} is not declared"
    text = value(tmp_path, f'"a-${{{name}}}"')
    assert isinstance(text, Text)
    assert text.prefix == "a-"


@pytest.mark.parametrize("expression", ["local.a", "local.c", '"${local.a}"', "jsonencode(local.a)"])
def test_what_refers_to_itself_ends(tmp_path: Path, expression: str) -> None:
    result = value(tmp_path, expression, "locals {\n  a = local.b\n  b = local.a\n  c = [local.c]\n}\n")
    assert "refers to itself" in repr(result)


# References


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("aws_s3_bucket.b.arn", Reference("aws_s3_bucket.b", "arn")),
        ("aws_s3_bucket.b.id", Reference("aws_s3_bucket.b", "id")),
        ("aws_s3_bucket.b", Reference("aws_s3_bucket.b")),
        ("aws_s3_bucket.b.bucket", "logs"),
        ('aws_s3_bucket.b["bucket"]', "logs"),
        ("aws_s3_bucket.nowhere.arn", Reference("aws_s3_bucket.nowhere", "arn")),
        ("data.aws_region.here.name", Reference("data.aws_region.here", "name")),
        ("data.aws_region.nowhere.name", Reference("data.aws_region.nowhere", "name")),
        ("aws_s3_bucket.b.arn == null", False),
        ("try(aws_s3_bucket.b.arn, 1)", Reference("aws_s3_bucket.b", "arn")),
        ("coalesce(null, aws_s3_bucket.b.arn)", Reference("aws_s3_bucket.b", "arn")),
        ("[aws_s3_bucket.b][0].arn", Reference("aws_s3_bucket.b", "arn")),
        ("[for each in [aws_s3_bucket.b] : each.bucket]", ["logs"]),
        ("{ b = aws_s3_bucket.b }.b.arn", Reference("aws_s3_bucket.b", "arn")),
        ("aws_s3_bucket.many[*].arn", [Reference("aws_s3_bucket.many[0]", "arn"), Reference("aws_s3_bucket.many[1]", "arn")]),
        ("aws_s3_bucket.many[1].arn", Reference("aws_s3_bucket.many[1]", "arn")),
        ("aws_s3_bucket.many[*].bucket", ["b0", "b1"]),
        ("length(aws_s3_bucket.many)", 2),
        ("try(aws_s3_bucket.many[2].arn, null)", None),
        ('aws_s3_bucket.keyed["x"].bucket', "bx"),
        ('aws_s3_bucket.keyed["x"].arn', Reference('aws_s3_bucket.keyed["x"]', "arn")),
        ('[for key, each in aws_s3_bucket.keyed : "${key}=${each.bucket}"]', ["x=bx", "y=by"]),
        ("keys(aws_s3_bucket.keyed)", ["x", "y"]),
        ("values(aws_s3_bucket.keyed)[*].bucket", ["bx", "by"]),
        ("aws_s3_bucket.none[*].arn", []),
        ("one(aws_s3_bucket.none[*].arn)", None),
        ("length(aws_s3_bucket.none)", 0),
        ("length(aws_s3_bucket.unsure) == 5 ? 1 : 1", 1),
    ],
)
def test_references_to_resources(tmp_path: Path, expression: str, expected: Any) -> None:
    more = BUCKET + (
        'data "aws_region" "here" {}\nvariable "unset" {}\n'
        'resource "aws_s3_bucket" "many" {\n  count = 2\n  bucket = "b${count.index}"\n}\n'
        'resource "aws_s3_bucket" "keyed" {\n  for_each = toset(["y", "x"])\n  bucket = "b${each.key}"\n}\n'
        'resource "aws_s3_bucket" "none" {\n  count = 0\n}\n'
        'resource "aws_s3_bucket" "unsure" {\n  count = var.unset\n}\n'
    )
    assert value(tmp_path, expression, more) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "aws_s3_bucket.many[var.unset].arn",
        "aws_s3_bucket.unsure[*].arn",
        "length(aws_s3_bucket.unsure)",
        "aws_s3_bucket.b.acceleration_status",
        'aws_s3_bucket.b.arn == "arn:aws:s3:::logs"',
        "upper(aws_s3_bucket.b.arn)",
        'data.aws_region.here.name == "us-east-1"',
        "data.aws_subnets.all.tier == null",
        "length(data.aws_subnets.all.ids)",
        "[for id in data.aws_subnets.all.ids : id]",
        'try(upper(data.aws_region.here.name), "default")',
        "timestamp()",
        "uuid()",
        "self.arn == 1 ? 1 : 1",
        "terraform.applying",
    ],
)
def test_what_only_the_provider_knows_is_unknown(tmp_path: Path, expression: str) -> None:
    more = BUCKET + (
        'data "aws_region" "here" {}\ndata "aws_subnets" "all" {}\nvariable "unset" {}\n'
        'resource "aws_s3_bucket" "many" {\n  count = 2\n}\nresource "aws_s3_bucket" "unsure" {\n  count = var.unset\n}\n'
    )
    assert isinstance(value(tmp_path, expression, more), Unknown)


def test_link_keeps_the_reference_where_the_value_is_configured(tmp_path: Path) -> None:
    items = read(tmp_path, BUCKET + 'resource "probe" "p" {\n  bucket = aws_s3_bucket.b.bucket\n}\n')
    assert items["probe.p"]["bucket"].data == "logs"
    assert items["probe.p"].link("bucket").data == Reference("aws_s3_bucket.b", "bucket")


def test_each_value_of_another_resource_leads_to_its_instance(tmp_path: Path) -> None:
    more = (
        'resource "aws_s3_bucket" "b" {\n  for_each = toset(["x", "y"])\n  bucket = each.key\n}\n'
        'resource "probe" "p" {\n  for_each = aws_s3_bucket.b\n  bucket = each.value.id\n  name = each.value.bucket\n}\n'
    )
    probe = read(tmp_path, more)['probe.p["y"]']
    assert probe["bucket"].data == Reference('aws_s3_bucket.b["y"]', "id")
    assert (probe["name"].data, probe.link("name").data) == ("y", Reference('aws_s3_bucket.b["y"]', "bucket"))


# Values


def test_equality_with_a_partly_known_string() -> None:
    text = Text(("arn:", Reference("a.b", "c")))
    assert equal(text, "urn:x") is False
    assert isinstance(equal(text, "arn:x"), Unknown)
    assert equal(text, Text(("arn:", Reference("a.b", "c")))) is True


def test_text_longer_than_any_real_one_is_refused() -> None:
    with pytest.raises(Exception, match="characters"):
        join_text(["x" * 6_000_000] * 2)


def test_text_of_pieces_is_put_together_once() -> None:
    reference = Reference("a.b", "c")
    assert join_text(["a", "b", reference, "", "c", "d"]) == Text(("ab", reference, "cd"))
    assert join_text([]) == ""


@pytest.mark.parametrize(("number", "text"), [(0.0000001, "0.0000001"), (1e22, "10000000000000000000000"), (True, "true"), (-2.5, "-2.5")])
def test_numbers_as_text(number: Any, text: str) -> None:
    assert to_text(number) == text


@pytest.mark.parametrize("text", ["", " 5", "5 ", "1_000", "nan", "inf", "-Infinity", "0x10", "--5", "1e999", "9" * 400, "\u0661", "1.2.3"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(EvaluationError):
        to_number(text)


def test_numbers_too_large_are_unknown(tmp_path: Path) -> None:
    squares = "\n".join(f"  n{at + 1} = local.n{at} * local.n{at}" for at in range(60))
    assert "too large" in value(tmp_path, "local.n60", f"locals {{\n  n0 = 10\n{squares}\n}}\n").reason
    assert "too large" in of_double(float("inf")).reason


def test_sets_are_ordered_and_unified() -> None:
    assert make_set([3, 1, 2, 1]) == [1, 2, 3]
    assert make_set([True, "a", 1]) == ["1", "a", "true"]
    with pytest.raises(EvaluationError):
        make_set([True, 1])
    assert pairs_of(Set(["a"])) == [("a", "a")]
    assert unify([1, None, "a"]) == ["1", None, "a"]
    with pytest.raises(EvaluationError):
        unify([1, [2]])


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ('aws_kms_key.k.arn == ""', False),
        ('aws_kms_key.k.arn != ""', True),
        ('"" == aws_kms_key.k.key_id', False),
        ("aws_kms_key.k.arn == null", False),
        ('data.aws_kms_key.k.arn == ""', False),
        ("data.aws_kms_key.k.arn == null", False),
        ("data.aws_ssm_parameter.p.value == null", False),
        ("{ for k, v in { a = data.aws_region.here.name, b = null } : k => 1 if v != null }", {"a": 1}),
        ('"a${var.open}" == ""', False),
        ('"${aws_kms_key.k.id}:${var.open}" != ""', True),
        ("length(aws_kms_key.k.arn[*])", 1),
        ('aws_kms_key.k.arn != "" && aws_kms_key.k.arn != null ? "own" : "aws"', "own"),
        ('"${var.open}-left" == "default"', False),
        ('lookup({}, var.open, "d")', "d"),
        ('lookup({ a = 1, b = 2 }, "c-${var.open}", "d")', "d"),
        ('lookup({ a = 1, c-d = 2 }, "c-${var.open}", "d")', None),
        ('lookup({ a = 1 }, var.open, "d")', None),
        ('lookup({ a = 1 }, "c-${var.open}")', None),
        ('var.open == ""', None),
        ('"${var.open}" == ""', None),
        ('aws_kms_key.k.description_of_it == ""', None),
        ('data.aws_kms_key.k.description == ""', None),
        ("data.aws_kms_key.k.deletion_date[*]", None),
    ],
)
def test_an_arn_is_never_empty(tmp_path: Path, expression: str, said: object) -> None:
    more = 'resource "aws_kms_key" "k" {}\ndata "aws_kms_key" "k" {}\nvariable "open" {}\n'
    result = value(tmp_path, expression, more)
    assert isinstance(result, Unknown) if said is None else result == said


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("{ a = 1, b = 1 }[var.open]", 1),
        ("{ a = 1, b = 2 }[var.open] > 0", True),
        ("{ a = 1, b = 2 }[var.open] > 1", None),
        ('{ a-x = 1, b-x = 1, c = 2 }["${var.open}-x"]', 1),
        ("{ a = { days = 1 }, b = { days = 1 } }[var.open].days", 1),
        ("{ a = { days = 1 }, b = { days = 2 } }[var.open].days < 3", True),
        ("[1, 1][var.open]", 1),
        ("{ a = 1, b = var.other }[var.open]", None),
        ("{ a = 1, b = 1 }[var.open][0]", None),
        ('{ a-x = 1 }["${var.open}-y"]', None),
        ("{}[var.open]", None),
        ("toset([1])[var.open]", None),
        # Where nothing is refused, the key is one of them; in try() and can() it may be none.
        ("try({ a = 1, b = 1 }[var.open], 1)", None),
        ("can({ a = 1, b = 1 }[var.open])", None),
        ("try([for one in [1] : { a = 1 }[var.open]], [])", None),
        ("try(local.picked, 2)", 1),
        ("lookup({ a = 1, b = 1 }, var.open, 1)", 1),
        ("lookup({ a = 2, b = 1 }, var.open, 3) > 0", True),
        ("lookup({ a = 2, b = 1 }, var.open, 0) > 0", None),
        ("lookup({ a = 2, b = 1 }, var.open) > 0", True),
        ("lookup({ a = 2, b = 1 }, var.open) > 1", None),
        ("try(lookup({ a = 1 }, var.open), 1)", None),
        ("{ a = 1, b = 1 }[aws_x.x.id]", 1),
        ("{ for n in range(9) : n => n }[var.open] < 10", None),
    ],
)
def test_what_a_key_that_is_not_known_leads_to_is_one_of_the_elements(tmp_path: Path, expression: str, said: object) -> None:
    more = 'variable "open" {}\nvariable "other" {}\nresource "aws_x" "x" {}\nlocals {\n  picked = { a = 1 }[var.open]\n}\n'
    result = value(tmp_path, expression, more)
    assert isinstance(result, Unknown) if said is None else result == said


def test_sets_of_objects(tmp_path: Path) -> None:
    objects = "toset([{ name = \"b\" }, { name = \"a\" }, { name = \"b\" }])"
    assert value(tmp_path, f"[for one in {objects} : one.name]", "") == ["b", "a"]
    assert value(tmp_path, f"length(setunion({objects}, toset([{{ name = \"c\" }}])))", "") == 3
    assert value(tmp_path, "length(toset([[\"b\"], [\"a\"]]))", "") == 2


def test_elements_of_one_attribute_are_told_apart(tmp_path: Path) -> None:
    more = 'resource "aws_x" "x" {}\n'
    assert value(tmp_path, "aws_x.x.list_id[0] == aws_x.x.list_id[0]", more) is True
    assert isinstance(value(tmp_path, "aws_x.x.list_id[0] == aws_x.x.list_id[1]", more), Unknown)


# How many elements there are, where these are not known

AZS = 'data "aws_availability_zones" "a" {}\nvariable "unset" {}\n'


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("length(slice(data.aws_availability_zones.a.names, 0, 3))", 3),
        ("[for at, name in slice(data.aws_availability_zones.a.names, 1, 3) : at]", [0, 1]),
        ("length(slice(var.unset, 0, 2))", 2),
        ("length(slice(var.unset, 0, 0))", 0),
    ],
)
def test_a_slice_has_as_many_elements_as_its_indexes_say(tmp_path: Path, expression: str, number: Any) -> None:
    assert value(tmp_path, expression, AZS) == number


@pytest.mark.parametrize(
    "expression",
    [
        "slice(var.unset, 0, 2)[0]",
        "try(slice(var.unset, 0, 2), [])",
        "can(slice(var.unset, 0, 2))",
        "length(toset(slice(var.unset, 0, 2)))",
        "slice(var.unset, 0, 5000)",
        "slice(var.unset, 0, length(var.unset))",
        "slice(var.unset, 2, 1)",
    ],
)
def test_a_slice_of_what_is_not_known_settles_no_more_than_that(tmp_path: Path, expression: str) -> None:
    assert isinstance(value(tmp_path, expression, AZS), Unknown)


def test_what_every_resource_has_is_not_null_where_it_is_left_to_the_provider(tmp_path: Path) -> None:
    """As where it is not written: https://developer.hashicorp.com/terraform/plugin/framework/handling-data/attributes#computed"""
    null = 'resource "aws_sqs_queue" "q" {\n  name = null\n  kms_master_key_id = null\n}\ndata "aws_subnet" "s" {\n  vpc_id = null\n}\n'
    assert value(tmp_path, "aws_sqs_queue.q.name", null) == Reference("aws_sqs_queue.q", "name")
    assert value(tmp_path, "aws_sqs_queue.q.kms_master_key_id", null) is None
    assert value(tmp_path, "data.aws_subnet.s.vpc_id", null) == Reference("data.aws_subnet.s", "vpc_id")


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("eu-west-1", "com.amazonaws.eu-west-1.ecr.api"),
        ("cn-north-1", Reference("data.aws_vpc_endpoint_service.s", "service_name")),
    ],
)
def test_the_name_of_the_service_of_an_endpoint(tmp_path: Path, region: str, name: Any) -> None:
    service = 'data "aws_vpc_endpoint_service" "s" {\n  service = "ecr.api"\n  service_name = null\n}\n'
    provider = f'provider "aws" {{\n  region = "{region}"\n}}\n'
    assert value(tmp_path, "data.aws_vpc_endpoint_service.s.service_name", service + provider) == name


def test_the_name_of_the_service_of_an_endpoint_in_a_region_that_is_not_known(tmp_path: Path) -> None:
    service = 'data "aws_vpc_endpoint_service" "s" {\n  service = "s3"\n}\n'
    name = value(tmp_path, "data.aws_vpc_endpoint_service.s.service_name", service)
    assert isinstance(name, Text) and (name.parts[0], name.parts[2]) == ("com.amazonaws.", ".s3")
