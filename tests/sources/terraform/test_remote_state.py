"""Outputs of other root modules: what reads them from a state is judged by the code that makes them, where that is scanned too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.terraform.hcl import TerraformSource
from tests import scans
from tests.sources.terraform.reading import collect, directories, write

S3 = '{ bucket = "state", key = "network.tfstate", region = "us-east-1" }'
NETWORK = """
variable "range" {
  default = "10.0.0.0/16"
}
variable "unset" {}
resource "aws_vpc" "main" {
  cidr_block = var.range
}
resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(var.range, 8, count.index)
}
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}
resource "aws_s3_bucket" "feed" {
  bucket = "feed"
}
data "aws_iam_policy_document" "all" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
data "aws_region" "current" {}
output "range" { value = var.range }
output "unset" { value = var.unset }
output "subnets" { value = aws_subnet.private[*].id }
output "key" { value = aws_kms_key.data.arn }
output "bucket" { value = aws_s3_bucket.feed.id }
output "policy" { value = data.aws_iam_policy_document.all.json }
output "vpc" { value = { id = aws_vpc.main.id, range = aws_vpc.main.cidr_block } }
output "region" { value = data.aws_region.current.name }
output "broken" { value = {}.missing }
"""


def backend(type_: str, **arguments: str) -> str:
    lines = "".join(f'    {name} = "{text}"\n' for name, text in arguments.items())
    return f'terraform {{\n  backend "{type_}" {{\n{lines}  }}\n}}\n'


def reader(config: str = S3, type_: str = "s3", more: str = "") -> str:
    return f'data "terraform_remote_state" "network" {{\n  backend = "{type_}"\n  config  = {config}\n{more}}}\n'


def value(top: Path, network: str, expression: str, read_by: str = reader(), **files: str) -> Any:
    """What an expression of another root module gives."""
    probe = f'{backend("s3", bucket="state", key="app.tfstate")}{read_by}resource "probe" "p" {{\n  value = {expression}\n}}\n'
    write(top, {"network/main.tf": network + NETWORK, "app/main.tf": probe, **{f"{name}/main.tf": text for name, text in files.items()}})
    (app,) = (collection for collection in collect(top) if collection.name == "app")
    return next(item for item in app.items if item.address == "probe.p")["value"].data


def cloud(name: str, before: str = 'organization = "trade"', block: str = "cloud") -> str:
    """What keeps a state in a workspace of HCP Terraform."""
    return f'terraform {{\n  {block} {{\n    {before}\n    workspaces {{\n      name = "{name}"\n    }}\n  }}\n}}\n'


IN_CLOUD = '{ organization = "trade", workspaces = { name = "network" } }'
OUTPUTS = "data.terraform_remote_state.network.outputs"
KEPT = backend("s3", bucket="state", key="network.tfstate")
NOT_FOUND = Reference("data.terraform_remote_state.network", "outputs.range")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"{OUTPUTS}.range", "10.0.0.0/16"),
        (f'{OUTPUTS}["range"]', "10.0.0.0/16"),
        (f"cidrsubnet({OUTPUTS}.vpc.range, 8, 3)", "10.0.3.0/24"),
        (f"{OUTPUTS}.subnets[1]", Reference("terraform_remote_state.network.aws_subnet.private[1]", "id")),
        (f"{OUTPUTS}.region", Reference("terraform_remote_state.network.data.aws_region.current", "name")),
        (f"{OUTPUTS}.nothing", Reference("data.terraform_remote_state.network", "outputs.nothing")),
        (f"{OUTPUTS}.broken", Reference("data.terraform_remote_state.network", "outputs.broken")),
        (f'lookup({OUTPUTS}, "range", "10.1.0.0/16")', "10.0.0.0/16"),
    ],
)
def test_an_output_is_what_the_code_of_the_other_root_module_says(tmp_path: Path, expression: str, expected: Any) -> None:
    assert value(tmp_path, KEPT, expression) == expected


def test_references_to_the_other_root_module_are_told_from_data_sources(tmp_path: Path) -> None:
    key, region = value(tmp_path, KEPT, f"{OUTPUTS}.key"), value(tmp_path, KEPT, f"{OUTPUTS}.region")
    assert (key.type, key.is_data, region.type, region.is_data) == ("aws_kms_key", False, "aws_region", True)


def test_a_variable_of_the_other_root_module_is_not_one_of_the_same_name_here(tmp_path: Path) -> None:
    compared = value(tmp_path, KEPT, f"{OUTPUTS}.unset == var.unset", reader() + 'variable "unset" {}\n')
    assert isinstance(compared, Unknown)


@pytest.mark.parametrize(
    ("kept", "config", "type_"),
    [
        (KEPT, S3, "s3"),
        (backend("s3", key="network.tfstate"), S3, "s3"),
        (KEPT, '{ key = "network.tfstate", bucket = var.unset }', "s3"),
        (backend("gcs", bucket="state", prefix="network"), '{ bucket = "state", prefix = "network" }', "gcs"),
        (backend("azurerm", container_name="state", key="network"), '{ container_name = "state", key = "network" }', "azurerm"),
        ("", '{ path = "../network/terraform.tfstate" }', "local"),
        (backend("local", path="../states/network.tfstate"), '{ path = "../states/network.tfstate" }', "local"),
        (cloud("network"), IN_CLOUD, "remote"),
        (cloud("network", ""), IN_CLOUD, "remote"),
        (cloud("network", block='backend "remote"'), IN_CLOUD, "remote"),
        (cloud("network"), '{ organization = var.unset, workspaces = { name = "network" } }', "remote"),
    ],
)
def test_the_other_root_module_is_found_by_where_it_keeps_its_state(tmp_path: Path, kept: str, config: str, type_: str) -> None:
    assert value(tmp_path, kept, f"{OUTPUTS}.range", reader(config, type_) + 'variable "unset" {}\n') == "10.0.0.0/16"


@pytest.mark.parametrize(
    ("kept", "config", "type_", "more"),
    [
        (backend("s3", bucket="state", key="other.tfstate"), S3, "s3", ""),
        (backend("s3", bucket="other", key="network.tfstate"), S3, "s3", ""),
        (backend("gcs", bucket="state", key="network.tfstate"), S3, "s3", ""),
        (backend("s3", bucket="state"), S3, "s3", ""),
        ("", S3, "s3", ""),
        (KEPT, '{ bucket = "state", key = var.unset }', "s3", ""),
        (KEPT, "var.unset", "s3", ""),
        (KEPT, S3, "s3", '  workspace = "blue"\n'),
        (KEPT, '{ path = "../network/terraform.tfstate" }', "local", ""),
        ("", '{ path = "../elsewhere/terraform.tfstate" }', "local", ""),
        ("", '{ path = "../app/terraform.tfstate" }', "local", ""),
        (KEPT, IN_CLOUD, "remote", ""),
        (cloud("other"), IN_CLOUD, "remote", ""),
        (cloud("network", 'organization = "stocks"'), IN_CLOUD, "remote", ""),
        (
            cloud("network", 'hostname = "terraform.example.com"'),
            '{ hostname = "app.terraform.io", workspaces = { name = "network" } }',
            "remote",
            "",
        ),
        (cloud("network"), '{ organization = "trade", workspaces = { prefix = "network" } }', "remote", ""),
        (cloud("network"), '{ organization = "trade" }', "remote", ""),
        (cloud("network", 'hostname = "terraform.example.com"'), IN_CLOUD, "remote", ""),
    ],
)
def test_of_another_place_nothing_is_taken(tmp_path: Path, kept: str, config: str, type_: str, more: str) -> None:
    read_by = reader(config, type_, more) + 'variable "unset" {}\n'
    assert value(tmp_path, kept, f"{OUTPUTS}.range", read_by) == NOT_FOUND


def test_the_default_workspace_may_be_named(tmp_path: Path) -> None:
    assert value(tmp_path, KEPT, f"{OUTPUTS}.range", reader(more='  workspace = "default"\n')) == "10.0.0.0/16"


def test_of_two_root_modules_with_one_place_neither_is_taken(tmp_path: Path) -> None:
    partly = backend("s3", key="network.tfstate")
    assert value(tmp_path, partly, f"{OUTPUTS}.range", other=partly + NETWORK) == NOT_FOUND
    assert value(tmp_path, partly, f"{OUTPUTS}.range", other=backend("s3", key="other.tfstate")) == "10.0.0.0/16"


def test_two_that_read_each_other_end(tmp_path: Path) -> None:
    back = reader('{ bucket = "state", key = "app.tfstate" }').replace('"network"', '"app"')
    circle = 'output "circle" { value = data.terraform_remote_state.app.outputs.circle }\n'
    own = reader() + f'output "circle" {{ value = {OUTPUTS}.circle }}\n'
    result = value(tmp_path, KEPT + back + circle, f"{OUTPUTS}.circle", own)
    assert isinstance(result, (Unknown, Reference))


def test_outputs_are_handed_on_over_several_root_modules(tmp_path: Path) -> None:
    base = backend("s3", bucket="state", key="base.tfstate") + 'output "name" { value = "trade" }\n'
    through = reader('{ bucket = "state", key = "base.tfstate" }').replace('"network"', '"base"')
    through += 'output "name" { value = "${data.terraform_remote_state.base.outputs.name}-prod" }\n'
    assert value(tmp_path, KEPT + through, f"{OUTPUTS}.name", base=base) == "trade-prod"


def test_what_is_larger_than_any_real_one_leaves_what_reads_it(tmp_path: Path) -> None:
    huge = 'resource "probe" "many" {\n  count = 30000\n}\noutput "many" { value = probe.many[*].id }\n'
    assert value(tmp_path, KEPT + huge, f"{OUTPUTS}.range") == "10.0.0.0/16"
    assert isinstance(value(tmp_path, KEPT + huge, f"length({OUTPUTS}.many)"), Unknown)


APP = f"""
{backend("s3", bucket="state", key="app.tfstate")}{reader()}
resource "aws_cloudwatch_log_group" "orders" {{
  name       = "orders"
  kms_key_id = {OUTPUTS}.key
}}
resource "aws_iam_policy" "release" {{
  policy = {OUTPUTS}.policy
}}
resource "aws_s3_bucket_public_access_block" "feed" {{
  bucket              = {OUTPUTS}.bucket
  block_public_policy = true
}}
"""
OWN = {
    "keys.encryption-everywhere": {"aws_cloudwatch_log_group.orders": "pass"},
    "iam.no-wildcard-privilege": {"aws_iam_policy.release": "fail"},
    "keys.rotation-and-policy": {},
    "storage.bucket-not-public": {"terraform_remote_state.network.aws_s3_bucket.feed": "pass"},
}


@pytest.mark.parametrize("control", OWN)
def test_what_is_there_for_others_is_judged_once_where_it_is_declared(tmp_path: Path, control: str) -> None:
    """A companion of it here is judged with it."""
    scans.write(tmp_path, {"network/main.tf": KEPT + NETWORK, "app/main.tf": APP})
    results = [result for result in scans.judge(tmp_path, control) if os.path.basename(result.resource.root) == "app"]
    assert {result.resource.address: result.verdict for result in results} == OWN[control]


def test_what_belongs_to_something_unknown_in_the_other_root_module_belongs_to_nothing_here(tmp_path: Path) -> None:
    policy = 'resource "aws_s3_bucket_policy" "any" {\n  bucket = var.unset\n  policy = var.unset\n}\n'
    own = f'resource "aws_s3_bucket" "own" {{\n  bucket = "own-${{{OUTPUTS}.range}}"\n}}\n'
    scans.write(tmp_path, {"network/main.tf": KEPT + NETWORK + policy, "app/main.tf": reader() + own})
    results = {result.resource.address: result.verdict for result in scans.judge(tmp_path / "app", "storage.bucket-not-public")}
    both = {
        result.resource.address: result.verdict
        for result in scans.judge(tmp_path, "storage.bucket-not-public")
        if os.path.basename(result.resource.root) == "app"
    }
    assert both == results == {"aws_s3_bucket.own": "pass"}


@pytest.mark.parametrize(
    ("changed", "touched"), [("network/main.tf", {"app", "network"}), ("app/main.tf", {"app"}), ("other/main.tf", {"app", "other"})]
)
def test_a_change_of_code_elsewhere_may_concern_what_reads_outputs(tmp_path: Path, changed: str, touched: set[str]) -> None:
    """Which root modules these are is not looked for: that would mean to read all of them."""
    write(tmp_path, {"network/main.tf": KEPT + NETWORK, "app/main.tf": APP, "other/main.tf": 'resource "probe" "p" {}\n'})
    source = TerraformSource(
        directories(tmp_path),
        boundary=[str(tmp_path)],
        show=lambda path: os.path.relpath(path, tmp_path),
        changed=[str(tmp_path / changed)],
    )
    assert {collection.name for collection in source.collect() if collection.items} == touched
