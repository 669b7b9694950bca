"""Outputs and defaults: what no case of the control shows, and that no report has a character of what they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scans import assay, verdicts, write

CONTROL = "secrets.no-plaintext-in-config"
CASES = Path(__file__).parents[2] / "fixtures/controls/secrets/no-plaintext-in-config"
LITERALS = ("correct-horse", "kq8sPz31x", "ghp_0123")


@pytest.mark.parametrize("case", [
    "terraform/aws-fail-outputs", "terraform/aws-fail-defaults", "plan/aws-fail-outputs.json", "plan/aws-fail-defaults.json",
    "cloudformation/aws-fail-outputs.yaml", "cloudformation/aws-fail-defaults.yaml",
    "deployment_manager/gcp-fail-outputs.yaml", "deployment_manager/gcp-fail-defaults",
])  # fmt: skip
def test_no_report_shows_what_they_hold(case: str, tmp_path: Path) -> None:
    names = ("text", "json", "html", "sarif", "markdown", "csv", "junit")
    reports = [argument for name in names for argument in ("-r", f"{name}={tmp_path / name}")]
    printed = assay("scan", CASES / case, "--no-config", "--control", CONTROL, "--verbose", *reports).output
    assert "in plain text" in " ".join((tmp_path / "text").read_text("utf-8").split())
    for text in (printed, *((tmp_path / name).read_text("utf-8") for name in names)):
        assert not [literal for literal in LITERALS if literal in text]


def test_what_terraform_fetched_is_judged_by_what_it_makes(tmp_path: Path) -> None:
    """A default of a module of others is no secret of this deployment until something takes it."""
    module = 'variable "password" {\n  default = "correct-horse-battery"\n}\noutput "token" {\n  value = "kq8sPz31xW7tyB2mQd"\n}\n'
    fetched = {"Key": "m", "Source": "registry.terraform.io/trade/m/aws", "Version": "1.0.0", "Dir": ".terraform/modules/m"}
    write(tmp_path, {
        "main.tf": 'module "m" {\n  source = "trade/m/aws"\n}\noutput "broker_token" {\n  value = module.m.token\n}\n',
        ".terraform/modules/modules.json": json.dumps({"Modules": [{"Key": "", "Source": "", "Dir": "."}, fetched]}),
        ".terraform/modules/m/main.tf": module,
    })  # fmt: skip
    assert verdicts(tmp_path, CONTROL) == {"output.broker_token": "fail"}


def test_each_branch_of_a_conditional_is_written(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'variable "prod" {}\noutput "db_password" {\n  value = var.prod ? null : "correct-horse-battery"\n}\n'})
    assert verdicts(tmp_path, CONTROL) == {"output.db_password": "fail"}


def test_a_file_that_is_not_read_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'output "db_password" {\n  value = file("../password.txt")\n}\n'})
    assert verdicts(tmp_path, CONTROL) == {"output.db_password": "unknown"}


def test_a_value_that_refers_to_itself_ends(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'locals {\n  a = local.b\n  b = local.a\n}\noutput "db_password" {\n  value = local.a\n}\n'})
    assert verdicts(tmp_path, CONTROL) == {"output.db_password": "unknown"}


def test_a_mark_that_a_condition_leaves_out_is_written_all_the_same(tmp_path: Path) -> None:
    output = {"Condition": "Never", "Value": {"Fn::If": ["Never", "correct-horse-battery", ""]}}
    template = {
        "Parameters": {"Env": {"Type": "String", "Default": "prod"}},
        "Conditions": {"Never": {"Fn::Equals": [{"Ref": "Env"}, "dev"]}},
        "Resources": {"Password": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"Password": {"Condition": "Never", "Value": "correct-horse-battery"}, "Token": output},
    }
    write(tmp_path, {"t.json": json.dumps(template)})
    assert verdicts(tmp_path, CONTROL) == {"AWS::Template::Output.Password": "fail", "AWS::Template::Output.Token": "pass"}
