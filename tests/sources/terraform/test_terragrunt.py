"""Values that Terragrunt gives the variables of modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.discover import discover
from assay.scanner.sources.interface import Collection
from assay.scanner.sources.raw import Given, Unknown
from assay.scanner.sources.terraform.hcl import TerraformSource
from tests.sources.terraform.reading import write

MODULE = (
    'variable "v" {\n  default = "default"\n}\nvariable "w" {\n  type    = list(string)\n  default = ["default"]\n}\n'
    'resource "probe" "p" {\n  v = var.v\n  w = var.w\n}\n'
)


def collected(top: Path, files: dict[str, str], **options: Any) -> dict[str, Collection]:
    write(top, files)
    (top / ".git").mkdir(exist_ok=True)
    discovered = discover([str(top)])
    source = TerraformSource(
        discovered.directories, boundary=discovered.boundary, show=lambda path: str(Path(path).resolve().relative_to(top.resolve())), **options
    )
    return {collection.name: collection for collection in source.collect()}


def given(top: Path, config: str, others: dict[str, str] | None = None, **options: Any) -> dict[str, Any]:
    """What a unit at `live/a` gives the two variables of a module, None for a whole collection that is not there."""
    files = {
        "modules/m/main.tf": MODULE,
        "live/a/terragrunt.hcl": 'terraform {\n  source = "../../modules/m"\n}\n' + config,
        **(others or {}),
    }
    (item,) = collected(top, files, **options)["live/a"].items
    return {name: item[name].data for name in ("v", "w")}


def gaps(collections: dict[str, Collection]) -> list[tuple[str, str]]:
    return [(gap.code, gap.reason) for collection in collections.values() for gap in collection.coverage.gaps]


KNOWN = {
    "a text": ('inputs = {\n  v = "x"\n}\n', "x"),
    "a number for a variable without a type": ("inputs = {\n  v = 7\n}\n", "7"),
    "a truth value for a variable without a type": ("inputs = {\n  v = true\n}\n", "true"),
    "a list for a variable without a type": ('inputs = {\n  v = ["a"]\n}\n', '["a"]'),
    "null": ("inputs = {\n  v = null\n}\n", None),
    "a local value": ('locals {\n  a = "x"\n  b = "${local.a}-y"\n}\ninputs = {\n  v = local.b\n}\n', "x-y"),
    "a function": ('inputs = {\n  v = upper("x")\n}\n', "X"),
    "the name of the directory": ("inputs = {\n  v = basename(get_terragrunt_dir())\n}\n", "a"),
    "merged": ('locals {\n  c = { v = "x" }\n}\ninputs = merge(local.c, { u = 1 })\n', "x"),
    "nothing": ("", "default"),
    "another variable": ('inputs = {\n  other = "x"\n}\n', "default"),
}


@pytest.mark.parametrize(("config", "value"), KNOWN.values(), ids=KNOWN)
def test_what_is_literal_is_the_value_of_the_variable(tmp_path: Path, config: str, value: Any) -> None:
    assert given(tmp_path, config)["v"] == value


UNKNOWN = {
    "an output of a dependency": 'dependency "d" {\n  config_path = "../d"\n}\ninputs = {\n  v = dependency.d.outputs.v\n}\n',
    "the environment": 'inputs = {\n  v = get_env("V", "x")\n}\n',
    "a value of a stack": "inputs = {\n  v = values.v\n}\n",
    "a local value that is not there": "inputs = {\n  v = local.v\n}\n",
    "a circle": "locals {\n  a = local.a\n}\ninputs = {\n  v = local.a\n}\n",
    "inputs that are not known": "inputs = merge(dependency.d.outputs, {})\n",
    "inputs that are no object": 'inputs = ["v"]\n',
    "a name that is not known": 'inputs = {\n  (get_env("NAME")) = "x"\n}\n',
    "an include that is not at hand": 'include {\n  path = find_in_parent_folders("none.hcl")\n}\n',
    "an include that is not known": 'include {\n  path = get_env("ROOT")\n}\n',
    "arguments": 'terraform {\n  extra_arguments "a" {\n    commands  = ["plan"]\n    arguments = ["-var", "v=x"]\n  }\n}\n',
    "arguments that are not known": 'terraform {\n  extra_arguments "a" {\n    arguments = get_env("A")\n  }\n}\n',
    "variables of the environment": 'terraform {\n  extra_arguments "a" {\n    env_vars = { TF_VAR_v = "x" }\n  }\n}\n',
    "files of values": 'terraform {\n  extra_arguments "a" {\n    optional_var_files = ["x.tfvars"]\n  }\n}\n',
    "a file that does not parse": "inputs = {\n",
}


@pytest.mark.parametrize("config", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_known_is_never_the_default(tmp_path: Path, config: str) -> None:
    files = {"m/main.tf": MODULE, "m/terragrunt.hcl": config}
    (item,) = collected(tmp_path, files)["m"].items
    assert isinstance(item["v"].data, Unknown)


def test_other_arguments_of_commands_say_nothing_of_variables(tmp_path: Path) -> None:
    config = 'terraform {\n  extra_arguments "a" {\n    arguments = ["-lock-timeout=20m"]\n    env_vars = { TF_CLI = "x" }\n  }\n}\n'
    assert given(tmp_path, config)["v"] == "default"


def test_a_value_that_is_not_known_has_the_name_of_its_variable(tmp_path: Path) -> None:
    value = given(tmp_path, "inputs = {\n  v = dependency.d.outputs.v\n}\n")["v"]
    assert isinstance(value, Given) and value.name == "var.v"


def test_values_of_a_type(tmp_path: Path) -> None:
    assert given(tmp_path / "a", 'inputs = {\n  w = ["x", 1]\n}\n')["w"] == ["x", "1"]
    assert given(tmp_path / "b", 'inputs = {\n  w = "[\\"x\\"]"\n}\n')["w"] == ["x"]


SOURCES = [
    "../../modules/m", "../../modules//m", "../..//modules/m?ref=x", "${get_repo_root()}//modules/m", "${get_terragrunt_dir()}/../../modules/m",
]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_a_module_that_is_named_is_judged_with_the_values_of_each_unit(tmp_path: Path, source: str) -> None:
    units = {f"live/{name}/terragrunt.hcl": f'terraform {{\n  source = "{source}"\n}}\ninputs = {{\n  v = "{name}"\n}}\n' for name in "ab"}
    collections = collected(tmp_path, {"modules/m/main.tf": MODULE, **units})
    assert {name: item["v"].data for name, collection in collections.items() for item in collection.items} == {"live/a": "a", "live/b": "b"}
    assert not gaps(collections)


def test_a_module_that_may_be_applied_by_itself_is_judged_so_too(tmp_path: Path) -> None:
    unit = 'terraform {\n  source = "../../app"\n}\ninputs = {\n  v = "x"\n}\n'
    collections = collected(tmp_path, {"app/main.tf": MODULE, "live/a/terragrunt.hcl": unit})
    assert {name: item["v"].data for name, collection in collections.items() for item in collection.items} == {
        "live/a": "x",
        "app": "default",
    }


def test_a_unit_that_may_be_skipped_takes_no_module_away(tmp_path: Path) -> None:
    unit = 'skip = true\nterraform {\n  source = "../../modules/m"\n}\n'
    assert {"modules/m", "live/a"} <= collected(tmp_path, {"modules/m/main.tf": MODULE, "live/a/terragrunt.hcl": unit}).keys()


ROOT = 'include "root" {\n  path = find_in_parent_folders("root.hcl")%s\n}\n'


def included(top: Path, more: str, root: str, own: str = "") -> Any:
    return given(top, ROOT % more + own, {"live/root.hcl": root})["v"]


def test_inputs_of_included_files(tmp_path: Path) -> None:
    root = 'locals {\n  x = "x"\n}\ninputs = {\n  v = "${local.x}/${path_relative_to_include()}"\n}\n'
    assert included(tmp_path / "a", "", root) == "x/a"
    assert included(tmp_path / "b", "", root, 'inputs = {\n  v = "own"\n}\n') == "own"
    assert included(tmp_path / "c", '\n  merge_strategy = "no_merge"', root) == "default"
    assert included(tmp_path / "d", '\n  merge_strategy = "deep"', root) == "x/a"
    assert included(tmp_path / "e", "\n  expose = true", root, "inputs = {\n  v = include.root.locals.x\n}\n") == "x"


def test_maps_that_are_merged_deeply_are_not_known(tmp_path: Path) -> None:
    own, root = "inputs = {\n  v = { a = 1 }\n}\n", "inputs = {\n  v = { b = 1 }\n}\n"
    assert isinstance(included(tmp_path / "a", '\n  merge_strategy = "deep"', root, own), Unknown)
    assert included(tmp_path / "b", "", root, own) == '{"a":1}'


def test_a_value_of_two_included_files(tmp_path: Path) -> None:
    two = 'include "a" {\n  path = "../a.hcl"\n}\ninclude "b" {\n  path = "../b.hcl"\n}\n'
    files = {f"live/{name}.hcl": f'inputs = {{\n  v = "{name}"\n}}\n' for name in "ab"}
    assert isinstance(given(tmp_path, two, files)["v"], Unknown)


def test_files_that_a_function_reads(tmp_path: Path) -> None:
    config = 'locals {\n  env = read_terragrunt_config(find_in_parent_folders("env.hcl"))\n}\ninputs = {\n  v = local.env.locals.v\n}\n'
    assert given(tmp_path / "a", config, {"live/env.hcl": 'locals {\n  v = "x"\n}\n'})["v"] == "x"
    assert isinstance(given(tmp_path / "b", config)["v"], Unknown)
    config = 'inputs = yamldecode(file("values.yaml"))\n'
    assert given(tmp_path / "c", config, {"live/a/values.yaml": "v: x\n"})["v"] == "x"


def test_files_of_values_count_before_inputs(tmp_path: Path) -> None:
    config = 'inputs = {\n  v = "input"\n}\n'
    assert given(tmp_path / "a", config, {"modules/m/terraform.tfvars": 'v = "file"\n'})["v"] == "file"
    assert given(tmp_path / "b", config, {"live/a/x.auto.tfvars": 'v = "unit"\n', "modules/m/x.auto.tfvars": 'v = "file"\n'})["v"] == "unit"
    assert given(tmp_path / "c", config, variables={"v": "line"})["v"] == "line"


ELSEWHERE = ["git::https://example.com/m.git//a?ref=v1", "tfr:///acme/m/aws?version=1.0.0", "../../none", '${get_env("SOURCE")}']


@pytest.mark.parametrize("source", ELSEWHERE)
def test_a_module_that_is_not_at_hand_is_a_gap(tmp_path: Path, source: str) -> None:
    source = source.replace('"', '\\"') if "get_env" not in source else source
    ((code, reason),) = gaps(collected(tmp_path, {"live/a/terragrunt.hcl": f'terraform {{\n  source = "{source}"\n}}\n'}))
    assert code == "terragrunt_unsupported" and "not scanned" in reason


def test_code_that_is_generated_is_a_gap_and_what_it_declares_is_not_known(tmp_path: Path) -> None:
    generate = 'generate "g" {\n  path      = "g.tf"\n  if_exists = "overwrite"\n  contents  = "variable \\"u\\" {}"\n}\n'
    code = 'resource "probe" "p" {\n  v = var.u\n}\n'
    collections = collected(tmp_path, {"m/main.tf": code, "m/terragrunt.hcl": generate + 'inputs = {\n  u = "x"\n}\n'})
    assert isinstance(collections["m"].items[0]["v"].data, Given)
    ((kind, reason),) = gaps(collections)
    assert kind == "terragrunt_unsupported" and "generate" in reason


def test_files_that_are_there_to_be_included_are_no_units(tmp_path: Path) -> None:
    files = {
        "terragrunt.hcl": 'inputs = {\n  v = "x"\n}\n',
        "m/main.tf": MODULE,
        "m/terragrunt.hcl": "include {\n  path = find_in_parent_folders()\n}\n",
    }
    collections = collected(tmp_path, files)
    assert collections["m"].items[0]["v"].data == "x" and not gaps(collections)


def test_files_that_read_each_other_end(tmp_path: Path) -> None:
    config = 'locals {\n  a = read_terragrunt_config("terragrunt.hcl")\n}\ninputs = {\n  v = local.a.locals.a\n}\n'
    assert isinstance(given(tmp_path, config)["v"], Unknown)


def test_nothing_outside_of_the_scanned_repository_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"away.hcl": 'inputs = {\n  v = "away"\n}\n'})
    assert isinstance(given(tmp_path / "in", 'include {\n  path = "../../../away.hcl"\n}\n')["v"], Unknown)


@pytest.mark.parametrize(
    ("changed", "touched"), [("live/a/terragrunt.hcl", True), ("live/root.hcl", True), ("modules/m/main.tf", True), ("x/main.tf", False)]
)
def test_a_change_of_what_a_unit_reads_touches_it(tmp_path: Path, changed: str, touched: bool) -> None:
    config = 'terraform {\n  source = "../../modules/m"\n}\n' + ROOT % ""
    files = {"modules/m/main.tf": MODULE, "live/a/terragrunt.hcl": config, "live/root.hcl": "inputs = {}\n", "x/main.tf": MODULE}
    collections = collected(tmp_path, files, changed=[str(tmp_path.resolve() / changed)])
    assert bool(collections["live/a"].items) == touched
