"""Files and variables of a root module, and input that means harm."""

from __future__ import annotations

import functools
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.interface import Within
from assay.scanner.sources.raw import Text, Unknown
from assay.scanner.sources.terraform import functions, hcl
from assay.scanner.sources.terraform.bodies import MAX_INSTANCES
from assay.scanner.sources.terraform.files import MAX_BYTES
from assay.scanner.sources.terraform.hcl import TerraformSource
from tests.patience import SOON
from tests.sources.terraform.reading import collect, read, read_with_gaps, value, write

PROBE = 'resource "probe" "p" {\n  v = var.v\n}\n'

# Which files are read


def test_all_three_spellings_are_read(tmp_path: Path) -> None:
    files = {
        "a.tf": 'resource "probe" "a" {}\n',
        "b.tofu": 'resource "probe" "b" {}\n',
        "c.tf.json": '{"resource": {"probe": {"c": {}}}}',
        "d.tf.bak": "not read {",
        "e.json": "not read {",
        ".terraform/x/main.tf": 'resource "probe" "x" {}\n',
    }
    assert sorted(read(tmp_path, files)) == ["probe.a", "probe.b", "probe.c"]


def test_the_json_spelling_means_the_same(tmp_path: Path) -> None:
    content = {
        "//": "a comment",
        "variable": {"v": {"type": "list(string)", "default": [1, "b"]}, "unset": {}},
        "locals": [{"a": "x"}, {"b": "${local.a}y"}],
        "resource": {
            "probe": {
                "p": {
                    "//": "a comment",
                    "number": 5,
                    "text": "n-${local.b}",
                    "whole": "${var.v}",
                    "flag": True,
                    "nothing": None,
                    "map": {"${local.a}": "${1 + 1}"},
                    "escaped": "$${a} \\n",
                    "unset": "a-${var.unset}",
                    "block": [{"v": 1}, {"v": "${2}"}],
                    "single": {"v": 1},
                    "dynamic": {"rule": {"for_each": "${[1, 2]}", "content": {"v": "${rule.value}"}}},
                    "lifecycle": {"prevent_destroy": True},
                },
                "q": {"count": 2, "at": "${count.index}"},
            }
        },
        "output": {"o": {"value": 1}},
        "provider": {"probe": [{"region": "r1"}, {"alias": "two", "region": "r2"}]},
    }
    items = read(tmp_path, {"main.tf.json": json.dumps(content, indent=1)})
    item = items["probe.p"]
    plain = {name: item[name].data for name in ("number", "text", "whole", "flag", "nothing", "map", "escaped")}
    assert plain == {
        "number": 5,
        "text": "n-xy",
        "whole": ["1", "b"],
        "flag": True,
        "nothing": None,
        "map": {"x": 2},
        "escaped": "${a} \\n",
    }
    assert isinstance(item["unset"].data, Text) and item["unset"].data.prefix == "a-"
    assert [node["v"].data for node in item.blocks("block")[0]] == [1, 2] and item["single.v"].data == 1
    assert [node["v"].data for node in item.blocks("rule")[0]] == [1, 2]
    assert [items[f"probe.q[{at}]"]["at"].data for at in (0, 1)] == [0, 1]
    assert item.region.data == "r1"
    assert item.location().line == next(at for at, line in enumerate(json.dumps(content, indent=1).splitlines(), 1) if '"p":' in line)


@pytest.mark.parametrize(
    "content",
    ['{"resource": ' + "[" * 800 + "]" * 800 + "}", '{"locals": {"a": ' + "[" * 800 + "]" * 800 + "}}", '{"module": {"m": {"source": ' + "[" * 800 + "]" * 800 + "}}}", "", "[]", "5", "null", '{"resource": 5}', '{"resource": {"probe": 5}}', '{"resource": {"probe": {"p": 5}}}', '{"resource": [[[]]]}', '{"locals": 5}',
     '{"resource": {"probe": {"p": []}}}', '{"module": {"m": {"source": 5}}}', '{"variable": {"v": null}}', '{"resource": {"probe": {"p": {"dynamic": 5}}}}',
     '{"resource": {"probe": {"p": {"dynamic": {"rule": {}}}}}}', '{"provider": 5}', '{"terraform": "x"}', "{", "{} {}", "[" * 100_000, '{"a": NaN}',
     '{"resource": {"probe": {"p": {"v": "\\ud800${1}"}}}}', '{"resource": {"probe": {"p": {"v": "${"}}}}', '{"provider": {"aws": {"alias": 5}}}'],
)  # fmt: skip
def test_json_of_any_shape_is_read_or_a_gap(tmp_path: Path, content: str) -> None:
    items, _ = read_with_gaps(tmp_path, {"main.tf.json": content, "other.tf": 'resource "probe" "other" {}\n'})
    assert "probe.other" in items
    assert all(item.attributes().data is not None for item in items.values())


@pytest.mark.parametrize("base", [True, False])
@pytest.mark.parametrize("syntax", ["hcl", "json"])
def test_overridden_blocks_drop_all_of_their_type(tmp_path: Path, syntax: str, base: bool) -> None:
    """Whatever either is written as, and `dynamic` ones too."""
    hcl = 'resource "probe" "p" {\n  other {\n    v = 1\n  }\n  rule {\n    v = 1\n  }\n  dynamic "rule" {\n    for_each = [2]\n    content {\n      v = rule.value\n    }\n  }\n}\n'
    rules = {"rule": [{"v": 1}], "dynamic": {"rule": {"for_each": [2], "content": {"v": "${rule.value}"}}}}
    files = {"main.tf": hcl} if base else {"main.tf.json": json.dumps({"resource": {"probe": {"p": {"other": {"v": 1}, **rules}}}})}
    if syntax == "hcl":
        files["b_override.tf"] = 'resource "probe" "p" {\n  rule {\n    v = 3\n  }\n}\n'
    else:
        files["b_override.tf.json"] = '{"resource": {"probe": {"p": {"rule": {"v": 3}}}}}'
    item = read(tmp_path, {**files})["probe.p"]
    assert [node["v"].data for node in item.blocks("rule")[0]] == [3] and item["other.v"].data == 1


def test_the_alias_is_part_of_the_name_of_a_provider_configuration(tmp_path: Path) -> None:
    files = {
        "main.tf": 'provider "probe" {\n  region = "r1"\n}\nprovider "probe" {\n  alias = "two"\n  region = "r2"\n}\n'
        'resource "probe" "one" {}\nresource "probe" "two" {\n  provider = probe.two\n}\nresource "other" "o" {}\n',
        "a.b_override.tf": 'provider "probe" {\n  alias = "two"\n  region = "r3"\n}\nprovider "other" {\n  region = "r4"\n}\n',
    }
    items = read(tmp_path, files)
    assert [items[name].region.data for name in ("probe.one", "probe.two", "other.o")] == ["r1", "r3", "r4"]


def test_an_override_of_nothing_is_judged_with_a_gap(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "probe" "p" {}\n',
        "override.tf": 'resource "probe" "q" {\n  v = local.l\n}\nlocals {\n  l = 1\n}\nterraform {\n  backend "s3" {}\n}\n',
    }
    items, gaps = read_with_gaps(tmp_path, {**files})
    assert items["probe.q"]["v"].data == 1
    assert [(gap.code, gap.scope, gap.line) for gap in gaps] == [("refused_block", "override.tf", 1), ("refused_block", "override.tf", 5)]


# What Terraform refuses


def test_two_blocks_of_one_address_are_both_judged_with_a_gap(tmp_path: Path) -> None:
    files = {
        "a.tf": 'resource "probe" "p" {\n  v = 1\n}\nmodule "m" {\n  source = "./m"\n  v = 3\n}\n',
        "b.tf.json": '{"resource": {"probe": {"p": {"v": 2}}}, "module": {"m": {"source": "./m", "v": 4}}}',
        "c.tf": 'resource "probe" "q" {\n  v = [probe.p.v, local.l, var.x]\n}\nlocals {\n  l = 1\n}\nlocals {\n  l = 2\n}\n'
        'variable "x" {\n  default = 1\n}\nvariable "x" {\n  default = 2\n}\n',
        "m/main.tf": 'variable "v" {}\nresource "probe" "m" {\n  v = var.v\n}\n',
    }
    write(tmp_path, {**files})
    (collection,) = collect(tmp_path)
    pairs = sorted((item.address, item["v"].data) for item in collection.items if item.address != "probe.q")
    assert pairs == [("module.m.probe.m", 3), ("module.m.probe.m", 4), ("probe.p", 1), ("probe.p", 2)]
    assert sorted((gap.code, gap.reason.split(",")[0]) for gap in collection.coverage.gaps) == [
        ("refused_block", name + " is declared twice") for name in ("local.l", "module.m", "probe.p", "var.x")
    ]
    assert collection.coverage.blocks.found == 0  # what was left out; items are counted when they are judged


def test_a_key_that_json_has_twice_is_two_blocks(tmp_path: Path) -> None:
    text = """{
 "resource": {"probe": {"p": {"rule": {"v": 1}, "rule": {"v": 2}}}},
 "resource": {"probe": {
  "q": {"v": 1},
  "q": {"v": 2}}}
}"""
    write(tmp_path, {"main.tf.json": text})
    (collection,) = collect(tmp_path)
    p, *q = collection.items
    assert [node["v"].data for node in p.blocks("rule")[0]] == [1, 2]
    assert [(item.address, item["v"].data, item.location().line) for item in q] == [("probe.q", 1, 4), ("probe.q", 2, 5)]
    assert [gap.code for gap in collection.coverage.gaps] == ["refused_block"]


def test_a_key_without_end_costs_its_file(tmp_path: Path) -> None:
    items, gaps = read_with_gaps(tmp_path, {"a.tf.json": "{" + ", ".join(['"locals": {}'] * 30_000) + "}", "b.tf": PROBE})
    assert list(items) == ["probe.p"] and [gap.code for gap in gaps] == ["parse_error"]


# What OpenTofu reads

_TWO = {
    "main.tf": 'resource "probe" "p" {\n  v = "terraform"\n}\n',
    "main.tofu": 'resource "probe" "p" {\n  v = "opentofu"\n}\n',
    "more.tf.json": '{"resource": {"probe": {"q": {"v": 1}}}}',
    "more.tofu.json": '{"resource": {"probe": {"q": {"v": 2}}}}',
}


def _worlds(top: Path) -> dict[bool, list[Any]]:
    (collection,) = collect(top)
    assert not collection.coverage.gaps
    worlds = {world.holds["OpenTofu"]: [item["v"].data for item in world.items] for world in collection.worlds}
    return worlds or {True: [item["v"].data for item in collection.items]}


def test_files_that_two_programs_read_differently_are_judged_in_both_ways(tmp_path: Path) -> None:
    write(tmp_path, {**_TWO})
    assert _worlds(tmp_path) == {True: ["opentofu", 2], False: ["terraform", 1]}
    assert collect(tmp_path)[0].coverage.files.found == 4


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".terraform.lock.hcl", 'provider "registry.opentofu.org/hashicorp/aws" {}\n'),
        (".terraform.lock.hcl", 'provider "registry.terraform.io/hashicorp/aws" {}\n'),
        (".opentofu-version", "1.8.0\n"),
        (".terraform-version", "1.11.0\n"),
    ],
)
def test_no_file_beside_the_code_takes_one_of_its_readings_away(tmp_path: Path, name: str, content: str) -> None:
    """Whoever adds another reading of the code can add a lock file too."""
    write(tmp_path, {**_TWO, name: content})
    assert _worlds(tmp_path) == {True: ["opentofu", 2], False: ["terraform", 1]}


def test_modules_for_opentofu_below_a_root_for_both(tmp_path: Path) -> None:
    files = {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/a.tf": _TWO["main.tf"], "m/a.tofu": _TWO["main.tofu"]}
    write(tmp_path, {**files})
    assert _worlds(tmp_path) == {True: ["opentofu"], False: ["terraform"]}


def test_code_for_opentofu_alone_has_one_reading(tmp_path: Path) -> None:
    write(tmp_path, {"a.tofu": _TWO["main.tofu"], "b.tofu.json": _TWO["more.tofu.json"]})
    (collection,) = collect(tmp_path)
    assert not collection.worlds and len(collection.items) == 2


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("json_", [True, False])
def test_code_and_variables_in_the_encodings_of_editors(tmp_path: Path, encoding: str, json_: bool) -> None:
    """Terraform reads a byte order mark of UTF-8, and refuses UTF-16."""
    code = (
        json.dumps({"resource": {"probe": {"p": {"v": "\u00e9 ${var.v}"}}}}, indent=1)
        if json_
        else 'resource "probe" "p" {\n  v = "\u00e9 ${var.v}"\n}\n'
    )
    given = '{"v": "\u00fc"}' if json_ else 'v = "\u00fc"\n'
    end = ".json" if json_ else ""
    files = {f"main.tf{end}": code.encode(encoding), f"terraform.tfvars{end}": given.encode(encoding), "v.tf": 'variable "v" {}\n'}
    items, gaps = read_with_gaps(tmp_path, {**files})
    place = items["probe.p"]["v"].seen[0]
    assert items["probe.p"]["v"].data == "\u00e9 \u00fc" and place.line == (5 if json_ else 2)
    wide = encoding == "utf-16"
    assert sorted(gap.scope for gap in gaps) == ([f"main.tf{end}", f"terraform.tfvars{end}"] if wide else [])
    assert (place.start == 0) is wide


@pytest.mark.parametrize(("name", "gaps"), [("terraform.tfvars", 0), ("terraform.tfvars.json", 0), ("a.auto.tfvars", 1)])
def test_a_variable_file_that_is_a_link_to_nothing(tmp_path: Path, name: str, gaps: int) -> None:
    """Terraform looks whether the files of fixed names are there, and insists on the others."""
    write(tmp_path, {"main.tf": PROBE + 'variable "v" {}\n'})
    (tmp_path / name).symlink_to("nowhere")
    items, gap_list = read_with_gaps(tmp_path, {})
    assert items["probe.p"]["v"].unknown and len(gap_list) == gaps


def test_override_files_win_attribute_by_attribute(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "probe" "p" {\n  a = 1\n  b = 1\n  rule {\n    v = 1\n  }\n  other {\n    v = 1\n  }\n}\n',
        "override.tf": 'resource "probe" "p" {\n  b = 2\n  rule {\n    v = 2\n  }\n}\n',
        "z_override.tf": 'resource "probe" "p" {\n  b = 3\n}\n',
        "no_override.tf.json": '{"locals": {"used": 1}}',
        "locals.tf": "locals {\n  used = 2\n}\n",
    }
    item = read(tmp_path, files)["probe.p"]
    assert (item["a"].data, item["b"].data, item["rule.v"].data, item["other.v"].data) == (1, 3, 2, 1)
    assert len(item.blocks("rule")[0]) == 1
    assert item["b"].seen[0].file == "z_override.tf"


def test_override_of_locals_and_variables(tmp_path: Path) -> None:
    files = {
        "main.tf": 'variable "v" {\n  default = 1\n  type = number\n}\nlocals {\n  a = 1\n  b = 1\n}\nresource "probe" "p" {\n  v = [var.v, local.a, local.b]\n}\n',
        "override.tf": 'variable "v" {\n  default = 2\n}\nlocals {\n  b = 2\n}\n',
    }
    assert read(tmp_path, files)["probe.p"]["v"].data == [2, 1, 2]


def test_a_named_file_is_read_with_its_whole_root_module(tmp_path: Path) -> None:
    calls = 'module "m" {\n  source = "./m"\n}\n'
    write(tmp_path, {"a.tf": PROBE + calls, "b.tf": 'variable "v" {\n  default = 1\n}\n', "m/main.tf": "locals {}\n"})
    named = str(tmp_path / "a.tf")
    (collection,) = TerraformSource([], files=[named], boundary=[str(tmp_path)], show=str).collect()
    assert [item["v"].data for item in collection.items] == [1]
    assert collection.within == Within(frozenset({named}), frozenset({"m"}))
    assert collection.coverage.files.found == 3
    (collection,) = TerraformSource([str(tmp_path)], files=[named], boundary=[str(tmp_path)]).collect()
    assert collection.within is None


def test_a_broken_file_is_a_gap_and_the_others_are_read(tmp_path: Path) -> None:
    items, (gap,) = read_with_gaps(tmp_path, {"a.tf": 'resource "probe" "a" {}\n', "b.tf": 'resource "probe" "b" {\n  v = \n}\n'})
    assert list(items) == ["probe.a"]
    assert (gap.code, gap.scope, gap.settles_it) == ("parse_error", "b.tf", "correct the file") and gap.line in (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        'resource "probe" {}\n',
        "resource {}\n",
        'resource "a" "b" "c" {}\n',
        "module {}\n",
        "variable {}\n",
        "output {}\n",
        "provider {}\n",
        "data {}\n",
    ],
)
def test_blocks_with_other_labels_than_they_need_do_no_harm(tmp_path: Path, text: str) -> None:
    items, _ = read_with_gaps(tmp_path, {"main.tf": text + 'resource "probe" "p" {}\n'})
    assert list(items) == ["probe.p"]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    item = read(
        tmp_path,
        '# first\n\nresource "probe" "p" {\n\n  v = <<EOT\n    x\n  EOT\n\n  w = 1\n  EOT\n}\n'.replace("  EOT\n\n", "EOT\n\n").replace(
            "\n  EOT", ""
        ),
    )
    probe = item["probe.p"]
    assert (probe.location().line, probe.location().end_line) == (3, 10)
    assert (probe["v"].seen[0].line, probe["w"].seen[0].line) == (5, 9)


def test_line_breaks_of_two_bytes(tmp_path: Path) -> None:
    item = read(tmp_path, 'resource "probe" "p" {\r\n  v = "a"\r\n  w = [1,\r\n 2]\r\n}\r\n')["probe.p"]
    assert (item["v"].data, item["w"].data, item["w"].seen[0].line) == ("a", [1, 2], 3)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    items, gaps = read_with_gaps(tmp_path, {"main.tf": b'\xef\xbb\xbfresource "probe" "p" {}\n'})
    assert bool(items) != bool(gaps)


# Variables of the root


def test_the_precedence_of_variable_files(tmp_path: Path) -> None:
    names = "abcdef"
    files: dict[str, str | bytes] = {
        "main.tf": "".join(f'variable "{name}" {{\n  default = "default"\n}}\n' for name in names)
        + f'resource "probe" "p" {{\n  v = [{", ".join("var." + name for name in names)}]\n}}\n',
        "terraform.tfvars": "".join(f'{name} = "tfvars"\n' for name in names[1:]),
        "terraform.tfvars.json": json.dumps(dict.fromkeys(names[2:], "json")),
        "x.auto.tfvars": "".join(f'{name} = "auto"\n' for name in names[3:]),
        "ignored.tfvars": "".join(f'{name} = "ignored"\n' for name in names),
        "given.vars": "".join(f'{name} = "file"\n' for name in names[4:]),
    }
    items = read(tmp_path, files, variables={"f": "line"}, var_files=[str(tmp_path / "given.vars")])
    assert items["probe.p"]["v"].data == ["default", "tfvars", "json", "auto", "file", "line"]


def test_automatic_files_are_read_in_order_of_their_names(tmp_path: Path) -> None:
    files = {"main.tf": 'variable "v" {}\n' + PROBE, "b.auto.tfvars.json": '{"v": "b"}', "a.auto.tfvars": 'v = "a"\n'}
    assert read(tmp_path, files)["probe.p"]["v"].data == "b"


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("", "5", "5"),
        ("string", "5", "5"),
        ("string", '"quoted"', '"quoted"'),
        ("number", "5", 5),
        ("number", "1e3", 1000),
        ("bool", "true", True),
        ("bool", "1", True),
        ("list(string)", '["a", "b"]', ["a", "b"]),
        ("list(number)", '["1", 2]', [1, 2]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("map(string)", '{ a = 1, "b" : true }', {"a": "1", "b": "true"}),
        ('object({ a = number, b = optional(string, "d") })', "{ a = 1 }", {"a": 1, "b": "d"}),
        ("any", '["a"]', ["a"]),
        ("list(string)", "null", None),
        ("string", "", ""),
    ],
)
def test_values_on_the_command_line_have_the_type_of_the_variable(tmp_path: Path, type_: str, text: str, expected: Any) -> None:
    declared = 'variable "v" {\n' + (f"  type = {type_}\n" if type_ else "") + "}\n"
    result = value(tmp_path, "var.v", declared, variables={"v": text})
    assert result == expected and type(result) is type(expected)


@pytest.mark.parametrize(
    ("type_", "text"),
    [("number", "abc"), ("number", ""), ("bool", "yes"), ("list(string)", "[var.x]"), ("list(string)", "["), ("object({ a = number })", "{}"), ("list(number)", '["a"]'),
     ("number", "nan"), ("map(string)", "{ a = [1] }")],
)  # fmt: skip
def test_values_that_do_not_fit_are_unknown(tmp_path: Path, type_: str, text: str) -> None:
    result = value(tmp_path, "var.v", f'variable "v" {{\n  type = {type_}\n}}\n', variables={"v": text})
    assert isinstance(result, Unknown) or any(isinstance(entry, Unknown) for entry in result)


def test_planned_values_are_taken_as_they_are(tmp_path: Path) -> None:
    assert value(tmp_path, "var.v", 'variable "v" {}\n', planned={"v": {"a": [1, None]}}) == {"a": [1, None]}


@pytest.mark.parametrize("text", ["v = ", "v", "= 1", "v { a = 1 }", b"\xff\xfe", b"v = \x00", "[" * 50_000])
def test_a_broken_variable_file_is_a_gap(tmp_path: Path, text: str | bytes) -> None:
    items, gaps = read_with_gaps(tmp_path, {"main.tf": 'variable "v" {}\n' + PROBE, "terraform.tfvars": text})
    assert isinstance(items["probe.p"]["v"].data, Unknown)
    assert [gap.scope for gap in gaps] == ["terraform.tfvars"] or text == "v { a = 1 }"


@pytest.mark.parametrize("text", ["", "[]", "5", "{", '{"v": }', "[" * 100_000])
def test_a_broken_json_variable_file_is_a_gap(tmp_path: Path, text: str) -> None:
    _, (gap,) = read_with_gaps(tmp_path, {"main.tf": 'variable "v" {}\n' + PROBE, "terraform.tfvars.json": text})
    assert (gap.scope, gap.code) == ("terraform.tfvars.json", "parse_error")


def test_the_name_of_the_workspace(tmp_path: Path) -> None:
    assert isinstance(value(tmp_path, "terraform.workspace"), Unknown)  # in the second reading; in the first it is "default"
    assert value(tmp_path, "terraform.workspace", workspace="prod") == "prod"


# Input that means harm


def hostile(top: Path, files: dict[str, str | bytes] | str | bytes) -> tuple[list[Any], list[str]]:
    """Everything that can be read of it, soon: the values of all attributes, and the codes of the gaps."""
    write(top, files if isinstance(files, dict) else {"main.tf": files})
    begin = time.process_time()
    collections = collect(top)
    values = [item.attributes().data for collection in collections for item in collection.items]
    for collection in collections:
        for item in collection.items:
            assert item.region is not None and item.link("other") is not None and item.blocks("rule") is not None
    assert time.process_time() - begin < SOON
    return values, [gap.code for collection in collections for gap in collection.coverage.gaps]


PROBE_V = 'resource "probe" "p" {{\n  v = {0}\n}}\n'
NESTED_DOUBLING = "[for a0 in [0] : " + "".join(f"[for a{at + 1} in [[a{at}, a{at}]] : " for at in range(30)) + "a30" + "]" * 31


@pytest.mark.parametrize(
    "expression",
    [
        "range(1000000000)",
        "range(1e9)",
        "range(0, 1, 0.0000000001)",
        'join("", [for i in range(1000) : join("", [for j in range(1000) : join("", [for k in range(1000) : "xxxxxxxxxx"])])])',
        "setproduct(range(1000), range(1000), range(1000))",
        "length(setproduct(range(300), range(300)))",
        "[for i in range(1000) : [for j in range(1000) : [for k in range(1000) : k]]]",
        'format("%999999999s", "a")',
        'format("%.999999999f", 1)',
        'indent(1000000000, "a\\nb")',
        'parseint("' + "9" * 100_000 + '", 10)',
        "9" * 5_000,
        "1.0e999999",
        "-" * 100_000 + "1",
        "!" * 100_000 + "true",
        "(" * 100_000 + "1" + ")" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "{ a = " * 50_000 + "1" + " }" * 50_000,
        '"${' * 20_000 + '"a"' + '}"' * 20_000,
        "1 + " * 50_000 + "1",
        "true ? 1 : " * 20_000 + "2",
        "upper(" * 50_000 + '"a"' + ")" * 50_000,
        "a" + ".b" * 50_000,
        "a" + "[0]" * 50_000,
        "a" + "[*].b" * 20_000,
        '"' + "%{ if true }" * 20_000 + "x" + "%{ endif }" * 20_000 + '"',
        '"' + "%{ for a in [1, 2] }" * 40 + "x" + "%{ endfor }" * 40 + '"',
        NESTED_DOUBLING,
        f"jsonencode({NESTED_DOUBLING})",
        "pow(10, 400)",
        "pow(10, 1000000000)",
        'replace("' + "a" * 1000 + '", "", "' + "b" * 100_000 + '")',
        'cidrsubnet("10.0.0.0/8", 1000000000, 1)',
        'cidrsubnet("10.0.0.0/8", 8, 999999999999999999999999999999)',
        "chunklist(range(1000), -1)",
        'yamldecode("' + "[" * 5_000 + '")',
        'yamldecode("' + "a: " * 5_000 + '")',
        'jsondecode("' + "[" * 200_000 + '")',
        'jsondecode("' + "9" * 10_000 + '")',
        'csvdecode("' + "a," * 100_000 + '")',
        'yamldecode(join("", [for i in range(1000) : "- a: b\\n- [c, d]\\n"]))',
        "distinct([for i in range(1000) : [for j in range(3) : i]])",
        'base64decode("' + "A" * 1_000_001 + '")',
        'templatefile("main.tf", {})',
        "[for k, v in { for i in range(1000) : i => { for j in range(100) : j => i } } : v]",
        "transpose({ for i in range(500) : i => [for j in range(500) : j] })",
    ],
)
def test_expressions_that_ask_for_too_much_end_soon(tmp_path: Path, expression: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcl, "Budget", functools.partial(Budget, 400_000))  # a fifth of the real number: the tests have to end soon too
    values, gaps = hostile(tmp_path, PROBE_V.format(expression) + 'resource "probe" "other" {\n  v = 1\n}\n')
    assert len(values) == 2 or gaps


def test_the_real_number_of_steps_ends_soon_too(tmp_path: Path) -> None:
    loops = "[for i in range(1000) : length([for j in range(1000) : length([for k in range(1000) : k])])]"
    ((items,), _) = hostile(tmp_path, PROBE_V.format(loops))
    assert "too many steps" in items["v"].reason


@pytest.mark.parametrize(
    "argument",
    [
        "count = 1000000000",
        "count = 9.0e99",
        'for_each = { for pair in setproduct(range(200), range(150)) : "${pair[0]}-${pair[1]}" => 1 }',
        "count = 20001",
    ],
)
def test_too_many_instances_are_a_gap(tmp_path: Path, argument: str) -> None:
    values, gaps = hostile(tmp_path, f'resource "probe" "p" {{\n  {argument}\n}}\n')
    assert (gaps, values) == (["input_failed"], [])


def test_as_many_instances_as_are_allowed(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": f'resource "probe" "p" {{\n  count = {MAX_INSTANCES}\n}}\n'})
    (collection,) = collect(tmp_path)
    assert len(collection.items) == MAX_INSTANCES and not collection.coverage.gaps


@pytest.mark.parametrize(
    "step", ["[local.l{0}, local.l{0}]", '"${{local.l{0}}}${{local.l{0}}}"', "{{ a = local.l{0}, b = local.l{0} }}", "concat([local.l{0}], [local.l{0}])",
             'join("", [local.l{0}, local.l{0}])', 'format("%s%s", local.l{0}, local.l{0})', "merge({{ a = local.l{0} }}, {{ b = local.l{0} }})", "jsonencode([local.l{0}, local.l{0}])",
             "flatten([local.l{0}, local.l{0}])", "[for each in [1, 2] : local.l{0}]", 'replace("aa", "a", local.l{0})', "toset([[local.l{0}, 1], [local.l{0}, 2]])"],
)  # fmt: skip
def test_forty_locals_that_each_double_the_last(tmp_path: Path, step: str) -> None:
    chain = "\n".join(f"  l{at + 1} = {step.format(at)}" for at in range(40))
    values, gaps = hostile(tmp_path, f'locals {{\n  l0 = "x"\n{chain}\n}}\n' + PROBE_V.format("local.l40"))
    assert gaps or isinstance(values[0]["v"], Unknown)


def test_a_thousand_locals_in_a_chain(tmp_path: Path) -> None:
    chain = "\n".join(f"  l{at + 1} = local.l{at} + 1" for at in range(1000))
    values, gaps = hostile(tmp_path, f"locals {{\n  l0 = 0\n{chain}\n}}\n" + PROBE_V.format("local.l1000"))
    assert gaps or values[0]["v"] == 1000 or isinstance(values[0]["v"], Unknown)


def test_modules_that_multiply_are_a_gap(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"m{at}/main.tf": f'module "m" {{\n  source = "../m{at + 1}"\n  count = 10\n}}\n' for at in range(10)}
    files["m10/main.tf"] = 'resource "probe" "p" {}\n'
    assert "input_failed" in hostile(tmp_path, files)[1]


def test_modules_nested_deeper_than_any_real_ones_are_cut_and_the_rest_read_by_itself(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"modules/m{at}/main.tf": f'module "m" {{\n  source = "../m{at + 1}"\n}}\nresource "probe" "p" {{}}\n' for at in range(60)
    }
    files["modules/m60/main.tf"] = ""
    values, gaps = hostile(tmp_path, files)
    assert gaps == ["module_missing"] and len(values) == 60


@pytest.mark.parametrize(
    "source",
    [
        b'resource "probe" "p" {\n  v = "\xff\xfe"\n}\n',
        b'resource "probe" "p" {\n  v = "\x00"\n}\n',
        b"\x00" * 1000,
        b"\xff" * 1000,
        b'resource "probe" "p" {\n  v = <<EOT\nnever ends\n',
        b'resource "probe" "p" {\n  v = "never ends\n}\n',
        b'resource "probe" "p" {\n  v = "${never',
        b'resource "probe" "p" {',
        b"{" * 100_000,
        b"}" * 100_000,
        b"/*",
        b'resource "probe" "p" { v = "' + b"x" * 2_000_000 + b'" }\n',
        b"#" + b"x" * 5_000_000,
        b'resource "probe" "p" { v = [' + b"1," * 200_000 + b"] }\n",
        b"a = 1\n" * 200_000,
        b'resource "probe" "p" {\n' + b"  rule {\n" * 20_000 + b"}\n" * 20_001,
        b'resource "probe" "p" {\n  v = <<EOT\n' + b"line ${1}\n" * 30_000 + b"EOT\n}\n",
        b'resource "probe" "p" {\n  v = <<-EOT\n' + b"  line\n" * 200_000 + b"EOT\n}\n",
        b'resource "probe" "' + b"p" * 1_000_000 + b'" {}\n',
        b"\xef\xbb\xbf\xef\xbb\xbf",
        b"\r" * 100_000,
        b"",
    ],
    ids=lambda source: repr(source[:30]) + str(len(source)),
)
def test_files_of_any_bytes_are_read_or_a_gap(tmp_path: Path, source: bytes) -> None:
    values, gaps = hostile(tmp_path, source)
    assert isinstance(values, list) and set(gaps) <= {"parse_error", "input_failed", "refused_block"}


def test_a_file_larger_than_any_real_one_is_a_gap(tmp_path: Path) -> None:
    with (tmp_path / "main.tf").open("wb") as opened:
        opened.truncate(MAX_BYTES + 5_000_000)
    (collection,) = collect(tmp_path)
    assert [gap.reason for gap in collection.coverage.gaps] == ["larger than 20 MB"]
    assert (collection.coverage.files.found, collection.coverage.files.failed, collection.coverage.files.parsed) == (1, 1, 0)


def test_what_is_no_regular_file_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "device.tf").symlink_to("/dev/zero")
    (tmp_path / "nowhere.tf").symlink_to("gone")
    (tmp_path / "self.tf").symlink_to("self.tf")
    (tmp_path / "directory.tf").mkdir()
    os.mkfifo(tmp_path / "pipe.tf")
    (collection,) = TerraformSource([str(tmp_path)], boundary=[str(tmp_path)]).collect()
    assert [gap.code for gap in collection.coverage.gaps] == ["parse_error"] * 4  # a directory is passed over


def test_a_budget_that_is_spent_stops_everything_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcl, "Budget", functools.partial(Budget, 500))
    write(tmp_path, {"main.tf": PROBE_V.format("[for i in range(1000) : i]") + 'resource "probe" "q" {\n  v = "${1}"\n}\n'})
    (collection,) = collect(tmp_path)
    assert [isinstance(item["v"].data, Unknown) for item in collection.items] == [True, True]
    assert "too many steps" in collection.items[0]["v"].data.reason
    assert [gap.code for gap in collection.coverage.gaps] == ["input_failed"]


# Any text at all

PIECES = st.sampled_from(
    ['resource "probe" "p" {', "}", "{", "v = ", '"', "${", "%{ if ", "%{ endif }", "%{ for x in ", "~}", "<<EOT\n", "<<-EOT\n", "EOT\n", "\n", "var.v", "local.l", "[", "]",
     "(", ")", "for x in ", " : ", "x", " => ", "...", " if ", "?", "*", ".*.", "[*]", ".0", "count = ", "for_each = ", 'dynamic "rule" {', "content {", 'module "m" {',
     'source = "./"', "locals {", "l = ", 'variable "v" {', "default = ", "type = ", "object({", "optional(", "list(", "try(", "can(", "jsonencode(", "format(", "1", "-", "!",
     "&&", "==", "null", "true", "#", "//", "/*", "*/", "\\", "$${", "%%{", "\u00e9", "\u0301", "\ue000", ",", "each.value", "self", "data.a.b", "aws_s3_bucket.b.arn"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(text=st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)))
def test_no_text_makes_collect_fail(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_bytes(text.encode("utf-8", "surrogatepass"))
    for collection in collect(tmp_path):
        for item in collection.items:
            item.attributes()
            assert item.address


EXPRESSION_PIECES = st.sampled_from(
    ["var.v", "local.l", "1", '"a"', "null", "true", "[", "]", "{", "}", "(", ")", ",", " = ", "for x in ", "for k, v in ", " : ", "x", "k", " => ", "...", " if ", " ? ", "[*]",
     ".a", "[0]", ".0", ".*", "try(", "can(", "jsonencode(", "jsondecode(", "merge(", "flatten(", "length(", "keys(", "format(", "join(", "element(", "lookup(", "toset(",
     "range(", "slice(", "probe.p", "probe.q.id", "module.m", "each", "count.index", "path.module", "data.a.b.c", '"${', '}"', "%{ if ", "-", "!", " + ", " / ", " % ", " == ",
     " && ", "{}", "[]", "9999999999", "0.1", "one(", "sum(", "max(", "chunklist(", "zipmap(", "setproduct(", "substr(", "split(", "cidrsubnet(", "replace(", "templatefile("]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(pieces=st.lists(EXPRESSION_PIECES, min_size=1, max_size=12))
def test_no_expression_makes_reading_fail(tmp_path: Path, pieces: list[str]) -> None:
    expression = "".join(pieces)
    text = f'resource "probe" "p" {{\n  v = {expression}\n}}\nresource "probe" "q" {{\n  for_each = {expression}\n}}\nresource "probe" "r" {{\n  count = {expression}\n}}\n'
    (tmp_path / "main.tf").write_text(text + f'variable "v" {{}}\nlocals {{\n  l = {expression}\n}}\n', "utf-8")
    for collection in collect(tmp_path):
        for item in collection.items:
            item.attributes()
            assert item.address


FUNCTION_NAMES = sorted(functions.FUNCTIONS)
ARGUMENTS = st.lists(
    st.sampled_from(["var.v", "null", "0", "-1", "1.5", "true", '""', '"a"', '"%d%s"', '"10.0.0.0/8"', "[]", "[1]", '["a", null]', "{}", '{ a = "b" }', "toset([1])", "probe.q.id", "[var.v]",
                     '"x${var.v}"', "jsonencode({ a = var.v })", "probe.q", "999999999999", "[[1], {}]", '"\\u00e9\\n"']),
    max_size=4,
)  # fmt: skip


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(name=st.sampled_from(FUNCTION_NAMES), arguments=ARGUMENTS)
def test_no_arguments_make_a_function_fail(tmp_path: Path, name: str, arguments: list[str]) -> None:
    text = f'resource "probe" "p" {{\n  v = {name}({", ".join(arguments)})\n}}\nresource "probe" "q" {{}}\nvariable "v" {{}}\n'
    (tmp_path / "main.tf").write_text(text, "utf-8")
    (collection,) = collect(tmp_path)
    data = collection.items[0].attributes().data["v"]
    assert not hasattr(data, "finish") and not isinstance(data, Exception)
