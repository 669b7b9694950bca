"""What Terraform would deploy from a tree is judged, or stands as a gap: spellings, names of files, callers, manifests, links."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assay.scanner.results.model import WORST
from assay.scanner.run import Options, Scan
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform import installed
from tests.hostile.hidden_files import MANIFEST
from tests.hostile.openings import BY_DEFAULT, CLOSED, CONTROL, GROUP, Files, call, told
from tests.scans import write
from tests.sources.terraform.reading import read, read_with_gaps

PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
RULE = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
DYNAMIC = """resource "aws_security_group" "open" {
  dynamic "ingres\\u0073" {
    for_each = [1]
    content {
      from_port   = 22
      to_port     = 22
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
"""


def _json(ingress: str, group: str = "aws_security_group") -> str:
    return f'{{"resource": {{"{group}": {{"open": {{"name": "x", {ingress}}}}}}}}}'


# Spellings

SPELLED: dict[str, Files] = {
    "a label": {"main.tf": GROUP.replace("aws_security_group", "aws_security_grou\\u0070")},
    "a label, long": {"main.tf": GROUP.replace("aws_security_group", "\\U00000061ws_security_group")},
    "a label without quotes": {"main.tf": GROUP.replace('"aws_security_group" "open"', "aws_security_group open")},
    "the label of a dynamic block": {"main.tf": DYNAMIC},
    "a key of JSON": {"main.tf.json": _json(f'"ingres\\u0073": {json.dumps(RULE)}', "aws_security_grou\\u0070")},
    "a type of block in JSON": {"main.tf.json": _json(f'"ingress": {json.dumps(RULE)}').replace("resource", "resourc\\u0065")},
    "a dynamic block of JSON": {
        "main.tf.json": _json(f'"dynami\\u0063": {{"ingres\\u0073": {{"for_each": [1], "content": {json.dumps(RULE)}}}}}')
    },
    "an iterator of JSON": {
        "main.tf.json": _json(
            '"dynamic": {"ingress": {"for_each": ["0.0.0.0/0"], "iterator": "it", "content": '
            + json.dumps({**RULE, "cidr_blocks": ["${it.value}"]})
            + "}}"
        )
    },
    "a list of objects as the whole of JSON": {"main.tf.json": "[" + _json(f'"ingress": {json.dumps(RULE)}') + "]"},
    "blocks of JSON that are merged": {
        "main.tf.json": _json(f'"ingress": {json.dumps({**RULE, "cidr_blocks": ["10.0.0.0/8"]})}, "ingress": {json.dumps(RULE)}')
    },
    "the last block is merged": {
        "main.tf.json": _json(f'"ingress": {json.dumps(RULE)}, "ingress": {json.dumps({**RULE, "cidr_blocks": ["10.0.0.0/8"]})}')
    },
    "a byte order mark": {"main.tf": "\ufeff" + GROUP},
    "line ends of Windows": {"main.tf": GROUP.replace("\n", "\r\n")},
    "one line for each argument": {"main.tf": GROUP.replace("    ", "")},
    "a text that seems to begin an interpolation": {
        "main.tf": GROUP.replace('"x"', '"$$${"').replace("  }\n}", '  }\n  tags = { a = "}" }\n}')
    },
    "a text that seems to begin a directive": {"main.tf": GROUP.replace('"x"', '"%%%{"').replace("  }\n}", '  }\n  tags = { a = "}" }\n}')},
    "a comment that seems to begin a block": {"main.tf": "/* { */ // /*\n# <<E\n" + GROUP},
    "numbers with exponents": {"main.tf": 'locals {\n  a = [1e3, "2e2-x"]\n}\n' + GROUP.replace("= 22", "= 22e0")},
    "the text of a heredoc that seems to end it": {"main.tf": "locals {\n  a = <<E\nE,\n E E\nE\n}\n" + GROUP},
}


@pytest.mark.parametrize("files", SPELLED.values(), ids=SPELLED)
def test_a_spelling_hides_nothing(tmp_path: Path, files: Files) -> None:
    assert told(tmp_path, files) == ({"fail"}, set())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"$$${1}"', "$${1}"),
        ('"%%%%%{1}"', "%%%%{1}"),
        ('"a$$$${b"', "a$$${b"),
        ("<<E\n$$${1}\nE", "$${1}\n"),
        ("<<-E\n  %%%{if}\n  E", "%%{if}\n"),
    ],
)
def test_the_last_two_of_several_marks_are_the_escape(tmp_path: Path, expression: str, value: str) -> None:
    """As terraform 1.11 answers."""
    assert read(tmp_path, f'resource "probe" "p" {{\n  v = {expression}\n}}\n')["probe.p"]["v"].data == value


def test_an_interpolation_that_the_parser_passes_over_is_no_literal_text(tmp_path: Path) -> None:
    """A line of a heredoc that begins as its end does."""
    probe_p = read(tmp_path, 'resource "probe" "p" {\n  v = <<E\nE${"a"}\nE\n}\n')["probe.p"]["v"]
    assert probe_p.data == "Ea\n" or probe_p.unknown


# What Terraform refuses

REFUSED: dict[str, Files] = {
    "an argument twice": {"main.tf": GROUP.replace("  }\n}", '    cidr_blocks = ["10.0.0.0/8"]\n  }\n}')},
    "an argument three times": {"main.tf": GROUP.replace("  }\n}", '    cidr_blocks = ["10.0.0.0/8"]\n' * 2 + "  }\n}")},
    "an argument of JSON twice": {"main.tf.json": _json(f'"ingress": {json.dumps(RULE)[:-1]}, "cidr_blocks": ["10.0.0.0/8"]}}')},
    "a key of a list in JSON twice": {"main.tf.json": _json(f'"ingress": [{json.dumps(RULE)[:-1]}, "cidr_blocks": []}}]')},
    "three labels": {"main.tf": GROUP.replace('"open"', '"open" "x"')},
    "one label": {"main.tf": GROUP.replace(' "open"', "")},
    "another type of block": {"main.tf": GROUP.replace("resource", "Resource")},
    "a label that is no name": {"main.tf": GROUP.replace('"open"', '"o pen"')},
    "no object in JSON": {"main.tf.json": '{"resource": {"aws_security_group": {"open": "x"}}}'},
    "an argument outside of blocks": {"main.tf": 'ingress = "x"\n'},
    "a value of a variable twice": {"main.tf": BY_DEFAULT, "terraform.tfvars": 'cidr = "0.0.0.0/0"\ncidr = "10.0.0.0/8"\n'},
    "a value in JSON twice": {"main.tf": BY_DEFAULT, "terraform.tfvars.json": '{"cidr": "0.0.0.0/0", "cidr": "10.0.0.0/8"}'},
    "a block among values": {"main.tf": BY_DEFAULT, "a.auto.tfvars": 'variable "cidr" {\n  default = "10.0.0.0/8"\n}\n'},
    "a brace too many": {"main.tf": GROUP + "}\n"},
    "a byte that is no text": {"main.tf": GROUP.encode() + b"# \xff\n"},
    "an empty byte": {"main.tf": GROUP.encode() + b"# \x00\n"},
    "an encoding of two bytes": {"main.tf": ("\ufeff" + GROUP).encode("utf-16-le")},
}


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED)
def test_what_terraform_refuses_is_a_gap_and_no_pass(tmp_path: Path, files: Files) -> None:
    verdicts, gaps = told(tmp_path, files)
    assert gaps and gaps <= {"refused_block", "parse_error"} and "pass" not in verdicts


TWICE: dict[str, Files] = {
    "a variable": {"a.tf": 'variable "cidr" {\n  default = "10.0.0.0/8"\n}\n', "main.tf": BY_DEFAULT},
    "a variable, later": {"main.tf": BY_DEFAULT, "z.tf": 'variable "cidr" {\n  default = "10.0.0.0/8"\n}\n'},
    "a local value": {
        "main.tf": GROUP.replace('"0.0.0.0/0"', "local.cidr") + 'locals {\n  cidr = "0.0.0.0/0"\n}\n',
        "z.tf": 'locals {\n  cidr = "10.0.0.0/8"\n}\n',
    },
    "a local value of JSON": {
        "main.tf": GROUP.replace('"0.0.0.0/0"', "local.cidr"),
        "z.tf.json": '{"locals": {"cidr": "0.0.0.0/0"}, "locals": {"cidr": "10.0.0.0/8"}}',
    },
    "an output": {
        "main.tf": GROUP.replace('"0.0.0.0/0"', "module.m.cidr") + 'module "m" {\n  source = "./m"\n}\n',
        "m/a.tf": 'output "cidr" {\n  value = "10.0.0.0/8"\n}\n',
        "m/b.tf": 'output "cidr" {\n  value = "0.0.0.0/0"\n}\n',
    },
}


@pytest.mark.parametrize("files", TWICE.values(), ids=TWICE)
def test_of_a_value_that_is_declared_twice_either_counts(tmp_path: Path, files: Files) -> None:
    assert told(tmp_path, files) == ({"unknown"}, {"refused_block"})


def test_of_an_argument_that_is_set_twice_either_value_counts(tmp_path: Path) -> None:
    items, gaps = read_with_gaps(tmp_path, 'resource "probe" "p" {\n  v = "a"\n  v = "b"\n  w = 1\n  w = 1\n}\n')
    assert items["probe.p"]["v"].raw.options == ("a", "b") and items["probe.p"]["w"].data == 1
    assert [(gap.code, gap.line) for gap in gaps] == [("refused_block", 3), ("refused_block", 5)]


@pytest.mark.parametrize("dynamic", [False, True])
def test_of_blocks_of_which_there_may_be_one_any_counts(tmp_path: Path, dynamic: bool) -> None:
    """How many blocks of a type there may be, the provider says: one that stands before another hides nothing."""
    second = 'dynamic "one" {\n  for_each = [1]\n  content {\n    v = "b"\n    w = 1\n  }\n}' if dynamic else 'one {\n  v = "b"\n  w = 1\n}'
    item = read(tmp_path, f'resource "probe" "p" {{\none {{\n  v = "a"\n  w = 1\n}}\n{second}\n}}\n')["probe.p"]
    assert item["one.v"].raw.options == ("a", "b") and item["one.w"].data == 1
    assert item["one.0.v"].data == "a" and item["one.1.v"].data == "b"


def test_beside_blocks_of_an_unknown_number_none_counts(tmp_path: Path) -> None:
    more = 'variable "more" {}\n' + 'dynamic "one" {\n  for_each = var.more\n  content {\n    v = "b"\n  }\n}'.join(
        ('resource "probe" "p" {\n  one {\n    v = "a"\n  }\n  ', "\n}\n")
    )
    assert isinstance(read(tmp_path, more)["probe.p"]["one.v"].raw, Unknown)


def test_of_more_blocks_than_are_compared_none_counts(tmp_path: Path) -> None:
    blocks = 'one {\n  v = "a"\n}\n' * 10 + 'one {\n  v = "b"\n}\n'
    assert isinstance(read(tmp_path, f'resource "probe" "p" {{\n{blocks}}}\n')["probe.p"]["one.v"].raw, Unknown)


# Names of files


@pytest.mark.parametrize(
    "name", ["#open.tf", "-open.tf", "~open.tf", "a b.tf", "$a.tf", "a.b.c.tf", "x.tf.json.tf", "x.tf/main.tf", "\u00e9.tf"]
)
def test_a_file_that_terraform_reads_is_read(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, {name: GROUP, "main.tf": ""}) == ({"fail"}, set())


@pytest.mark.parametrize("name", [".open.tf", "open.tf~", "#open.tf#", "open.TF", "open.tf.bak"])
def test_a_file_that_terraform_passes_over_is_not_read(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, {name: GROUP, "main.tf": CLOSED}) == ({"pass"}, set())


@pytest.mark.parametrize("beside", [".opentofu-version", ".terraform-version", ".terraform.lock.hcl"])
@pytest.mark.parametrize("open_", ["main.tf", "main.tofu"])
def test_of_two_readings_the_worse_counts(tmp_path: Path, open_: str, beside: str) -> None:
    lock = 'provider "registry.opentofu.org/hashicorp/aws" {}\n'
    assert told(tmp_path, {"main.tf": CLOSED, "main.tofu": CLOSED, open_: GROUP, beside: lock}) == ({"fail"}, set())


def test_the_order_of_variable_files_is_that_of_terraform(tmp_path: Path) -> None:
    values = {".auto.tfvars": "a", "Z.auto.tfvars": "b", "b.auto.tfvars": "c", "a.auto.tfvars.json": ""}
    files: Files = {name: f'v = "{value}"\n' for name, value in values.items()}
    files["a.auto.tfvars.json"] = '{"v": "json"}'
    probe = 'variable "v" {}\nresource "probe" "p" {\n  v = var.v\n}\n'
    assert read(tmp_path, {"main.tf": probe, "terraform.tfvars": 'v = "first"\n', **files})["probe.p"]["v"].data == "c"


# Callers

MARKS: dict[str, Files] = {
    "a provider configuration": {"prod/p.tf": PROVIDER},
    "a provider configuration without arguments": {"prod/p.tf": 'provider "aws" {}\n'},
    "a backend": {"prod/b.tf": 'terraform {\n  backend "s3" {}\n}\n'},
    "a backend in JSON": {"prod/b.tf.json": '{"terraform": {"backend": {"s3": {}}}}'},
    "a backend for OpenTofu": {"prod/b.tofu": 'terraform {\n  backend "s3" {}\n}\n', "prod/b.tf": ""},
    "a backend for Terraform": {"prod/b.tf": 'terraform {\n  backend "s3" {}\n}\n', "prod/b.tofu": ""},
    "a workspace of HCP": {"prod/b.tf": "terraform {\n  cloud {}\n}\n"},
    "values": {"prod/terraform.tfvars": ""},
    "values of one environment": {"prod/eu.tfvars": ""},
    "automatic values": {"prod/.x.auto.tfvars.json": "{}"},
    "a lock file": {"prod/.terraform.lock.hcl": ""},
    "a state": {"prod/terraform.tfstate": "{}"},
    "settings of a backend": {"prod/eu.tfbackend": ""},
    "values in a folder": {"prod/env/eu.tfvars": ""},
    "values in folders of folders": {"prod/envs/eu/prod/terraform.tfvars": ""},
    "settings of a backend in a folder": {"prod/backends/eu.tfbackend": ""},
    "what terraform init left": {"prod/.terraform/environment": "eu"},
    "an import": {"prod/i.tf": 'import {\n  to = aws_security_group.g\n  id = "sg-1"\n}\n'},
    "an encrypted state": {"prod/e.tf": "terraform {\n  encryption {}\n}\n"},
    "a stack of Terragrunt": {"prod/terragrunt.stack.hcl": ""},
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_a_root_module_stays_one_whoever_calls_it(tmp_path: Path, mark: Files) -> None:
    verdicts, _ = told(tmp_path, {"prod/main.tf": BY_DEFAULT, "wrapper/main.tf": PROVIDER + call("../prod"), **mark})
    assert "fail" in verdicts


WITHOUT_VALUES = BY_DEFAULT.partition("}\n")[2].replace("var.cidr", 'try(file("${path.root}/cidr"), "0.0.0.0/0")')
NO_ROOTS: dict[str, Files] = {
    "values of its tests": {"prod/tests/x.tfvars": "", "prod/examples/a/terraform.tfvars": ""},
    "values of a module below it": {"prod/part/terraform.tfvars": "", "prod/part/main.tf": ""},
    "values beside it": {"env/x.tfvars": "", "wrapper/env/x.tfvars": ""},
}


@pytest.mark.parametrize("beside", NO_ROOTS.values(), ids=NO_ROOTS)
def test_values_that_are_of_something_else_make_no_root(tmp_path: Path, beside: Files) -> None:
    placed = {name.replace("prod/", "modules/prod/", 1): content for name, content in {"prod/main.tf": BY_DEFAULT, **beside}.items()}
    verdicts, gaps = told(tmp_path, {"wrapper/main.tf": PROVIDER + call("../modules/prod"), **placed})
    assert "fail" not in verdicts and not gaps


def test_a_directory_that_takes_no_values_stays_a_root_whoever_calls_it(tmp_path: Path) -> None:
    caller: Files = {"wrapper/main.tf": PROVIDER + 'module "m" {\n  source = "../%s"\n}\n', "wrapper/cidr": "10.0.0.0/8"}
    own = {"prod/main.tf": WITHOUT_VALUES, **caller, "wrapper/main.tf": str(caller["wrapper/main.tf"]) % "prod"}
    assert "fail" in told(tmp_path / "a", own)[0]
    own = {"modules/prod/main.tf": WITHOUT_VALUES, **caller, "wrapper/main.tf": str(caller["wrapper/main.tf"]) % "modules/prod"}
    assert "fail" not in told(tmp_path / "b", own)[0]


SPELLINGS = ["../prod", "../prod/", "./../prod", ".././prod", "../wrapper/../prod", "..//prod", "..\\\\prod", "../pro\\u0064", "../link"]


@pytest.mark.parametrize("source", SPELLINGS)
def test_a_root_module_stays_one_however_the_call_is_written(tmp_path: Path, source: str) -> None:
    files: Files = {"prod/main.tf": PROVIDER + BY_DEFAULT, "wrapper/main.tf": PROVIDER + call(source)}
    verdicts, gaps = told(tmp_path, files, {"link": "prod"})
    assert "fail" in verdicts and not gaps


CALLERS: dict[str, Files] = {
    "an example": {"main.tf": BY_DEFAULT, "examples/a/main.tf": PROVIDER + call("../..")},
    "a test": {"prod/main.tf": BY_DEFAULT, "Tests/a/main.tf": PROVIDER + call("../../prod")},
    "a test run": {"prod/main.tf": BY_DEFAULT, "a.tftest.hcl": 'run "a" {\n  module {\n    source = "./prod"\n  }\n}\n'},
    "count = 0": {"prod/main.tf": BY_DEFAULT, "wrapper/main.tf": PROVIDER + call("../prod", "  count = 0\n")},
    "an empty set": {"prod/main.tf": BY_DEFAULT, "wrapper/main.tf": PROVIDER + call("../prod", "  for_each = {}\n")},
    "a count by a variable": {
        "prod/main.tf": BY_DEFAULT,
        "wrapper/main.tf": 'variable "on" {\n  default = false\n}\n' + PROVIDER + call("../prod", "  count = var.on ? 1 : 0\n"),
    },
    "a call in doubt": {"prod/main.tf": BY_DEFAULT, "wrapper/main.tf": 'variable "on" {}\n' + call("../prod", "  count = var.on\n")},
    "a caller of which nothing else is known": {"prod/main.tf": BY_DEFAULT, "wrapper/main.tf": call("../prod")},
    "a call back": {"prod/main.tf": BY_DEFAULT + call("../wrapper").replace("  cidr   = \"10.0.0.0/8\"\n", ""), "wrapper/main.tf": call("../prod")},
    "a caller in JSON": {
        "prod/main.tf": PROVIDER + BY_DEFAULT,
        "wrapper/main.tf.json": '{"module": {"m": {"source": "../prod", "cidr": "10.0.0.0/8"}}}',
    },
    "a caller by an override": {
        "prod/main.tf": PROVIDER + BY_DEFAULT,
        "wrapper/main.tf": call("../modules/other"),
        "wrapper/override.tf": call("../prod"),
        "modules/other/main.tf": BY_DEFAULT.replace("0.0.0.0/0", "10.0.0.0/8"),
    },
    "a caller that cannot be evaluated": {
        "prod/main.tf": BY_DEFAULT,
        "wrapper/main.tf": PROVIDER + call("../prod") + 'resource "aws_vpc" "v" {\n  count = 30000\n}\n',
    },
}  # fmt: skip


@pytest.mark.parametrize("files", CALLERS.values(), ids=CALLERS)
def test_a_caller_that_does_not_deploy_it_takes_nothing_away(tmp_path: Path, files: Files) -> None:
    assert "fail" in told(tmp_path, files)[0]


def test_a_directory_that_is_named_is_a_root_module(tmp_path: Path) -> None:
    write(tmp_path, {"prod/main.tf": BY_DEFAULT, "wrapper/main.tf": PROVIDER + call("../prod")})
    named = [str(tmp_path / "wrapper"), str(tmp_path / "prod/")]
    assert {result.verdict for result in Scan(Options(paths=named, controls=[CONTROL]))} == {"fail", "pass"}


SHARED: dict[str, Files] = {
    "below its caller": {"main.tf": call("./modules/group"), "modules/group/main.tf": BY_DEFAULT},
    "among modules": {"live/prod/main.tf": call("../../modules/group"), "modules/group/main.tf": BY_DEFAULT},
    "beside a root module": {"prod/main.tf": PROVIDER + call("../group-module"), "group-module/main.tf": BY_DEFAULT},
    "of a module": {
        "prod/main.tf": PROVIDER + call("../one"),
        "one/main.tf": 'variable "cidr" {}\nmodule "m" {\n  source = "../modules/two"\n  cidr = var.cidr\n}\n',
        "modules/two/main.tf": BY_DEFAULT,
    },
    "with the provider that a caller passes": {
        "prod/main.tf": PROVIDER + call("../module/group"),
        "module/group/main.tf": 'provider "aws" {\n  alias = "peer"\n}\n' + BY_DEFAULT,
    },
    "in an example that has a module": {"examples/a/main.tf": call("./modules/group"), "examples/a/modules/group/main.tf": BY_DEFAULT},
    "in doubt and without a value": {
        "prod/main.tf": 'variable "on" {}\n' + call("./group", "  count = var.on ? 1 : 0\n"),
        "prod/group/main.tf": BY_DEFAULT + 'variable "name" {}\n',
    },
}


@pytest.mark.parametrize("files", SHARED.values(), ids=SHARED)
def test_a_shared_module_is_judged_with_the_values_of_its_callers_alone(tmp_path: Path, files: Files) -> None:
    verdicts, gaps = told(tmp_path, files)
    assert "fail" not in verdicts and not gaps


@pytest.mark.parametrize("caller", [{"main.tf": call("./prod")}, {"new/main.tf": PROVIDER + call("../prod")}])
def test_what_could_be_applied_by_itself_is_judged_whoever_calls_it(tmp_path: Path, caller: Files) -> None:
    assert "fail" in told(tmp_path, {"prod/main.tf": BY_DEFAULT, **caller})[0]


def test_what_could_be_applied_by_itself_is_named(tmp_path: Path) -> None:
    files: Files = {"main.tf": call("./modules/a") + call("./modules/b").replace('"m"', '"n"'), "modules/a/main.tf": BY_DEFAULT}
    write(tmp_path, {**files, "modules/b/main.tf": BY_DEFAULT + 'variable "name" {}\n'})
    report = Scan(Options(paths=[str(tmp_path)], controls=[CONTROL])).report()
    assert {result.verdict for result in report.results} == {"pass"}
    assert [os.path.relpath(path, tmp_path) for path in report.coverage.through_callers] == ["modules/a"]


# Workspaces

IN_WORKSPACE = GROUP.replace('["0.0.0.0/0"]', "[%s]")
BY_NAME = IN_WORKSPACE % 'terraform.workspace == "default" ? "10.0.0.0/8" : "0.0.0.0/0"'
BY_TABLE = IN_WORKSPACE % '{ default = "10.0.0.0/8", prod = "0.0.0.0/0" }[terraform.workspace]'
OPEN_BY_DEFAULT = IN_WORKSPACE % 'terraform.workspace == "default" ? "0.0.0.0/0" : "10.0.0.0/8"'
OF_TWO = '{ dev = "%s", prod = "10.1.0.0/16" }[terraform.workspace]'
REFUSED = "{ dev = 1, prod = 2 }[terraform.workspace]"
IN_MODULE: Files = {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": BY_NAME}
NAMED = 'terraform {\n  cloud {\n    workspaces {\n      name = "%s"\n    }\n  }\n}\n'
REMOTE = 'terraform {\n  backend "remote" {\n    workspaces {\n      name = "prod"\n    }\n  }\n}\n'
TAGGED = 'terraform {\n  cloud {\n    workspaces {\n      tags = ["a"]\n    }\n  }\n}\n'
SELECTED: dict[str, tuple[Files, str | None, str]] = {
    "nothing is said": ({"main.tf": BY_NAME}, None, "unknown"),
    "a table": ({"main.tf": BY_TABLE}, None, "unknown"),
    "in a module": (IN_MODULE, None, "unknown"),
    "in JSON": ({"main.tf.json": json.dumps({"resource": {"aws_security_group": {"o": {"ingress": [{**RULE, "cidr_blocks": ['${terraform.workspace == "default" ? "10.0.0.0/8" : "0.0.0.0/0"}']}]}}}}).replace("workspace", "work\\u0073pace")}, None, "unknown"),
    "what was selected here": ({"main.tf": BY_NAME, ".terraform/environment": "prod"}, None, "unknown"),
    "a remote backend": ({"main.tf": REMOTE + BY_NAME}, None, "unknown"),
    "workspaces by tags": ({"main.tf": TAGGED + BY_NAME}, None, "unknown"),
    "open by default": ({"main.tf": OPEN_BY_DEFAULT}, None, "fail"),
    "the user says it": ({"main.tf": BY_NAME}, "default", "pass"),
    "the user says another": ({"main.tf": BY_NAME}, "prod", "fail"),
    "the code fixes it": ({"main.tf": NAMED % "default" + BY_NAME}, None, "pass"),
    "the code fixes another": ({"main.tf": NAMED % "prod" + BY_NAME}, None, "fail"),
    "the code fixes two": ({"main.tf": NAMED % "default" + BY_NAME, "override.tf": NAMED % "prod"}, None, "fail"),
    "it decides nothing": ({"main.tf": IN_WORKSPACE % '"10.0.0.0/8"' + 'locals {\n  x = terraform.workspace\n}\n'}, None, "pass"),
    "a table without default": ({"main.tf": IN_WORKSPACE % OF_TWO % "10.0.0.0/8"}, None, "pass"),
    "a table without default, open": ({"main.tf": IN_WORKSPACE % (OF_TWO % "0.0.0.0/0").replace("10.1.0.0/16", "0.0.0.0/0")}, None, "fail"),
    "a table without default, open in part": ({"main.tf": IN_WORKSPACE % OF_TWO % "0.0.0.0/0"}, None, "unknown"),
    "a table without default, by a local value": ({"main.tf": IN_WORKSPACE % (OF_TWO % "10.0.0.0/8").replace("terraform.workspace", "local.a") + 'locals {\n  a = local.b\n  b = terraform.workspace\n}\n'}, None, "pass"),
    "a lookup without default": ({"main.tf": IN_WORKSPACE % 'lookup({ dev = "10.0.0.0/8" }, terraform.workspace)'}, None, "pass"),
}  # fmt: skip
ASKED_FOR = [
    f"locals {{\n  x = {REFUSED}\n}}\n",
    f"locals {{\n  x = [{{ a = 1 + {REFUSED} }}]\n}}\n",
    f'resource "aws_sqs_queue" "q" {{\n  name = "a-${{{REFUSED}}}"\n}}\n',
    f'resource "aws_sqs_queue" "q" {{\n  count = {REFUSED}\n}}\n',
    f'resource "aws_instance" "i" {{\n  root_block_device {{\n    volume_size = {REFUSED}\n  }}\n}}\n',
]
NOT_ASKED_FOR = [
    f"locals {{\n  x = false ? {REFUSED} : 1\n}}\n",
    f"locals {{\n  x = try({REFUSED}, 1)\n  y = true || {REFUSED} == 1\n  z = [for n in [] : {REFUSED}]\n}}\n",
    f'provider "aws" {{\n  alias = "unused"\n  max_retries = {REFUSED}\n}}\n',
    f'resource "aws_sqs_queue" "q" {{\n  count = 0\n  delay_seconds = {REFUSED}\n}}\n',
    f'resource "aws_instance" "i" {{\n  dynamic "root_block_device" {{\n    for_each = []\n    content {{\n      volume_size = {REFUSED}\n    }}\n  }}\n}}\n',
    'variable "of" {}\nlocals {\n  x = var.of[terraform.workspace]\n}\n',
    'locals {\n  x = merge({ dev = 1 }, { default = 2 })[terraform.workspace]\n}\n',
]
SELECTED |= {
    f"asked for by {program} alone": (
        {"main.tf": OPEN_BY_DEFAULT, "x.tf": f"locals {{\n  x = {terraform}\n}}\n", "x.tofu": f"locals {{\n  x = {tofu}\n}}\n"}, None, "fail",
    )
    for program, terraform, tofu in (("Terraform", REFUSED, "1"), ("OpenTofu", "1", REFUSED))
}  # fmt: skip
SELECTED |= {f"asked for {more}": ({"main.tf": OPEN_BY_DEFAULT + more}, None, "unknown") for more in ASKED_FOR}
SELECTED |= {f"not asked for {more}": ({"main.tf": OPEN_BY_DEFAULT + more}, None, "fail") for more in NOT_ASKED_FOR}


@pytest.mark.parametrize("name", SELECTED)
def test_no_workspace_is_taken_for_the_one_that_is_selected(tmp_path: Path, name: str) -> None:
    files, said, verdict = SELECTED[name]
    write(tmp_path, files)
    report = Scan(Options(paths=[str(tmp_path)], controls=[CONTROL], workspace=said)).report()
    assert min((result.verdict for result in report.results), key=WORST.index) == verdict
    assert verdict != "pass" or len(report.results) == 1


# Other languages

TEMPLATE = json.dumps({"Resources": {"O": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "x", "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]}}}})  # fmt: skip
STACK = 'resource "aws_cloudformation_stack" "s" {\n  name = "x"\n  template_body = %s\n}\n'
HERE = "<<EOT\n%s\nEOT\n"
EMBEDDED: dict[str, Files] = {
    "a heredoc": {"main.tf": STACK % (HERE % TEMPLATE)},
    "a call": {"main.tf": STACK % f"jsonencode({TEMPLATE})"},
    "an address": {"main.tf": STACK.replace("template_body = %s", 'template_url = "https://example.com/t"')},
    "a file that is left out": {"main.tf": STACK % 'file(".t/t.json")', ".t/t.json": TEMPLATE},
    "a set of stacks": {"main.tf": STACK.replace("stack", "stack_set") % (HERE % TEMPLATE)},
    "a manifest": {"main.tf": 'resource "kubectl_manifest" "m" {\n  yaml_body = ' + HERE % MANIFEST + "}\n"},
    "a manifest as an object": {
        "main.tf": 'resource "kubernetes_manifest" "m" {\n  manifest = {\n    apiVersion = "compute.cnrm.cloud.google.com/v1beta1"\n  }\n}\n'
    },
}


@pytest.mark.parametrize("files", EMBEDDED.values(), ids=EMBEDDED)
def test_what_is_deployed_in_another_language_is_a_gap(tmp_path: Path, files: Files) -> None:
    assert "template_unsupported" in told(tmp_path, {**files, "fine.tf": CLOSED})[1]


def test_a_file_in_another_language_is_judged_by_itself(tmp_path: Path) -> None:
    own: Files = {"main.tf": STACK % 'file("${path.module}/t.json")', "t.json": TEMPLATE, "fine.tf": CLOSED}
    assert told(tmp_path, own) == ({"pass", "fail"}, set())
    plain = 'resource "kubernetes_manifest" "m" {\n  manifest = {\n    apiVersion = "v1"\n  }\n}\n'
    assert told(tmp_path / "b", {"main.tf": plain + CLOSED})[1] == set()


# Manifests of terraform init

FETCHED = 'module "m" {\n  source = "acme/m/aws"\n  version = "~> 5.0"\n}\n'
SOURCE = "registry.terraform.io/acme/m/aws"


def _manifest(**record: str) -> str:
    return json.dumps({"Modules": [{"Key": "", "Source": "", "Dir": "."}, {"Key": "m", **record}]})


def test_what_terraform_init_fetched_is_judged(tmp_path: Path) -> None:
    manifest = _manifest(Source=SOURCE, Version="5.1.0", Dir=".terraform/modules/m")
    files: Files = {"main.tf": FETCHED, ".terraform/modules/modules.json": manifest, ".terraform/modules/m/main.tf": GROUP}
    assert told(tmp_path, files) == ({"fail"}, set())


RECORDS = {
    "of another source": {"Source": "registry.terraform.io/evil/m/aws", "Version": "5.1.0", "Dir": ".terraform/modules/m"},
    "of another registry": {"Source": "evil.example.com/acme/m/aws", "Version": "5.1.0", "Dir": ".terraform/modules/m"},
    "of another version": {"Source": SOURCE, "Version": "6.0.0", "Dir": ".terraform/modules/m"},
    "of no source": {"Dir": ".terraform/modules/m"},
    "of another directory": {"Source": SOURCE, "Version": "5.1.0", "Dir": "harmless"},
    "of a directory above": {"Source": SOURCE, "Version": "5.1.0", "Dir": ".terraform/modules/../../harmless"},
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_record_that_is_not_of_the_call_is_a_gap(tmp_path: Path, record: dict[str, str]) -> None:
    files: Files = {"main.tf": FETCHED, ".terraform/modules/modules.json": _manifest(**record), ".terraform/modules/m/main.tf": CLOSED}
    assert told(tmp_path, {**files, "harmless/main.tf": CLOSED})[1] == {"module_missing"}


def test_a_record_that_leads_a_local_module_elsewhere_is_a_gap(tmp_path: Path) -> None:
    files: Files = {"main.tf": call("./m"), "m/main.tf": 'variable "cidr" {}\n' + CLOSED, ".open/main.tf": GROUP}
    files[".terraform/modules/modules.json"] = _manifest(Source="./m", Dir=".open")
    assert told(tmp_path, files)[1] == {"module_missing"}


@pytest.mark.parametrize(
    ("written", "recorded"),
    [
        ("acme/m/aws", "registry.terraform.io/acme/m/aws"),
        ("acme/m/aws", "registry.opentofu.org/acme/m/aws"),
        ("acme/m/aws//modules/a", "registry.terraform.io/acme/m/aws//modules/a"),
        ("app.terraform.io/acme/m/aws", "app.terraform.io/acme/m/aws"),
        ("github.com/acme/m", "git::https://github.com/acme/m.git"),
        ("github.com/acme/m?ref=v1", "git::https://github.com/acme/m.git?ref=v1"),
        ("github.com/acme/m//a/b?ref=v1", "git::https://github.com/acme/m.git//a/b?ref=v1"),
        ("github.com/acme/m/a", "git::https://github.com/acme/m.git//a"),
        ("bitbucket.org/acme/m", "git::https://bitbucket.org/acme/m.git"),
        ("git@github.com:acme/m.git", "git::ssh://git@github.com/acme/m.git"),
        ("git::git@github.com:acme/m.git//a?ref=v1", "git::ssh://git@github.com/acme/m.git//a?ref=v1"),
        ("git::https://github.com/acme/m.git?ref=v1", "git::https://github.com/acme/m.git?ref=v1"),
        ("https://example.com/m.zip", "https://example.com/m.zip"),
        ("s3::https://s3.amazonaws.com/b/m.zip", "s3::https://s3.amazonaws.com/b/m.zip"),
        ("/srv/m", "file:///srv/m"),
    ],
)
def test_a_source_is_recorded_in_full(written: str, recorded: str) -> None:
    record = installed.InstalledModule(recorded, "", ".terraform/modules/m")
    assert installed.fault(record, ".", written, None) == ""
    assert installed.fault(record, ".", written.replace("m", "n"), None)


@pytest.mark.parametrize(
    ("constraints", "version", "allowed"),
    [
        ("5.1.0", "5.1.0", True),
        ("= 5.1", "5.1.0", True),
        ("5.1.0", "5.1.1", False),
        ("~> 5.0", "5.9.3", True),
        ("~> 5.0", "6.0.0", False),
        ("~> 5.1.2", "5.1.9", True),
        ("~> 5.1.2", "5.2.0", False),
        ("~> 5.1.2", "5.1.1", False),
        (">= 1.0, < 2.0", "1.9.9", True),
        (">= 1.0, < 2.0", "2.0.0", False),
        ("!= 1.2.0", "1.2.0", False),
        ("> 1", "1.0.1", True),
        ("<= 1.0.0", "1.0.0-beta", True),
        ("latest", "1.0.0", False),
        ("1.0.0", "", False),
    ],
)
def test_versions_by_constraints(constraints: str, version: str, allowed: bool) -> None:
    assert installed.allows(constraints, version) is allowed


# Links and folders that begin with a dot


def test_a_folder_that_begins_with_a_dot_is_judged_where_code_calls_it(tmp_path: Path) -> None:
    assert told(tmp_path, {"main.tf": 'module "m" {\n  source = "./.infra"\n}\n', ".infra/main.tf": GROUP}) == ({"fail"}, set())


def test_what_a_linked_module_calls_begins_where_the_link_leads(tmp_path: Path) -> None:
    """`installLocalModule` in https://github.com/hashicorp/terraform/blob/main/internal/initwd/module_install.go"""
    inner = 'module "c" {\n  source = "../c"\n}\n'
    files: Files = {"main.tf": 'module "m" {\n  source = "./link"\n}\n', ".a/b/main.tf": inner, ".a/c/main.tf": GROUP, "c/main.tf": CLOSED}
    assert told(tmp_path, files, {"link": ".a/b"}) == ({"fail", "pass"}, set())


def test_a_linked_file_is_read(tmp_path: Path) -> None:
    assert told(tmp_path, {".hidden/open.txt": GROUP, "README.md": ""}, {"main.tf": ".hidden/open.txt"}) == ({"fail"}, set())


# Resources that Terraform refuses without an argument


@pytest.mark.parametrize("beside", ["", 'resource "aws_security_group" "g" {}\n'])
@pytest.mark.parametrize("owner", ["", "  security_group_id = null\n"])
def test_a_rule_of_no_group_is_judged_for_what_it_is(tmp_path: Path, owner: str, beside: str) -> None:
    one = 'resource "aws_security_group_rule" "r" {\n  type = "ingress"\n  protocol = "tcp"\n  cidr_blocks = ["0.0.0.0/0"]\n'
    other = 'resource "aws_vpc_security_group_ingress_rule" "r" {\n  ip_protocol = "tcp"\n  cidr_ipv4 = "0.0.0.0/0"\n'
    ports = "  from_port = 22\n  to_port = 22\n"
    verdicts, _ = told(tmp_path, {"main.tf": f"{one}{ports}{owner}}}\n{other}{ports}{owner}}}\n{beside}"})
    assert "fail" in verdicts
