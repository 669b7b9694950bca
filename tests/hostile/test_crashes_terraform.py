"""Terraform code, plans and states of shapes that no tool writes: what is read of them ends nothing but itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assay import Options, Scan
from assay.scanner.compare import state
from assay.scanner.results.model import Report
from assay.scanner.sources.terraform import functions
from tests.hostile.openings import BY_DEFAULT, CONTROL, GROUP
from tests.scans import write

OPEN = 'resource "aws_security_group" "open" {\n  ingress {\n    from_port = 22\n    to_port = 22\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "orders"\n}\n'


def scan(folder: Path, files: dict[str, str | bytes]) -> Report:
    return Scan(Options(paths=[str(write(folder, files))])).report()


def fails(report: Report) -> bool:
    return any(result.verdict == "fail" and result.resource.address == "aws_security_group.open" for result in report.results)


CODE = {
    "for_each of what is not declared": 'resource "aws_s3_bucket_policy" "p" {\n  for_each = var.typo\n  bucket = aws_s3_bucket.b.id\n  policy = each.value\n}\n',
    "count of what is not declared": 'resource "aws_s3_bucket_policy" "p" {\n  count = local.typo\n  bucket = aws_s3_bucket.b.id\n  policy = "{}"\n}\n',
    "for_each of a module that is not there": 'resource "aws_s3_bucket_policy" "p" {\n  for_each = module.typo.x\n  bucket = aws_s3_bucket.b[each.key].id\n}\n',
    "a provider by index": 'resource "aws_kms_key" "k" {\n  provider = aws["x"]\n}\n',
    "a provider that is a number": 'resource "aws_kms_key" "k" {\n  provider = 3\n}\n',
    "a whole number of 5,000 digits": f'resource "aws_kms_key" "k" {{\n  description = {"9" * 5000}\n}}\n',
    "an index of 5,000 digits": f'resource "aws_kms_key" "k" {{\n  description = aws_s3_bucket.b.{"9" * 5000}\n}}\n',
    "an index in brackets of 5,000 digits": f'resource "aws_kms_key" "k" {{\n  description = aws_s3_bucket.b[{"9" * 5000}]\n}}\n',
    "a number that is too large": 'resource "aws_kms_key" "k" {\n  description = 1e999999\n}\n',
    "additions without end": f'resource "aws_kms_key" "k" {{\n  description = 1{"+1" * 20_000}\n}}\n',
    "negations without end": f'resource "aws_kms_key" "k" {{\n  enable_key_rotation = {"!" * 20_000}true\n}}\n',
    "conditions without end": f'resource "aws_kms_key" "k" {{\n  enable_key_rotation = {"var.a ? 1 : " * 10_000}2\n}}\n',
    "attributes without end": f'resource "aws_kms_key" "k" {{\n  description = var.a{".b" * 20_000}\n}}\n',
    "lists in lists": f'resource "aws_kms_key" "k" {{\n  description = {"[" * 9000}{"]" * 9000}\n}}\n',
    "directives in directives": f'resource "aws_kms_key" "k" {{\n  description = "{"%{ if true }" * 5000}x{"%{ endif }" * 5000}"\n}}\n',
    "blocks in blocks": f'resource "aws_kms_key" "k" {{\n{"a {" + chr(10)}{("b {" + chr(10)) * 5000}{("}" + chr(10)) * 5001}}}\n',
    "values that need each other": 'locals {\n  a = local.b\n  b = [local.a]\n}\nresource "aws_kms_key" "k" {\n  description = local.a\n  count = length(aws_kms_key.k)\n}\n',
    "a type in a type": f'variable "v" {{\n  type = {"list(" * 2000}any{")" * 2000}\n  default = []\n}}\nresource "aws_kms_key" "k" {{\n  description = var.v\n}}\n',
}  # fmt: skip


@pytest.mark.parametrize("code", CODE.values(), ids=CODE)
def test_code_of_any_shape_ends_nothing(tmp_path: Path, code: str) -> None:
    report = scan(tmp_path, {"main.tf": BUCKET + code, "other.tf": OPEN})
    assert fails(report) and not [result for result in report.results if result.verdict == "error"]
    assert not [gap for gap in report.coverage.gaps if "Error" in gap.reason], "an exception is no reason"


JSON = {
    "half a character in names": '{"resource": {"aws_s3_bucket": {"\\ud800": {"bucket": "\\udfff"}}, "aws_x\\ud800": {"x": {}}}, "locals": {"a": "${\\ud800}"}}',
    "a whole number of 5,000 digits": '{"resource": {"aws_s3_bucket": {"b": {"bucket": %s}}}}' % ("9" * 5000),
    "no numbers": '{"resource": {"aws_s3_bucket": {"b": {"bucket": NaN, "x": -Infinity, "y": 1e999999}}}}',
    "lists in lists": '{"resource": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "other shapes": '{"resource": [null, 1, "x", {"aws_s3_bucket": [null, {"b": 3}, {"c": [null, []]}]}], "variable": null, "module": {"m": {"source": []}}}',
}  # fmt: skip


@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_json_of_any_shape_ends_nothing(tmp_path: Path, text: str) -> None:
    report = scan(tmp_path, {"a/main.tf.json": text, "b/other.tf": OPEN})
    assert fails(report)
    assert not [gap for gap in report.coverage.gaps if "could not be judged" in gap.reason or "could not be read to" in gap.reason]


PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "planned_values": {"root_module": {"resources": [{"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "values": {"bucket": "b"}}]}},
    "resource_changes": [{"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "change": {"actions": ["create"], "after": {}, "after_unknown": {"arn": True}}}],
    "configuration": {"provider_config": {"aws": {"name": "aws"}}, "root_module": {"resources": [{"address": "aws_s3_bucket.b", "expressions": {"bucket": {"references": ["var.x"]}}}]}},
}  # fmt: skip
ODD: tuple[Any, ...] = (None, 3, "x", [], [None], [[]], {}, {"x": None}, {"root_module": []}, "[" * 1000, "\ud800", 10**30)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every part of a value is."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(place for key, part in inner for place in paths(part, (*path, key)))]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
def test_a_plan_with_another_shape_anywhere_ends_nothing(tmp_path: Path, odd: Any) -> None:
    """Each part of a plan in turn is something else: in one run, beside code that fails."""
    files: dict[str, str | bytes] = {"other/main.tf": OPEN}
    for number, path in enumerate(paths(PLAN)):
        damaged = json.loads(json.dumps(PLAN))
        holder = damaged
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = odd
        files[f"p{number}.json"] = json.dumps(damaged)
    report = scan(tmp_path, files)
    assert fails(report) and not [gap for gap in report.coverage.gaps if "could not be read to the end" in gap.reason]


@pytest.mark.parametrize(
    "resources",
    [
        [{"mode": "managed", "type": "aws_s3_bucket", "name": "b", "instances": [{"attributes": {}}, {"attributes": {"arn": None, "name": None}}, {"attributes": None}]}],
        [{"mode": "managed", "type": "aws_s3_bucket", "name": "b", "instances": [{"index_key": {}, "attributes": {"id": 3, "name": [], "arn": {}}}, None, 3]}],
        [{"mode": "managed", "type": None, "name": {}}, None, [], {"instances": {}}],
        {"a": 1},
        None,
    ],
)  # fmt: skip
def test_a_state_with_other_shapes_is_read_as_far_as_it_can_be(tmp_path: Path, resources: Any) -> None:
    file = tmp_path / "terraform.tfstate"
    file.write_text(json.dumps({"version": 4, "terraform_version": "1.11.0", "resources": resources}))
    read = state.read(str(file))
    assert isinstance(read, state.State) and not any(name for names in read.identities.values() for name in names)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b'{"version": 3}', b'{"version": 4}', b"[" * 100_000, b"\xff", b'{"version": ' + b"9" * 5000 + b"}"]
)
def test_what_is_no_state_is_a_gap(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "terraform.tfstate"
    file.write_bytes(content)
    assert isinstance(state.read(str(file)), state.Gap)


def test_pipes_are_never_opened(tmp_path: Path) -> None:
    """Wherever the path comes from: as code, a variable file, a plan, a state, or from a function."""
    used = (
        'resource "aws_kms_key" "k" {\n  description = "${file("pipe.txt")}${templatefile("pipe.txt", {})}${filesha256("pipe.txt")}"\n}\n'
    )
    write(tmp_path, {"main.tf": used + OPEN})
    for name in (
        "pipe.txt",
        "pipe.tf",
        "terraform.tfvars",
        "x.auto.tfvars",
        "plan.json",
        "terraform.tfstate",
        ".terraform.lock.hcl",
        "m.tf.json",
    ):
        os.mkfifo(tmp_path / name)
    write(tmp_path, {".terraform/modules/x": ""})
    os.mkfifo(tmp_path / ".terraform/modules/modules.json")
    assert fails(Scan(Options(paths=[str(tmp_path)], var_files=[str(tmp_path / "terraform.tfvars")])).report())
    assert isinstance(state.read(str(tmp_path / "terraform.tfstate")), state.Gap)


@pytest.mark.parametrize("name", ["terraform.tfvars", "terraform.tfvars.json", "x.auto.tfvars", "x.auto.tfvars.json"])
@pytest.mark.parametrize("linked", [False, True])
def test_values_that_terraform_would_read_from_a_pipe_are_a_gap(tmp_path: Path, name: str, linked: bool) -> None:
    write(tmp_path, {"main.tf": BY_DEFAULT.replace("0.0.0.0/0", "10.0.0.0/8")})
    os.mkfifo(tmp_path / ("pipe" if linked else name))
    if linked:
        (tmp_path / name).symlink_to("pipe")
    report = Scan(Options(paths=[str(tmp_path)], controls=[CONTROL])).report()
    assert [(os.path.basename(gap.scope), gap.code) for gap in report.coverage.gaps] == [(name, "parse_error")]


@pytest.mark.parametrize("read", ['file("%s")', 'templatefile("%s", {})', 'fileexists("%s") ? "" : "0.0.0.0/0"', 'filebase64("%s")'])
def test_what_a_function_would_read_from_a_pipe_is_not_known(tmp_path: Path, read: str) -> None:
    write(tmp_path, {"main.tf": GROUP.replace('"0.0.0.0/0"', f'try({read % "pipe"}, "10.0.0.0/8")')})
    os.mkfifo(tmp_path / "pipe")
    report = Scan(Options(paths=[str(tmp_path)], controls=[CONTROL])).report()
    assert {result.verdict for result in report.results} & {"unknown", "fail"}


def test_a_number_of_5000_digits_in_json_is_not_known() -> None:
    """It is no error, which would make `try()` go on."""
    decoded = functions.FUNCTIONS["jsondecode"](f'{{"a": {"9" * 5000}, "b": 1}}')
    assert decoded["b"] == 1 and "too large" in decoded["a"].reason
