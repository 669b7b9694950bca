"""What stands below deploy/: the permissions are those that Assay asks for, other tools read it, and Assay finds no fault in it."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from assay.scanner.cli import cli
from assay.scanner.run import Options, Scan
from tests.scans import ROOT

DEPLOY, BIN = ROOT / "deploy", Path(sys.executable).parent
AWS = sorted((DEPLOY / "aws").glob("*.yaml"))


def printed(*arguments: str) -> Any:
    ran = CliRunner().invoke(cli, ["audit", *arguments])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def intrinsics() -> Any:
    """A loader that gives the argument of every intrinsic function in place of its call."""

    class Loader(yaml.SafeLoader):
        pass

    def plain(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        return loader.construct_sequence(node, deep=True)

    Loader.add_multi_constructor("!", plain)
    return Loader


def test_the_files_are_as_they_are_written() -> None:
    spec = importlib.util.spec_from_file_location("deploy_write", DEPLOY / "write.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert [name for name, text in module.build().items() if (DEPLOY / name).read_text(encoding="utf-8") != text] == [], "run make docs"


def test_the_roles_of_aws_have_what_print_policy_prints() -> None:
    policy = printed("aws", "--print-policy", "--since", "SNAPSHOT")
    assert json.loads((DEPLOY / "aws/terraform/policy.json").read_text(encoding="utf-8")) == policy
    template = yaml.load((DEPLOY / "aws/stackset.yaml").read_text(encoding="utf-8"), Loader=intrinsics())
    [role_policy] = template["Resources"]["AuditRole"]["Properties"]["Policies"]
    assert role_policy["PolicyDocument"] == policy
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: of all policies that are written in a role
    assert len(json.dumps(policy, separators=(",", ":"))) < 10_240


def test_the_role_of_google_has_what_print_roles_prints() -> None:
    role = json.loads((DEPLOY / "gcp/terraform/role.json").read_text(encoding="utf-8"))
    assert role["includedPermissions"] == printed("gcp", "--organization", "1", "--print-roles")["includedPermissions"]


def test_the_nightly_task_of_aws_may_do_what_an_organisation_takes() -> None:
    _, find, enter = printed("aws", "--print-policy", "--organization", "--role-name", "assay-audit")["Statement"]
    template = yaml.load((DEPLOY / "aws/nightly.yaml").read_text(encoding="utf-8"), Loader=intrinsics())
    [policy] = template["Resources"]["TaskRole"]["Properties"]["Policies"]
    assert [statement["Action"] for statement in policy["PolicyDocument"]["Statement"]] == [find["Action"], enter["Action"]]
    assert template["Parameters"]["RoleName"]["Default"] == "assay-audit"


def test_assay_finds_no_failure_in_any_of_it(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    workflows = tmp_path / ".github/workflows"
    workflows.mkdir(parents=True)
    shutil.copy(DEPLOY / "github/nightly.yml", workflows)
    ran = Scan(Options(paths=[str(tmp_path)]))
    results = list(ran)
    assert [f"{result.control}: {result.resource.address}: {result.message}" for result in results if result.verdict == "fail"] == []
    assert ran.coverage.gaps == []
    judged = {result.resource.address for result in results if result.verdict == "pass"}
    assert {"AWS::IAM::Role.AuditRole", "AWS::Scheduler::Schedule.Nightly"} <= {address.rpartition("/")[2] for address in judged}


@pytest.mark.parametrize("template", AWS, ids=lambda path: str(path.name))
def test_cfn_lint_is_content(template: Path) -> None:
    tool = shutil.which("cfn-lint", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if tool is None:
        pytest.skip("cfn-lint is not installed")
    ran = subprocess.run([tool, str(template)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_terraform_is_content(tmp_path: Path) -> None:
    mirrors = [place for place in Path("/").glob("opt/*") if any(place.glob("registry.terraform.io/hashicorp/aws/*/*"))]
    mirror = os.environ.get("TERRAFORM_MIRROR") or next(map(str, mirrors), None)
    if shutil.which("terraform") is None or mirror is None:
        pytest.skip("terraform, or a mirror of its AWS provider, is not here")
    shutil.copytree(DEPLOY / "aws/terraform", tmp_path / "module")
    (tmp_path / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n', encoding="utf-8")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "rc"), "CHECKPOINT_DISABLE": "1"}
    for command in (["init", "-backend=false", "-input=false"], ["validate"]):
        ran = subprocess.run(["terraform", *command], cwd=tmp_path / "module", env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("arguments", [["check-jsonschema", "--builtin-schema", "vendor.github-workflows"], ["zizmor", "--offline"]])
def test_the_workflow_has_no_fault(arguments: list[str], tmp_path: Path) -> None:
    workflow = tmp_path / ".github/workflows/nightly.yml"
    workflow.parent.mkdir(parents=True)
    shutil.copy(DEPLOY / "github/nightly.yml", workflow)
    ran = subprocess.run([str(BIN / arguments[0]), *arguments[1:], str(workflow)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
