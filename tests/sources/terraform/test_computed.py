"""Attributes of data sources that are made of code and files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.raw import Reference, Text, Unknown
from tests.sources.terraform.reading import read

TEMPLATE = 'data "template_file" "t" {\n  %s\n}\n'


def value(folder: Path, code: str, expression: str, **files: str) -> Any:
    """What an expression gives beside some code and files."""
    name = {path.replace("_tpl", ".tpl"): text for path, text in files.items()}
    return read(folder, {"main.tf": f'{code}\nresource "probe" "p" {{\n  v = {expression}\n}}\n', **name})["probe.p"]["v"].data


@pytest.mark.parametrize(
    ("body", "expression", "expected"),
    [
        ('template = "a $${b}"\n  vars = { b = 1 }', "data.template_file.t.rendered", "a 1"),
        ('template = "a $${b}"\n  vars {\n    b = "1"\n  }', "data.template_file.t.rendered", "a 1"),
        ('template = "a"', "data.template_file.t.rendered", "a"),
        ('template = "a"\n  vars = null', "data.template_file.t.rendered", "a"),
        ('template = file("a.tpl")\n  vars = { list = "x,y" }', "data.template_file.t.rendered", "[x][y]"),
        ('count = 2\n  template = "$${n}"\n  vars = { n = count.index }', 'join(",", data.template_file.t.*.rendered)', "0,1"),
        ('for_each = toset(["a"])\n  template = "$${n}"\n  vars = { n = each.key }', 'data.template_file.t["a"].rendered', "a"),
        ('template = "$${upper(b)}"\n  vars = { b = var.stage }', "data.template_file.t.rendered", "PROD"),
        ('template = "{}"', "jsondecode(data.template_file.t.rendered)", {}),
    ],
)
def test_a_template_is_rendered(tmp_path: Path, body: str, expression: str, expected: Any) -> None:
    code = TEMPLATE % body + 'variable "stage" {\n  default = "prod"\n}\n'
    assert value(tmp_path, code, expression, a_tpl='%{ for x in split(",", list) }[${x}]%{ endfor }') == expected


def test_what_a_template_is_given_may_not_be_known(tmp_path: Path) -> None:
    code = TEMPLATE % 'template = "a $${b}"\n  vars = { b = var.x }' + 'variable "x" {}\n'
    rendered = value(tmp_path, code, "data.template_file.t.rendered")
    assert isinstance(rendered, Text) and rendered.parts[0] == "a " and "x" in rendered.parts[1].reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('template = file("none.tpl")', "none.tpl"),
        ('template = "$${b}"', "names b"),
        ('template = "$${b}"\n  vars = 5', "the template"),
        ("template = var.x", '"x" has no value'),
        ("template = data.template_file.t.rendered", "refers to itself"),
        ('template = "$${b"', ""),
    ],
)
def test_a_template_that_cannot_be_rendered_is_unknown(tmp_path: Path, body: str, reason: str) -> None:
    rendered = value(tmp_path, TEMPLATE % body + 'variable "x" {}\n', "data.template_file.t.rendered")
    assert isinstance(rendered, Unknown) and reason in rendered.reason


def test_one_of_several_templates(tmp_path: Path) -> None:
    code = TEMPLATE % 'template = var.x ? "a" : "b"' + 'variable "x" {}\n'
    assert value(tmp_path, code, "length(data.template_file.t.rendered)") == 1


def test_without_a_template_it_is_what_the_provider_says(tmp_path: Path) -> None:
    assert value(tmp_path, TEMPLATE % "", "data.template_file.t.rendered") == Reference("data.template_file.t", "rendered")


@pytest.mark.parametrize("type_", ["local_file", "local_sensitive_file"])
def test_the_content_of_a_file(tmp_path: Path, type_: str) -> None:
    code = f'data "{type_}" "f" {{\n  filename = "${{path.module}}/a.tpl"\n}}\ndata "{type_}" "g" {{\n  filename = "made.txt"\n}}\n'
    assert value(tmp_path, code, f"data.{type_}.f.content", a_tpl="${x}") == "${x}"
    assert value(tmp_path / "later", code, f"data.{type_}.g.content") == Reference(f"data.{type_}.g", "content"), (
        "it may be written by then"
    )


@pytest.mark.parametrize("type_", ["cloudinit_config", "template_cloudinit_config"])
def test_the_parts_of_a_cloud_init(tmp_path: Path, type_: str) -> None:
    parts = '  part {\n    content = "a"\n  }\n  dynamic "part" {\n    for_each = ["b", "c"]\n    content {\n      content = part.value\n    }\n  }\n'
    code = f'data "{type_}" "c" {{\n{parts}}}\n'
    assert value(tmp_path, code, f"data.{type_}.c.rendered") == "a\nb\nc\n"
    rendered = value(tmp_path / "open", code.replace('["b", "c"]', "var.x") + 'variable "x" {}\n', f"data.{type_}.c.rendered")
    assert isinstance(rendered, Text) and rendered.parts[0] == "a\n" and isinstance(rendered.parts[1], Unknown)


def test_what_is_handed_through(tmp_path: Path) -> None:
    code = 'resource "terraform_data" "t" {\n  input = { a = "x" }\n}\ndata "null_data_source" "n" {\n  inputs = { b = "y" }\n}\n'
    assert value(tmp_path, code, "terraform_data.t.output.a") == "x"
    assert value(tmp_path, code, 'data.null_data_source.n.outputs["b"]') == "y"
