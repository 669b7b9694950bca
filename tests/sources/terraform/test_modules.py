"""Modules, instances, nested blocks and providers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.discover import discover
from assay.scanner.sources.raw import Either, Reference, Text, Unknown
from assay.scanner.sources.terraform.bodies import Body
from tests.sources.terraform.reading import collect, read, read_with_gaps, value, write

CALL = 'module "m" {\n  source = "./m"\n'


def module(call: str, inner: str, more: str = "") -> dict[str, str | bytes]:
    return {"main.tf": CALL + call + "}\n" + more, "m/main.tf": inner}


# Values through modules


def test_an_unset_variable_stays_unknown_through_arguments_and_outputs(tmp_path: Path) -> None:
    files = module("  v = var.unset\n", 'variable "v" {}\noutput "o" {\n  value = "${var.v}!"\n}\n')
    files["main.tf"] = str(files["main.tf"]) + 'variable "unset" {}\nresource "probe" "p" {\n  o = module.m.o\n}\n'
    data = read(tmp_path, files)["probe.p"]["o"].data
    assert isinstance(data, Text) and data.unknown and data.unknown.reason == 'variable "unset" has no value'


def test_an_argument_that_the_call_leaves_out_is_unknown(tmp_path: Path) -> None:
    items = read(tmp_path, module("", 'variable "v" {}\nresource "probe" "p" {\n  v = var.v\n}\n'))
    data = items["module.m.probe.p"]["v"].data
    assert isinstance(data, Unknown) and data.settles_it == 'pass "v" in the module call'


def test_a_variable_of_a_module_is_not_set_from_the_command_line(tmp_path: Path) -> None:
    items = read(tmp_path, module("", 'variable "v" {}\nresource "probe" "p" {\n  v = var.v\n}\n'), variables={"v": "outside"})
    assert isinstance(items["module.m.probe.p"]["v"].data, Unknown)


def test_references_go_through_inputs_and_outputs(tmp_path: Path) -> None:
    inner = (
        'variable "key" {}\nresource "aws_s3_bucket" "b" {\n  key = var.key\n  bucket = "logs"\n}\n'
        'output "arn" {\n  value = aws_s3_bucket.b.arn\n}\noutput "name" {\n  value = aws_s3_bucket.b.bucket\n}\n'
    )
    more = (
        'resource "aws_kms_key" "k" {}\nresource "probe" "p" {\n  arn = module.m.arn\n  name = module.m.name\n  none = module.m.none\n}\n'
    )
    items = read(tmp_path, module("  key = aws_kms_key.k.arn\n", inner, more))
    assert items["module.m.aws_s3_bucket.b"]["key"].data == Reference("aws_kms_key.k", "arn")
    probe = items["probe.p"]
    assert probe["arn"].data == Reference("module.m.aws_s3_bucket.b", "arn")
    assert probe["name"].data == "logs"
    assert probe.link("name").data == Reference("module.m.aws_s3_bucket.b", "bucket")
    assert isinstance(probe["none"].data, Unknown)


def test_three_levels_of_modules(tmp_path: Path) -> None:
    deepest = 'variable "v" {}\nresource "probe" "p" {\n  v = var.v\n}\noutput "o" {\n  value = "${var.v}c"\n}\n'
    middle = 'variable "v" {}\nmodule "n" {\n  source = "../n"\n  v = "${var.v}b"\n}\noutput "o" {\n  value = module.n.o\n}\n'
    files = {"main.tf": CALL + '  v = "a"\n}\nresource "probe" "q" {\n  o = module.m.o\n}\n', "m/main.tf": middle, "n/main.tf": deepest}
    items = read(tmp_path, files)
    assert items["module.m.module.n.probe.p"]["v"].data == "ab"
    assert items["probe.q"]["o"].data == "abc"


def test_nested_for_each_modules(tmp_path: Path) -> None:
    files = {
        "main.tf": CALL + '  for_each = toset(["a", "b"])\n  name = each.key\n}\nresource "probe" "q" {\n'
        '  one = module.m["b"].names\n  all = { for key, each in module.m : key => each.names }\n  gone = try(module.m["z"].names, "none")\n}\n',
        "m/main.tf": 'variable "name" {}\nmodule "n" {\n  source = "../n"\n  count = 2\n  name = "${var.name}${count.index}"\n}\n'
        'output "names" {\n  value = module.n[*].name\n}\n',
        "n/main.tf": 'variable "name" {}\nresource "probe" "p" {\n  name = var.name\n}\noutput "name" {\n  value = var.name\n}\n',
    }
    items = read(tmp_path, files)
    assert {address: item["name"].data for address, item in items.items() if address != "probe.q"} == {
        f'module.m["{key}"].module.n[{at}].probe.p': f"{key}{at}" for key in "ab" for at in (0, 1)
    }
    assert items["probe.q"]["one"].data == ["b0", "b1"]
    assert items["probe.q"]["all"].data == {"a": ["a0", "a1"], "b": ["b0", "b1"]}
    assert items["probe.q"]["gone"].data == "none"


def test_a_module_whose_number_is_unknown_is_read_as_one_template(tmp_path: Path) -> None:
    more = 'variable "unset" {}\nresource "probe" "q" {\n  o = module.m["x"].o\n  all = module.m[*].o\n}\n'
    items = read(
        tmp_path, module("  for_each = var.unset\n", 'resource "probe" "p" {\n  v = "known"\n}\noutput "o" {\n  value = 1\n}\n', more)
    )
    inner = items['module.m["*"].probe.p']
    assert inner["v"].data == "known"
    assert inner.template is not None and inner.template.reason == 'variable "unset" has no value'
    assert items["probe.q"]["o"].data == 1
    assert isinstance(items["probe.q"]["all"].data, Unknown)
    assert not items["probe.q"].coexists(inner) and inner.coexists(items["probe.q"])


def test_what_is_secret_is_settled_by_a_stand_in(tmp_path: Path) -> None:
    text = 'variable "open" {}\nvariable "key" {\n  sensitive = true\n}\nresource "probe" "p" {\n  a = var.open\n  b = var.key\n}\n'
    (probe,) = read(tmp_path, {"main.tf": text}).values()
    way = "pass --var {0}=VALUE or --var-file FILE"
    assert [probe[name].unknown.settles_it for name in "ab"] == [
        way.format("open"),
        way.format("key") + ", with a stand-in: it is a secret",
    ]


# Instances


@pytest.mark.parametrize(
    ("argument", "addresses"),
    [
        ("count = 0", []),
        ("count = 2", ["probe.p[0]", "probe.p[1]"]),
        ('count = "2"', ["probe.p[0]", "probe.p[1]"]),
        ("count = true ? 1 : 0", ["probe.p[0]"]),
        ('for_each = toset(["b", "a"])', ['probe.p["a"]', 'probe.p["b"]']),
        ("for_each = { x = 1 }", ['probe.p["x"]']),
        ("for_each = {}", []),
        ("for_each = toset([])", []),
        ("count = var.unset", ['probe.p["*"]']),
        ("count = length(var.unset)", ['probe.p["*"]']),
        ("count = var.unset ? 1 : 0", ['probe.p["*"]']),
        ("count = var.unset ? 1 : 1", ["probe.p[0]"]),
        ("for_each = var.unset", ['probe.p["*"]']),
        ("for_each = toset([var.unset])", ['probe.p["*"]']),
        ("for_each = { (var.unset) = 1 }", ['probe.p["*"]']),
        ("for_each = { x = var.unset }", ['probe.p["x"]']),
        ('for_each = toset(["a", "${var.unset}b"])', ['probe.p["${var.unset}b"]', 'probe.p["a"]']),
        ('for_each = toset(["${var.unset}-a", "${var.unset}-b"])', ['probe.p["${var.unset}-a"]', 'probe.p["${var.unset}-b"]']),
        ('for_each = toset(["a", probe.other.id])', ['probe.p["${probe.other.id}"]', 'probe.p["a"]']),
        ('for_each = { "${var.unset}-a" = 1, b = 2 }', ['probe.p["${var.unset}-a"]', 'probe.p["b"]']),
        ('for_each = { for n in ["a", "b"] : "${var.unset}-${n}" => n }', ['probe.p["${var.unset}-a"]', 'probe.p["${var.unset}-b"]']),
        ('for_each = { for n in ["a", "b"] : "${upper(var.unset)}-${n}" => n }', ['probe.p["${…}-a"]', 'probe.p["${…}-b"]']),
        ('for_each = { for n in ["a", "a"] : "${upper(var.unset)}-${n}" => n }', ['probe.p["${…}-a (2)"]', 'probe.p["${…}-a"]']),
        ('for_each = { for k, v in { for n in ["a"] : "${var.unset}-${n}" => n } : "x-${k}" => v }', ['probe.p["x-${var.unset}-a"]']),
        ('for_each = { "${var.unset}-a" = 1, b-a = 2 }', ['probe.p["*"]']),
        ('for_each = merge({ for n in ["a"] : "${var.unset}-${n}" => n }, { x = 1 })', ['probe.p["*"]', 'probe.p["x"]']),
        ('for_each = { for n in ["a", "b"] : "${var.unset}-${n}" => n if var.unset == n }', ['probe.p["*"]']),
        ('for_each = toset(concat(["a"], var.unset))', ['probe.p["*"]', 'probe.p["a"]']),
        ("for_each = merge(var.unset, { x = 1 })", ['probe.p["*"]', 'probe.p["x"]']),
        ("for_each = var.unset ? { x = 1, y = 2 } : { x = 3 }", ['probe.p["*"]', 'probe.p["x"]']),
        ("for_each = var.unset ? { x = 1 } : {}", ['probe.p["*"]']),
        ("count = var.unset ? 3 : 2", ['probe.p["*"]', "probe.p[0]", "probe.p[1]"]),
        ("count = var.unset ? 3 : null", ['probe.p["*"]']),
        ("for_each = null", ['probe.p["*"]']),
        ("for_each = data.aws_subnets.s.ids", ['probe.p["*"]']),
        ("count = null", ['probe.p["*"]']),
        ("lifecycle {\n    enabled = false\n  }", []),
        ('lifecycle {\n    enabled = "true"\n  }', ["probe.p"]),
        ("lifecycle {\n    prevent_destroy = true\n  }", ["probe.p"]),
        ('count = "many"', ['probe.p["*"]']),
        ("count = 1.5", ['probe.p["*"]']),
        ("count = -1", ['probe.p["*"]']),
        ("count = [1]", ['probe.p["*"]']),
        ("count = {}.missing", ['probe.p["*"]']),
        ('for_each = "text"', ['probe.p["*"]']),
        ("for_each = 5", ['probe.p["*"]']),
        ("for_each = toset([null])", ['probe.p["*"]']),
        ("for_each = probe.p", ['probe.p["*"]']),
        ("count = length(probe.p)", ['probe.p["*"]']),
    ],
)
def test_the_instances_of_a_resource(tmp_path: Path, argument: str, addresses: list[str]) -> None:
    more = 'variable "unset" {}\nresource "probe" "other" {}\n'
    items = read(tmp_path, f'resource "probe" "p" {{\n  {argument}\n}}\n{more}')
    items.pop("probe.other")
    assert sorted(items) == addresses
    assert [items[address].template is None for address in addresses] == ["*" not in address for address in addresses]


OPEN_KEYS = """
variable "prefix" {}
locals {
  sizes = { for name, size in { a = 1, b = 2 } : "${var.prefix}-${name}" => { size = size } }
}
resource "probe" "p" {
  for_each = local.sizes
  name     = each.key
  size     = each.value.size
}
resource "probe" "q" {
  for_each = local.sizes
  size     = probe.p[each.key].size
  named    = probe.p["${var.prefix}-b"].size
  other    = probe.p["x"].size
  all      = sum([for one in probe.p : one.size])
  read     = local.sizes["${var.prefix}-a"].size
  of       = module.m[each.key].size
}
module "m" {
  source   = "./m"
  for_each = probe.p
  size     = each.value.size
}
"""


def test_instances_whose_keys_are_known_in_part(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text('variable "size" {}\nresource "probe" "r" {\n  size = var.size\n}\noutput "size" {\n  value = var.size\n}\n')
    items = read(tmp_path, OPEN_KEYS)
    a, b = items['probe.q["${var.prefix}-a"]'], items['probe.q["${var.prefix}-b"]']
    assert (a["size"].data, b["size"].data) == (1, 2)
    assert (a["of"].data, b["of"].data) == (1, 2)
    assert a["named"].data == 2 and a["read"].data == 1
    assert isinstance(a["other"].data, Unknown) and isinstance(a["all"].data, Unknown)
    assert items['module.m["${var.prefix}-b"].probe.r']["size"].data == 2
    assert str(items['probe.p["${var.prefix}-a"]']["name"].data) == '${unknown: variable "prefix" has no value}-a'



@pytest.mark.parametrize("enabled", ["var.unset", "null", '"perhaps"'])
def test_what_may_be_switched_off(tmp_path: Path, enabled: str) -> None:
    code = 'resource "probe" "p" {{\n  lifecycle {{\n    enabled = {0}\n  }}\n}}\nresource "probe" "q" {{\n  v = probe.p.id\n}}\nvariable "unset" {{}}\n'
    items = read(tmp_path, code.format(enabled))
    assert sorted(items) == ["probe.p", "probe.q"]
    assert items["probe.p"].template is not None
    assert items["probe.q"].link("v").data == Reference("probe.p", "id")


def test_what_is_switched_off_is_null(tmp_path: Path) -> None:
    code = 'resource "probe" "p" {\n  lifecycle {\n    enabled = false\n  }\n}\nresource "probe" "q" {\n  v = probe.p == null ? "none" : "one"\n}\n'
    items = read(tmp_path, code)
    assert sorted(items) == ["probe.q"]
    assert items["probe.q"]["v"].data == "none"


def test_what_an_instance_calls_itself(tmp_path: Path) -> None:
    items = read(
        tmp_path,
        'resource "probe" "c" {\n  count = 2\n  at = count.index\n}\n'
        'resource "probe" "e" {\n  for_each = { x = "v" }\n  at = "${each.key}${each.value}"\n}\n'
        'resource "probe" "u" {\n  count = var.unset\n  at = count.index\n  text = "a-${count.index}"\n}\nvariable "unset" {}\n',
    )
    assert [items[f"probe.c[{at}]"]["at"].data for at in (0, 1)] == [0, 1]
    assert items['probe.e["x"]']["at"].data == "xv"
    assert isinstance(items['probe.u["*"]']["at"].data, Unknown)
    assert items['probe.u["*"]']["text"].data.prefix == "a-"


def together(tmp_path: Path, code: str, one: str, other: str) -> bool:
    """Whether `other` exists whenever `one` does."""
    items = read(tmp_path, 'variable "set" {}\nvariable "other" {}\n' + code)
    return items[one].coexists(items[other])


BUCKETS = 'resource "probe" "b" {\n  for_each = var.set\n}\n'


@pytest.mark.parametrize(
    ("for_each", "certain"),
    [
        ("var.set", True),
        ("toset(var.set)", True),
        ("probe.b", True),
        ("toset(keys(probe.b))", True),
        ("var.other", False),
        ("{ for k, v in var.set : k => v if v.on }", False),
        ("setunion(var.set, var.other)", False),
        ("probe.b[*]", False),
    ],
)
def test_sets_are_the_same_by_what_is_written_not_by_why_they_are_unknown(tmp_path: Path, for_each: str, certain: bool) -> None:
    assert together(tmp_path, f'{BUCKETS}resource "probe" "p" {{\n  for_each = {for_each}\n}}\n', 'probe.b["*"]', 'probe.p["*"]') is certain


def test_a_chain_of_sets_is_followed_to_its_beginning(tmp_path: Path) -> None:
    code = BUCKETS + 'resource "probe" "p" {\n  for_each = probe.b\n}\nresource "probe" "q" {\n  for_each = probe.p\n}\n'
    assert together(tmp_path, code, 'probe.b["*"]', 'probe.q["*"]') and together(tmp_path, code, 'probe.q["*"]', 'probe.b["*"]')


def test_a_set_that_hangs_on_itself_is_no_other(tmp_path: Path) -> None:
    code = 'resource "probe" "p" {\n  for_each = probe.q\n}\nresource "probe" "q" {\n  for_each = probe.p\n}\n' + BUCKETS
    assert not together(tmp_path, code, 'probe.b["*"]', 'probe.p["*"]')


def test_a_set_says_nothing_of_what_exists_once(tmp_path: Path) -> None:
    code = 'resource "probe" "b" {}\nresource "probe" "p" {\n  for_each = var.set\n}\nresource "probe" "c" {\n  count = var.set\n}\n'
    assert not together(tmp_path, code, "probe.b", 'probe.p["*"]')
    assert not together(tmp_path, code, 'probe.c["*"]', 'probe.p["*"]')


def test_the_key_star_is_a_key_like_others(tmp_path: Path) -> None:
    items = read(
        tmp_path, 'resource "probe" "p" {\n  for_each = toset(["*"])\n}\nresource "probe" "q" {\n  v = [for k, p in probe.p : k]\n}\n'
    )
    assert items["probe.q"]["v"].data == ["*"]


MODULES = (
    'module "a" {\n  source = "./m"\n  for_each = var.set\n}\nmodule "b" {\n  source = "./m"\n  for_each = var.set\n}\n'
    'module "c" {\n  source = "./m"\n  for_each = { for k, v in var.set : k => v if v.on }\n}\n'
)


def test_instances_in_modules_exist_together_where_their_calls_do(tmp_path: Path) -> None:
    inner = 'resource "probe" "b" {}\nvariable "on" {\n  default = null\n}\nresource "probe" "p" {\n  count = var.on ? 1 : 0\n}\n'
    items = read(tmp_path, {"main.tf": 'variable "set" {}\n' + MODULES + BUCKETS, "m/main.tf": inner})
    bucket = items['module.a["*"].probe.b']
    assert bucket.coexists(items['module.b["*"].probe.b']) and bucket.coexists(items['probe.b["*"]'])
    assert not bucket.coexists(items['module.c["*"].probe.b'])
    assert not bucket.coexists(items['module.a["*"].probe.p["*"]'])  # in doubt for itself, beside its module
    assert items['module.a["*"].probe.p["*"]'].coexists(bucket)


def test_blocks_that_are_never_made_are_counted(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"main.tf": 'resource "probe" "p" {\n  count = 0\n}\nresource "probe" "q" {}\nresource "probe" "r" {\n  for_each = {}\n}\n'},
    )
    (collection,) = collect(tmp_path)
    assert (collection.coverage.blocks.found, collection.coverage.blocks.evaluated) == (2, 2)


def test_two_resources_with_the_same_unknown_number_exist_together(tmp_path: Path) -> None:
    items = read(
        tmp_path,
        'variable "unset" {}\nvariable "other" {}\n'
        'resource "probe" "a" {\n  count = var.unset\n}\nresource "probe" "b" {\n  count = var.unset\n}\n'
        'resource "probe" "c" {\n  count = var.other\n}\nresource "probe" "d" {}\n',
    )
    a, b, c, d = (items[f'probe.{name}["*"]'] if name != "d" else items["probe.d"] for name in "abcd")
    assert a.coexists(b) and b.coexists(a)
    assert not a.coexists(c) and not d.coexists(a)
    assert a.coexists(d)


# Nested blocks


def blocks(tmp_path: Path, body: str, more: str = "") -> tuple[list[Any], Unknown | None]:
    item = read(tmp_path, f'resource "probe" "p" {{\n{body}\n}}\nvariable "unset" {{}}\n{more}')["probe.p"]
    nodes, unknown = item.blocks("rule")
    return [node["v"].data for node in nodes], unknown


def test_dynamic_blocks_over_each_kind_of_collection(tmp_path: Path) -> None:
    dynamic = 'dynamic "rule" {{\n  for_each = {0}\n  content {{\n    v = "${{rule.key}}=${{rule.value}}"\n  }}\n}}'
    assert blocks(tmp_path, dynamic.format('["b", "a"]'))[0] == ["0=b", "1=a"]
    assert blocks(tmp_path, dynamic.format('toset(["b", "a"])'))[0] == ["a=a", "b=b"]
    assert blocks(tmp_path, dynamic.format('{ y = "b", x = "a" }'))[0] == ["x=a", "y=b"]
    assert blocks(tmp_path, dynamic.format("[]")) == ([], None)


def test_dynamic_blocks_with_an_iterator_beside_written_ones(tmp_path: Path) -> None:
    body = 'rule {\n  v = 0\n}\ndynamic "rule" {\n  for_each = [1, 2]\n  iterator = it\n  content {\n    v = it.value\n  }\n}\nrule {\n  v = 3\n}'
    assert blocks(tmp_path, body) == ([0, 1, 2, 3], None)


@pytest.mark.parametrize("for_each", ["var.unset", "{}.missing", "probe.other.list", "5", "null ? [] : []"])
def test_how_many_dynamic_blocks_there_are_may_be_unknown(tmp_path: Path, for_each: str) -> None:
    block_list, unknown = blocks(
        tmp_path, f'rule {{\n  v = 1\n}}\ndynamic "rule" {{\n  for_each = {for_each}\n  content {{\n    v = 2\n  }}\n}}'
    )
    assert block_list == [1] and isinstance(unknown, Unknown)


def test_a_dynamic_block_without_for_each_is_unknown(tmp_path: Path) -> None:
    block_list, unknown = blocks(tmp_path, 'dynamic "rule" {\n  content {\n    v = 2\n  }\n}')
    assert block_list == [] and isinstance(unknown, Unknown)


def test_unknown_inside_a_dynamic_block_is_only_there(tmp_path: Path) -> None:
    block_list, unknown = blocks(tmp_path, 'dynamic "rule" {\n  for_each = [1, var.unset]\n  content {\n    v = rule.value\n  }\n}')
    assert unknown is None and block_list[0] == 1 and isinstance(block_list[1], Unknown)


def test_dynamic_blocks_inside_dynamic_blocks(tmp_path: Path) -> None:
    body = (
        'dynamic "outer" {\n  for_each = { a = [1, 2] }\n  content {\n    name = outer.key\n    dynamic "rule" {\n      for_each = outer.value\n'
        '      content {\n        v = "${outer.key}${rule.value}"\n      }\n    }\n  }\n}'
    )
    item = read(tmp_path, f'resource "probe" "p" {{\n{body}\n}}\n')["probe.p"]
    assert [node["v"].data for node in item.blocks("outer.rule")[0]] == ["a1", "a2"]
    assert item["outer.name"].data == "a" and item["outer.0.rule.1.v"].data == "a2"
    assert item.attributes().data == {"outer": [{"name": "a", "rule": [{"v": "a1"}, {"v": "a2"}]}]}


def test_paths_into_attributes_and_blocks(tmp_path: Path) -> None:
    item = read(tmp_path, 'resource "probe" "p" {\n  m = { a = [{ b = 1 }] }\n  rule {\n    v = 1\n  }\n  rule {\n    v = 2\n  }\n}\n')[
        "probe.p"
    ]
    assert item["m.a.0.b"].data == 1 and item["m.a.b"].data == 1 and item["m.a.5.b"].data is None
    assert item["rule.v"].raw.options == (1, 2) and item["rule.1.v"].data == 2 and item["rule.2.v"].data is None
    assert item["rule"].data == {} and item["absent"].data is None and item["absent.inner"].absent
    assert item["rule.1.v"].seen[0].line == 7 and item["absent"].seen[0].line == 1


def test_a_body_answers_none_where_nothing_is_written(tmp_path: Path) -> None:
    item = read(tmp_path, 'resource "probe" "p" {}\n')["probe.p"]
    assert isinstance(item.body, Body) and item.body.raw("nothing") is None and item.body.nested("nothing") == ([], None)


# Missing modules


def test_a_remote_module_that_is_not_installed_is_a_gap_with_the_command(tmp_path: Path) -> None:
    text = 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\nresource "probe" "p" {\n  v = module.vpc.id\n}\n'
    items, (gap,) = read_with_gaps(tmp_path, text)
    assert (gap.code, gap.scope, gap.line) == ("module_missing", "main.tf", 1)
    assert gap.reason == 'module "vpc" (terraform-aws-modules/vpc/aws) is not in .terraform/modules'
    assert gap.settles_it == "run terraform init in . to fetch it, or scan the plan"
    assert items["probe.p"]["v"].data.reason == gap.reason


def test_an_installed_module_is_read_from_where_init_put_it(tmp_path: Path) -> None:
    listed = {
        "Modules": [
            {"Key": "", "Dir": "."},
            {"Key": "vpc", "Source": "registry.terraform.io/example/vpc/aws", "Version": "5.1.0", "Dir": ".terraform/modules/vpc"},
            {"Key": "vpc.inner", "Source": "registry.opentofu.org/example/inner/aws", "Dir": ".terraform/modules/i"},
        ]
    }
    files = {
        "main.tf": 'module "vpc" {\n  source = "example/vpc/aws"\n  for_each = toset(["a.b", "module.c"])\n}\n',
        ".terraform/modules/modules.json": json.dumps(listed),
        ".terraform/modules/vpc/main.tf": 'module "inner" {\n  source = "example/inner/aws"\n}\n',
        ".terraform/modules/i/main.tf": 'resource "probe" "p" {}\n',
    }
    assert sorted(read(tmp_path, files)) == ['module.vpc["a.b"].module.inner.probe.p', 'module.vpc["module.c"].module.inner.probe.p']


@pytest.mark.parametrize(
    "manifest", ["", "[]", "{}", '{"Modules": null}', '{"Modules": [1]}', '{"Modules": [{"Key": "vpc"}]}', "\x00", '{"Modules": {"a": 1}}']
)
def test_a_broken_manifest_is_as_good_as_none(tmp_path: Path, manifest: str) -> None:
    _, (gap,) = read_with_gaps(
        tmp_path, {"main.tf": 'module "vpc" {\n  source = "example/vpc/aws"\n}\n', ".terraform/modules/modules.json": manifest}
    )
    assert gap.code == "module_missing"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('"./gone"', "does not exist"),
        ("var.source", "is not a plain string"),
        ('"./${var.source}"', "is not a plain string"),
        ("null", "is not a plain string"),
        ('"git::https://example.com/m.git?ref=v1"', "is not in .terraform/modules"),
    ],
)
def test_a_module_that_cannot_be_found_is_a_gap(tmp_path: Path, source: str, words: str) -> None:
    items, (gap,) = read_with_gaps(tmp_path, f'module "m" {{\n  source = {source}\n}}\nresource "probe" "p" {{}}\n')
    assert words in gap.reason and list(items) == ["probe.p"]


def test_a_source_may_be_put_together_of_values_as_opentofu_does(tmp_path: Path) -> None:
    code = 'variable "of" {\n  default = "eu"\n}\nlocals {\n  at = "./m/${var.of}"\n}\nmodule "m" {\n  source = "${local.at}/x"\n}\n'
    assert list(read(tmp_path, {"main.tf": code, "m/eu/x/main.tf": 'resource "probe" "p" {}\n'})) == ["module.m.probe.p"]


def test_a_module_without_source_is_a_gap(tmp_path: Path) -> None:
    assert read_with_gaps(tmp_path, 'module "m" {}\n')[1][0].code == "module_missing"


# Cycles and roots


def test_a_module_that_calls_itself_is_cut(tmp_path: Path) -> None:
    items, (gap,) = read_with_gaps(tmp_path, 'module "again" {\n  source = "./"\n}\nresource "probe" "p" {}\n')
    assert gap.reason == 'module "again" calls itself' and "probe.p" in items


def test_a_cycle_through_another_module_is_cut(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\nresource "probe" "p" {}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\nresource "probe" "p" {}\n',
    }
    items, (gap,) = read_with_gaps(tmp_path, files)
    assert sorted(items) == ["module.a.module.b.probe.p", "module.a.probe.p"] and "calls itself" in gap.reason


def test_two_modules_that_only_call_each_other_are_still_read(tmp_path: Path) -> None:
    files = {
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\nresource "probe" "a" {}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\nresource "probe" "b" {}\n',
    }
    items, gaps = read_with_gaps(tmp_path, files)
    assert {"probe.a", "module.b.probe.b"} <= set(items) and all("calls itself" in gap.reason for gap in gaps) and gaps


def test_a_module_that_two_roots_call_is_counted_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one/main.tf": 'module "m" {\n  source = "../m"\n  v = 1\n}\n',
        "two/main.tf": 'module "m" {\n  source = "../m"\n  v = 2\n}\n',
        "m/main.tf": 'variable "v" {}\nresource "probe" "p" {\n  v = var.v\n}\n',
        "m/more.tf": "",
    }
    write(tmp_path, files)
    collections = collect(tmp_path)
    assert [collection.name for collection in collections] == ["one", "two"]
    assert sum(collection.coverage.files.found for collection in collections) == 4
    assert [item["v"].data for collection in collections for item in collection.items] == [1, 2]


def test_a_module_that_nobody_calls_is_a_root(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "main.tf": CALL + "}\n",
        "m/main.tf": 'resource "probe" "p" {}\n',
        "alone/main.tf": 'resource "probe" "q" {}\n',
    }
    write(tmp_path, files)
    assert [collection.name for collection in collect(tmp_path)] == [".", "alone"]


# Providers


def provider_items(tmp_path: Path) -> Any:
    return read(
        tmp_path,
        {
            "main.tf": 'variable "region" {\n  default = "us-east-1"\n}\nvariable "unset" {}\n'
            'provider "aws" {\n  region = var.region\n  allowed_account_ids = ["111122223333"]\n}\n'
            'provider "aws" {\n  alias = "west"\n  region = "us-west-2"\n}\n'
            'provider "aws" {\n  alias = "unset"\n  region = var.unset\n}\n'
            'provider "google" {\n  project = "p-1"\n  region = "europe-west1"\n}\n'
            'resource "aws_x" "default" {}\nresource "aws_x" "west" {\n  provider = aws.west\n}\n'
            'resource "aws_x" "own" {\n  region = "eu-central-1"\n}\nresource "aws_x" "unset" {\n  provider = aws.unset\n}\n'
            'resource "aws_x" "nowhere" {\n  provider = aws.nowhere\n}\nresource "google_x" "g" {}\nresource "other_x" "o" {}\n'
            'module "plain" {\n  source = "./m"\n}\nmodule "west" {\n  source = "./m"\n  providers = {\n    aws = aws.west\n  }\n}\n'
            'module "named" {\n  source = "./named"\n  providers = {\n    aws.here = aws.west\n    aws.there = aws\n  }\n}\n',
            "m/main.tf": 'resource "aws_x" "x" {}\nmodule "n" {\n  source = "../n"\n}\n',
            "n/main.tf": 'resource "aws_x" "x" {}\n',
            "named/main.tf": 'resource "aws_x" "here" {\n  provider = aws.here\n}\nresource "aws_x" "there" {\n  provider = aws.there\n}\n'
            'resource "aws_x" "plain" {}\n',
        },
    )


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("aws_x.default", "us-east-1"),
        ("aws_x.west", "us-west-2"),
        ("aws_x.own", "eu-central-1"),
        ("aws_x.nowhere", None),
        ("google_x.g", "europe-west1"),
        ("other_x.o", None),
        ("module.plain.aws_x.x", "us-east-1"),
        ("module.plain.module.n.aws_x.x", "us-east-1"),
        ("module.west.aws_x.x", "us-west-2"),
        ("module.west.module.n.aws_x.x", "us-west-2"),
        ("module.named.aws_x.here", "us-west-2"),
        ("module.named.aws_x.there", "us-east-1"),
    ],
)
def test_the_region_comes_from_the_provider_that_manages_the_resource(tmp_path: Path, address: str, region: str | None) -> None:
    assert provider_items(tmp_path)[address].region.data == region


def test_accounts_and_unknown_regions(tmp_path: Path) -> None:
    items = provider_items(tmp_path)
    assert items["aws_x.default"].account.data == "111122223333"
    assert items["aws_x.west"].account.data is None
    assert items["google_x.g"].account.data == "p-1"
    assert isinstance(items["aws_x.unset"].region.data, Unknown)


# Files that functions read


def test_files_inside_of_the_boundary_are_read(tmp_path: Path) -> None:
    files = {
        "root/main.tf": 'module "m" {\n  source = "./m"\n}\nresource "probe" "p" {\n  a = file("a.txt")\n  b = file("${path.module}/sub/../a.txt")\n'
        '  c = file("../above.txt")\n  d = templatefile("t.tpl", { name = "N", list = ["x", "y"] })\n'
        '  e = fileexists("a.txt")\n  f = fileexists("gone.txt")\n  g = try(file("gone.txt"), "fallback")\n}\n',
        "root/m/main.tf": 'resource "probe" "q" {\n  v = file("${path.module}/inner.txt")\n}\n',
        "root/m/inner.txt": "inner",
        "root/a.txt": "A\n",
        "root/t.tpl": "Hello ${name}\n%{ for each in list ~}\n- ${each}\n%{ endfor ~}\n",
        "above.txt": "above",
    }
    items = read(tmp_path, files)
    by_name = {name: items["probe.p"][name].data for name in "abcdefg"}
    assert by_name == {"a": "A\n", "b": "A\n", "c": "above", "d": "Hello N\n- x\n- y\n", "e": True, "f": False, "g": "fallback"}
    assert items["module.m.probe.q"]["v"].data == "inner"


@pytest.mark.parametrize(
    "path", ["../secret.txt", "link.txt", "/etc/hostname", "dir/secret.txt", "main.tf/../../secret.txt", "${path.root}/../secret.txt"]
)
def test_nothing_outside_of_the_boundary_is_read(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    write(tmp_path, {"secret.txt": "top secret", "root/main.tf": f'resource "probe" "p" {{\n  v = file("{path}")\n}}\n'})
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "dir").symlink_to(tmp_path)
    (collection,) = collect(root)
    data = collection.items[0]["v"].data
    assert isinstance(data, Unknown) and "secret" not in data.reason.replace("secret.txt", "")


@pytest.mark.parametrize("repository", [True, False])
def test_one_folder_of_a_tree_is_scanned_with_the_modules_beside_it(tmp_path: Path, repository: bool) -> None:
    """Where a repository says where the tree ends, nothing beyond that is read; elsewhere the code of modules is, and nothing else."""
    files: dict[str, str | bytes] = {
        "env/main.tf": 'module "m" {\n  source = "../modules/m"\n}\n',
        "modules/m/main.tf": 'resource "probe" "p" {\n  v = 1\n  w = try(file("${path.module}/secret"), "none")\n}\n',
        "modules/m/secret": "top secret",
        "modules/secret.tf": 'resource "probe" "secret" {}\n',
    }
    write(tmp_path, files)
    (tmp_path / "modules/m/link.tf").symlink_to("../secret.tf")
    if repository:
        (tmp_path / "env/.git").mkdir()
    (collection,) = collect(tmp_path / "env")
    codes = [gap.code for gap in collection.coverage.gaps]
    if repository:
        assert not collection.items and codes == ["module_missing"]
    else:
        (item,) = collection.items
        assert item["v"].data == 1 and item["w"].unknown and codes == ["parse_error"]


@pytest.mark.parametrize(
    "expression",
    [
        "file(var.unset)",
        'templatefile("t.tpl", var.unset)',
        "templatefile(var.unset, {})",
        "fileexists(var.unset)",
        'fileexists("../outside.txt")',
        'file("binary")',
        'file("large")',
        'file(".")',
        "file(null)",
        "file(5)",
        'file("nul\\u0000")',
        'templatefile("t.tpl", {})',
        'templatefile("t.tpl", 5)',
        'templatefile("broken.tpl", {})',
        'templatefile("again.tpl", {})',
    ],
)
def test_files_that_cannot_be_told_are_unknown(tmp_path: Path, expression: str) -> None:
    root = tmp_path / "root"
    files: dict[str, str | bytes] = {
        "main.tf": f'variable "unset" {{}}\nresource "probe" "p" {{\n  v = {expression}\n}}\n',
        "t.tpl": "${name}",
        "binary": b"\xff\xfe\x00",
        "large": b"x" * 2_100_000,
        "broken.tpl": "${",
        "again.tpl": '${templatefile("again.tpl", {})}',
    }
    write(root, files)
    (tmp_path / "outside.txt").write_text("x")
    (collection,) = collect(root)
    assert isinstance(collection.items[0]["v"].data, Unknown)


def test_a_template_keeps_what_is_unknown_in_its_place(tmp_path: Path) -> None:
    files = {
        "main.tf": 'variable "unset" {}\nresource "probe" "p" {\n  v = templatefile("t.tpl", { a = var.unset })\n}\n',
        "t.tpl": "x-${a}-y",
    }
    data = read(tmp_path, files)["probe.p"]["v"].data
    assert isinstance(data, Text) and (data.prefix, data.parts[-1]) == ("x-", "-y")


def test_conditional_resources_keep_their_options(tmp_path: Path) -> None:
    more = 'variable "unset" {}\nresource "aws_kms_key" "k" {}\n'
    item = read(tmp_path, more + 'resource "probe" "p" {\n  key = var.unset ? aws_kms_key.k.arn : "alias/aws/s3"\n}\n')["probe.p"]
    raw = item["key"].raw
    assert isinstance(raw, Either) and raw.options == (Reference("aws_kms_key.k", "arn"), "alias/aws/s3")


# Modules whose number depends on other modules

_CALLED = {
    "bucket/main.tf": 'variable "name" {}\nresource "probe" "b" {\n  name = var.name\n}\noutput "bucket" {\n  value = probe.b\n}\n'
    'output "ids" {\n  value = [probe.b.id]\n}\n',
    "guard/main.tf": 'variable "bucket" {}\nresource "guard" "g" {\n  bucket = var.bucket\n}\n',
}


@pytest.mark.parametrize(
    ("repeated", "passed"),
    [
        ("for_each = module.bucket", "each.value.bucket.id"),
        ("for_each = local.buckets", "each.value.id"),
        ("for_each = { for name, called in module.bucket : name => called.bucket.id }", "each.value"),
        ("for_each = toset(keys(local.buckets))", "module.bucket[each.key].bucket.id"),
        ('for_each = length(module.bucket["a"].ids) > 0 ? module.bucket : {}', "each.value.bucket.name"),
    ],
)
def test_a_module_for_each_instance_of_another(tmp_path: Path, repeated: str, passed: str) -> None:
    root = (
        'module "guard" {\n  source = "./guard"\n  ' + repeated + "\n  bucket = " + passed + "\n}\n"
        'module "last" {\n  source = "./guard"\n  for_each = module.guard\n  bucket = each.key\n}\n'
        "locals {\n  buckets = { for name, called in module.bucket : name => called.bucket }\n}\n"
        'module "bucket" {\n  source = "./bucket"\n  for_each = toset(["a", "b"])\n  name = each.key\n}\n'
    )
    items = read(tmp_path, {"main.tf": root, **_CALLED})
    for name in ("a", "b"):
        linked = items[f'module.guard["{name}"].guard.g'].link("bucket").data
        assert isinstance(linked, Reference) and linked.address == f'module.bucket["{name}"].probe.b'
        assert items[f'module.last["{name}"].guard.g']["bucket"].data == name


def test_a_module_counted_by_another(tmp_path: Path) -> None:
    root = (
        'module "guard" {\n  source = "./guard"\n  count = length(module.bucket.ids)\n  bucket = module.bucket.ids[count.index]\n}\n'
        'module "bucket" {\n  source = "./bucket"\n  name = "n"\n}\n'
    )
    assert sorted(read(tmp_path, {"main.tf": root, **_CALLED})) == ["module.bucket.probe.b", "module.guard[0].guard.g"]


def test_modules_counted_by_each_other_cost_themselves_only(tmp_path: Path) -> None:
    root = (
        'module "one" {\n  source = "./bucket"\n  count = length(module.two)\n  name = "n"\n}\n'
        'module "two" {\n  source = "./bucket"\n  count = length(module.one)\n  name = "n"\n}\n'
        'resource "probe" "other" {}\n'
    )
    items = read(tmp_path, {"main.tf": root, "bucket/main.tf": _CALLED["bucket/main.tf"]})
    assert {address: item.template is None for address, item in items.items()} == {
        'module.one["*"].probe.b': False,
        'module.two["*"].probe.b': False,
        "probe.other": True,
    }


# What data sources say of their provider configuration

_PROVIDERS = """
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias               = "peer"
  region              = "cn-north-1"
  allowed_account_ids = ["111122223333"]
}
provider "aws" {
  alias = "role"
  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/deploy"
  }
}
provider "aws" {
  alias   = "profile"
  profile = "other"
}
variable "open" {}
provider "aws" {
  alias  = "open"
  region = var.open
}
module "m" {
  source    = "./m"
  providers = { aws.inner = aws.peer }
}
"""


@pytest.mark.parametrize(
    ("type_", "provider", "attribute", "told"),
    [
        ("aws_region", "", "name", "us-east-1"),
        ("aws_region", "peer", "id", "cn-north-1"),
        ("aws_region", "open", "name", None),
        ("aws_region", "role", "name", None),
        ("aws_region", "", "description", None),
        ("aws_partition", "peer", "partition", "aws-cn"),
        ("aws_partition", "", "partition", "aws"),
        ("aws_partition", "peer", "dns_suffix", "amazonaws.com.cn"),
        ("aws_partition", "open", "partition", None),
        ("aws_caller_identity", "peer", "account_id", "111122223333"),
        ("aws_caller_identity", "role", "account_id", "444455556666"),
        ("aws_caller_identity", "", "account_id", None),
        ("aws_caller_identity", "open", "account_id", None),
        ("aws_caller_identity", "profile", "account_id", Unknown),
    ],
)
def test_data_sources_answer_of_their_provider_configuration(
    tmp_path: Path, type_: str, provider: str, attribute: str, told: object
) -> None:
    chosen = f"  provider = aws.{provider}\n" if provider else ""
    text = f'data "{type_}" "d" {{\n{chosen}}}\nresource "probe" "p" {{\n  v = data.{type_}.d.{attribute}\n}}\n'
    inner = 'data "aws_region" "r" {\n  provider = aws.inner\n}\nresource "probe" "q" {\n  v = data.aws_region.r.name\n}\n'
    items = read(tmp_path, {"main.tf": _PROVIDERS + text, "m/main.tf": inner})
    data = items["probe.p"]["v"].data
    if told is Unknown:
        assert isinstance(data, Unknown) and "aws.profile" in data.reason
    else:
        assert data == (Reference(f"data.{type_}.d", attribute) if told is None else told)
    assert items["module.m.probe.q"]["v"].data == "cn-north-1"


@pytest.mark.parametrize("syntax", ["aws.peer", '"aws.peer"', '"${aws.peer}"', 'aws.peer["x"]'])
def test_the_account_of_a_resource_is_that_of_the_configuration_it_names(tmp_path: Path, syntax: str) -> None:
    text = f'resource "probe" "p" {{\n  provider = {syntax}\n}}\nresource "probe" "r" {{\n  provider = aws.role\n}}\n'
    items = read(tmp_path, {"main.tf": _PROVIDERS + text, "m/main.tf": ""})
    assert (items["probe.p"].account.data, items["probe.r"].account.data) == ("111122223333", "444455556666")
    assert items["probe.p"].region.data == "cn-north-1" and items["probe.p"].same_account(items["probe.r"]) is False


# Files

_TREE = ("d/a.x", "d/b.x", "d/c.y", "d/.h.x", "d/e/f.x", "d/e/g/c.z", "q.x")


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ('".", "*.x"', ["q.x"]),
        ('"d", "**"', [".h.x", "a.x", "b.x", "c.y", "e/f.x", "e/g/c.z"]),
        ('"d", "**/*.x"', [".h.x", "a.x", "b.x", "e/f.x"]),
        ('"d", "*.{x,y}"', [".h.x", "a.x", "b.x", "c.y"]),
        ('"d", "[^a]*"', [".h.x", "b.x", "c.y"]),
        ('"d", "[!a]*"', ["a.x"]),
        ('"d", "?.x"', ["a.x", "b.x"]),
        ('"d", "[a-b].x"', ["a.x", "b.x"]),
        ('"d/", "**/c*"', ["c.y", "e/g/c.z"]),
        ('path.module, "d/*"', ["d/.h.x", "d/a.x", "d/b.x", "d/c.y"]),
        ('"none", "*"', []),
    ],
)
def test_files_by_pattern(tmp_path: Path, pattern: str, named: list[str]) -> None:
    """As terraform answers for the same tree."""
    write(tmp_path, dict.fromkeys(_TREE, "text"))
    assert value(tmp_path, f"fileset({pattern})") == named


def test_a_brace_that_closes_nothing_is_a_character_of_a_name(tmp_path: Path) -> None:
    """https://github.com/bmatcuk/doublestar/tree/v1.1.5: only an open brace begins alternatives."""
    write(tmp_path, dict.fromkeys(("d/a}.x", "d/b.x", "d/c.y"), "text"))
    assert value(tmp_path, 'fileset("d", "*}.x")') == ["a}.x"]
    assert value(tmp_path, 'fileset("d", "{a,b}*.x")') == ["a}.x", "b.x"]


@pytest.mark.parametrize("pattern", ['"..", "*"', '"/etc", "*"', 'var.open, "*"', '"d", var.open', '"d", "{a"', '"away", "**"'])
def test_files_outside_of_the_boundary_are_not_listed(tmp_path: Path, pattern: str) -> None:
    root = tmp_path / "root"
    write(root, {"d/a": "", "main.tf": f'variable "open" {{}}\nresource "probe" "p" {{\n  v = fileset({pattern})\n}}\n'})
    (root / "away").symlink_to("/etc")
    (collection,) = collect(root)
    assert isinstance(collection.items[0]["v"].data, Unknown)


def test_one_resource_for_each_file(tmp_path: Path) -> None:
    text = (
        'resource "probe" "p" {\n  for_each = fileset("${path.module}/d", "*.json")\n  v = jsondecode(file("d/${each.value}")).n\n'
        '  h = [filemd5("d/${each.key}"), fileexists("d/none")]\n  t = templatestring("n-$${a}", { a = each.key })\n}\n'
    )
    items = read(tmp_path, {"main.tf": text, "d/a.json": '{"n": 1}', "d/b.json": '{"n": 2}', "d/c.txt": ""})
    assert {address: item["v"].data for address, item in items.items()} == {'probe.p["a.json"]': 1, 'probe.p["b.json"]': 2}
    assert items['probe.p["a.json"]']["h"].data == ["96d730b7a405ed0e9cb1068b43e06fe4", False]
    assert items['probe.p["a.json"]']["t"].data == "n-a.json"


def test_files_of_stacks_of_terragrunt_are_one_gap(tmp_path: Path) -> None:
    names = (
        "live/a/terragrunt.stack.hcl",
        "live/b/terragrunt.stack.hcl",
        "live/root.hcl",
        "modules/m/main.tf",
        ".terragrunt-stack/x/terragrunt.hcl",
    )
    write(tmp_path, dict.fromkeys(names, "# nothing\n"))
    discovered = discover([str(tmp_path)])
    (gap,) = discovered.gaps
    assert gap.code == "terragrunt_unsupported" and gap.scope.endswith("live/a/terragrunt.stack.hcl") and "and 1 more" in gap.reason
    assert discovered.directories == [str(tmp_path / "modules/m")]


def test_files_of_a_terraform_stack_in_json_are_one_gap(tmp_path: Path) -> None:
    names = ("s/main.tfcomponent.json", "s/prod.tfdeploy.json", "old/main.tfstack.json", "s/m/main.tf", "s/m/m.tftest.hcl")
    write(tmp_path, dict.fromkeys(names, "# nothing\n"))
    discovered = discover([str(tmp_path)])
    (gap,) = discovered.gaps
    assert gap.code == "stack_unsupported" and gap.scope.endswith("old/main.tfstack.json") and "a Terraform Stack" in gap.reason
    assert "and 2 more" in gap.reason
    assert discovered.directories == [str(tmp_path / "s/m")]


def test_what_a_fetched_module_makes_names_the_block_that_calls_it(tmp_path: Path) -> None:
    fetched = {"a": "acme/a/aws", "a.b": "acme/b/aws"}
    modules = {"Modules": [{"Key": key, "Source": source, "Dir": f".terraform/modules/{key}"} for key, source in fetched.items()]}
    files = {
        "main.tf": '\nmodule "a" {\n  source = "acme/a/aws"\n}\nmodule "own" {\n  source = "./own"\n}\n',
        "own/main.tf": 'resource "probe" "o" {}\n',
        ".terraform/modules/modules.json": json.dumps(modules),
        ".terraform/modules/a/main.tf": 'module "b" {\n  source = "acme/b/aws"\n}\n',
        ".terraform/modules/a.b/main.tf": 'resource "probe" "p" {}\n',
    }
    items = read(tmp_path, {**files})
    ((name, place),) = items["module.a.module.b.probe.p"].origins
    assert (name, place.file, place.line) == ("module.a", "main.tf", 2)
    assert items["module.own.probe.o"].origins == []


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("other.o.rule[0].v", 1),
        ("other.o.rule[1].v", "b"),
        ("other.o.rule[*].v", [1, "b"]),
        ("[for rule in other.o.rule : rule.v]", [1, "b"]),
        ("length(other.o.rule)", 2),
        ("other.o.rule[0].inner[0].w", True),
        ("one(data.other.d.filter[*].name)", "n"),
        ("other.o.rule[0].computed", Unknown),
        ('try(other.o.rule[0].computed, "fallback")', Unknown),
        ("other.o.open[0].v", Unknown),
        ("other.o.none[0].v", Unknown),
        ('try(other.o.rule[9].v, "none")', "none"),
        ("other.o.self[0].v", Unknown),
    ],
)
def test_nested_blocks_through_a_reference(tmp_path: Path, expression: str, told: object) -> None:
    text = (
        'resource "other" "o" {\n  rule {\n    v = 1\n    inner {\n      w = true\n    }\n  }\n'
        '  dynamic "rule" {\n    for_each = ["b"]\n    content {\n      v = rule.value\n    }\n  }\n'
        '  dynamic "open" {\n    for_each = var.open\n    content {\n      v = 1\n    }\n  }\n  self {\n    v = other.o.self[0].v\n  }\n}\n'
        'data "other" "d" {\n  filter {\n    name = "n"\n  }\n}\nvariable "open" {}\n'
    )
    result = value(tmp_path, expression, text)
    assert isinstance(result, Unknown) if told is Unknown else result == told


NOT_THERE = 'locals {\n  settings = jsondecode(file("settings.json"))\n  account = local.settings.account\n}\n'


@pytest.mark.parametrize(
    ("expression", "known"),
    [
        ('{ action = "s3:*", account = local.account }', "s3:*"),
        ('{ action = "s3:*", account = jsondecode(file("settings.json")).account }', "s3:*"),
        ('{ action = "s3:*", account = jsondecode("no JSON") }', "s3:*"),
        ('{ action = "s3:*", account = {}.missing }', None),
        ('{ action = try(file("settings.json"), "s3:Get*"), account = local.account }', "s3:Get*"),
        ('{ action = can(file("settings.json")) ? "*" : "s3:Get*", account = local.account }', "s3:Get*"),
    ],
)
def test_what_terraform_refuses_leaves_the_rest_as_it_is(tmp_path: Path, expression: str, known: str | None) -> None:
    data = value(tmp_path, expression, NOT_THERE)
    if known is None:
        assert isinstance(data, Unknown)
        return
    assert data["action"] == known and isinstance(data["account"], Unknown)


def test_a_local_value_that_terraform_refuses_is_no_reason_to_try_another(tmp_path: Path) -> None:
    data = value(tmp_path, 'try(local.settings, "another")', NOT_THERE)
    assert isinstance(data, Unknown)
    assert data.reason == f"{tmp_path}/settings.json is not a file"


def test_outputs_that_terraform_refuses_are_unknown_and_those_that_are_not_there_can_be_tried(tmp_path: Path) -> None:
    files = module("", NOT_THERE + 'output "o" {\n  value = local.settings[0].missing\n}\n')
    files["main.tf"] = f'{files["main.tf"]}resource "probe" "p" {{\n  o = ["a", module.m.o]\n  none = try(module.m.none, "a")\n}}\n'
    probe = read(tmp_path, files)["probe.p"]
    first, second = probe["o"].data
    assert first == "a" and isinstance(second, Unknown)
    assert probe["none"].data == "a"
