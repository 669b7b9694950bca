"""Terraform Stacks: components and deployments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.options import Options
from assay.scanner.run import Scan
from assay.scanner.sources.raw import Given, Reference, Unknown
from tests.sources.terraform.reading import write
from tests.sources.terraform.test_terragrunt import collected, gaps

MODULE = 'variable "v" {\n  default = "default"\n}\nresource "probe" "p" {\n  v = var.v\n}\noutput "o" {\n  value = probe.p.id\n}\n'
COMPONENT = 'component "c" {\n  source = "./m"\n  inputs = {\n    v = %s\n  }\n  providers = {\n    aws = provider.aws.main\n  }\n}\n'


def value(top: Path, expression: str, more: str = "", files: dict[str, str] | None = None, ending: str = "tfcomponent.hcl") -> Any:
    """What a component gives a variable of its module."""
    collection = collected(top, {"s/m/main.tf": MODULE, f"s/main.{ending}": COMPONENT % expression + more, **(files or {})})["s"]
    assert not collection.coverage.gaps
    return {item.address: item for item in collection.items}["component.c.probe.p"]["v"].data


@pytest.mark.parametrize("ending", ["tfcomponent.hcl", "tfstack.hcl"])
def test_inputs_of_a_component_are_the_values_of_variables(tmp_path: Path, ending: str) -> None:
    assert value(tmp_path, '"x"', ending=ending) == "x"


def test_values_of_a_stack(tmp_path: Path) -> None:
    assert (
        value(tmp_path / "a", "local.a", 'locals {\n  a = "x-${var.b}"\n}\nvariable "b" {\n  type    = string\n  default = "y"\n}\n')
        == "x-y"
    )
    assert isinstance(value(tmp_path / "b", "var.b", 'variable "b" {\n  type = string\n}\n'), Given)
    assert value(tmp_path / "c", "component.d.o", 'component "d" {\n  source = "./m"\n}\n') == Reference("component.d.probe.p", "id")


def test_a_module_that_a_component_takes_is_judged_there(tmp_path: Path) -> None:
    collections = collected(
        tmp_path, {"s/modules/m/main.tf": MODULE, "s/a.tfcomponent.hcl": (COMPONENT % '"x"').replace("./m", "./modules/m")}
    )
    assert collections.keys() == {"s"}


def test_as_many_components_as_an_argument_says(tmp_path: Path) -> None:
    text = COMPONENT.replace("inputs", 'for_each = toset(["a", "b"])\n  inputs') % "each.value"
    collection = collected(tmp_path, {"s/m/main.tf": MODULE, "s/a.tfcomponent.hcl": text})["s"]
    assert {item.address: item["v"].data for item in collection.items} == {f'component.c["{key}"].probe.p': key for key in "ab"}


def deployment(name: str, inputs: str) -> str:
    return f'deployment "{name}" {{\n  inputs = {inputs}\n}}\n'


OPEN = 'variable "b" {\n  type    = string\n  default = "default"\n}\n'


def test_each_deployment_is_one_way_in_which_a_stack_is_applied(tmp_path: Path) -> None:
    deployed = (
        'locals {\n  a = "x"\n}\n' + deployment("prod", "{ b = local.a }") + deployment("dev", '{ b = "y" }') + deployment("none", "{}")
    )
    files = {"s/m/main.tf": MODULE, "s/a.tfcomponent.hcl": OPEN + COMPONENT % "var.b", "s/a.tfdeploy.hcl": deployed}
    (worlds,) = [collection.worlds for name, collection in collected(tmp_path, files).items() if name == "s"]
    told = [
        (key, item["v"].data) for world in worlds for item in world.items for key, holds in world.holds.items() if holds and "deploy" in key
    ]
    assert told == [('deployment == "prod"', "x"), ('deployment == "dev"', "y"), ('deployment == "none"', "default")]


UNKNOWN = {
    "a store": deployment("a", "{ b = store.varset.s.b }"),
    "another stack": deployment("a", "{ b = upstream_input.s.b }"),
    "inputs that are not known": deployment("a", "merge(store.varset.s, {})"),
    "too many": "".join(deployment(f"d{at}", "{}") for at in range(20)),
}


@pytest.mark.parametrize("deployed", UNKNOWN.values(), ids=UNKNOWN)
def test_what_a_deployment_gives_is_never_the_default(tmp_path: Path, deployed: str) -> None:
    assert isinstance(value(tmp_path, "var.b", OPEN, {"s/a.tfdeploy.hcl": deployed}), Unknown)


def test_a_deployment_file_that_cannot_be_read(tmp_path: Path) -> None:
    files = {"s/m/main.tf": MODULE, "s/a.tfcomponent.hcl": OPEN + COMPONENT % "var.b", "s/a.tfdeploy.hcl": "deployment {"}
    collections = collected(tmp_path, files)
    assert isinstance(collections["s"].items[0]["v"].data, Unknown)
    assert [code for code, _ in gaps(collections)] == ["parse_error"]


LEFT = {
    "a stack": ('stack "x" {\n  source = "./other"\n}\n', "stack_unsupported"),
    "a registry": ('component "x" {\n  source = "acme/x/aws"\n}\n', "module_missing"),
    "inputs that are not written out": ('component "x" {\n  source = "./m"\n  inputs = local.all\n}\n', "module_missing"),
    "names that are not known": ('component "x" {\n  source = "./m"\n  inputs = { (var.n) = 1 }\n}\n', "module_missing"),
}


@pytest.mark.parametrize(("text", "code"), LEFT.values(), ids=LEFT)
def test_what_is_not_read_is_a_gap(tmp_path: Path, text: str, code: str) -> None:
    assert [kind for kind, _ in gaps(collected(tmp_path, {"s/m/main.tf": MODULE, "s/a.tfcomponent.hcl": text}))] == [code]


PROVIDERS = 'required_providers {\n  aws = {\n    source = "hashicorp/aws"\n  }\n}\nprovider "aws" "main" {\n  config {\n    region = "eu-west-1"\n  }\n}\n'


def test_what_one_deployment_opens_fails_there(tmp_path: Path) -> None:
    group = (
        'variable "v" {\n  type = list(string)\n}\nresource "aws_security_group" "g" {\n  ingress {\n    from_port   = 22\n'
        '    to_port     = 22\n    protocol    = "tcp"\n    cidr_blocks = var.v\n  }\n}\n'
    )
    stack = PROVIDERS + 'variable "b" {\n  type = list(string)\n}\n' + COMPONENT % "var.b"
    deployed = deployment("prod", '{ b = ["10.0.0.0/8"] }') + deployment("dev", '{ b = ["0.0.0.0/0"] }')
    write(tmp_path, {"s/m/main.tf": group, "s/a.tfcomponent.hcl": stack, "s/a.tfdeploy.hcl": deployed})
    (result,) = Scan(Options(paths=(str(tmp_path),), controls=("network.no-admin-ports-from-internet",)))
    assert result.verdict == "fail" and result.resource.address == "component.c.aws_security_group.g"
    assert 'when deployment == "prod" is false' in result.message
