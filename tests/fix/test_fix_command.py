"""`assay fix`: what it shows, what it writes, what it leaves and why."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.fix.converge import Fixing, FixOutcome
from assay.scanner.fix.propose import proposals
from assay.scanner.options import Options
from tests.scans import ROOT, assay, rule, write

KEY = 'resource "aws_kms_key" "main" {\n  description = "trade"\n}\n'
ROTATION = ["--no-config", "--control", "keys.rotation-and-policy"]
FIX: dict[str, Any] = {"terraform": [{"on": "aws_s3_bucket", "set": {"bucket": "fixed"}}]}


def demo(where: Path) -> Path:
    return Path(shutil.copytree(ROOT / "fixtures" / "demo_fix", where / "demo_fix"))


def test_one_command_mends_a_module_with_defects(tmp_path: Path) -> None:
    module = demo(tmp_path)
    assert assay("scan", "--no-config", "--quiet", module).exit_code == 1
    ran = assay("fix", "--no-config", "--unsafe", "--write", module)
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "7 findings fixed in 2 files" in ran.stderr
    assert assay("scan", "--no-config", "--quiet", module).exit_code == 0
    again = assay("fix", "--no-config", "--unsafe", "--write", module)
    assert again.exit_code == 0 and "nothing fails" in again.stderr


def test_the_diff_applies_and_nothing_is_written_without_being_asked(tmp_path: Path) -> None:
    module = write(tmp_path, {"main.tf": KEY})
    ran = subprocess.run(
        [sys.executable, "-m", "assay", "fix", *ROTATION, "."], cwd=module, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 1
    assert (module / "main.tf").read_text("utf-8") == KEY
    assert ran.stdout == (
        "--- a/main.tf\n+++ b/main.tf\n@@ -1,3 +1,4 @@\n"
        ' resource "aws_kms_key" "main" {\n-  description = "trade"\n+  description         = "trade"\n+  enable_key_rotation = true\n }\n'
    )
    subprocess.run(["patch", "-p1", "-s"], input=ran.stdout, cwd=module, encoding="utf-8", check=True)
    assert assay("scan", *ROTATION, module).exit_code == 0


def test_what_needs_a_decision_is_named_and_left(tmp_path: Path) -> None:
    text = 'resource "aws_ecr_repository" "scan" {\n  name = "scan"\n}\n'
    module = write(tmp_path, {"main.tf": text})
    ran = assay("fix", "--no-config", "--control", "supply.image-immutable-and-pinned", "--write", module)
    assert (ran.exit_code, (module / "main.tf").read_text("utf-8")) == (1, text)
    assert "--unsafe: supply.image-immutable-and-pinned: set image_tag_mutability" in ran.stderr
    assert "refused from then on" in ran.stderr


def test_each_reason_is_told_once_and_what_is_for_review_in_one_place(tmp_path: Path) -> None:
    text = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}
resource "aws_lambda_function" "api" {
  role = "arn:aws:iam::111122223333:role/api"
  vpc_config {
    subnet_ids         = [aws_subnet.private.id]
    security_group_ids = []
  }
}
"""
    module = write(tmp_path, {"main.tf": text})
    ran = assay("fix", "--no-config", "--control", "network.private-path-to-data", "--control", "network.no-default-network", module)
    told = ran.stderr.splitlines()
    (path,) = (line for line in told if "network.private-path-to-data" in line)
    assert "aws_subnet.private is not fixed: " in path and path.endswith(" is a decision (8 findings)")
    (group,) = (line for line in told if "network.no-default-network" in line)
    assert group.startswith(f"--unsafe: {module}/main.tf:2: network.no-default-network: declare aws_default_security_group")
    assert told[-1] == "assay: 0 findings can be fixed (--write does it) in 0 files, 9 findings left"
    quiet = assay("fix", "--no-config", "--quiet", "--control", "network.no-default-network", module)
    assert len(quiet.stderr.splitlines()) == 1


def test_what_was_changed_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = write(tmp_path, {"main.tf": KEY})
    run = Fixing.run

    def slow(self: Fixing, *arguments: Any, **more: Any) -> FixOutcome:
        outcome = run(self, *arguments, **more)
        (module / "main.tf").write_text(KEY + "# by an editor\n")
        return outcome

    monkeypatch.setattr(Fixing, "run", slow)
    ran = assay("fix", *ROTATION, "--write", module)
    assert ran.exit_code == 3 and "was changed while its fixes were proven" in ran.stderr
    assert (module / "main.tf").read_text("utf-8") == KEY + "# by an editor\n"


def values(tmp_path: Path, files: dict[str, str], *paths: str) -> tuple[dict[str, str], str]:
    """The files after fixing the rotation of keys, and what was told."""
    folder = write(tmp_path, dict(files))
    ran = assay("fix", *ROTATION, "--write", *(folder / path for path in paths or ("",)))
    return {name: (folder / name).read_text("utf-8") for name in files}, ran.stderr


def test_a_value_is_changed_where_it_is_given(tmp_path: Path) -> None:
    rotating = KEY.replace("}\n", "  enable_key_rotation = GIVEN\n}\n")
    variable = 'variable "rotate" {\n  default = false\n}\n'
    after, told = values(tmp_path / "variable", {"main.tf": rotating.replace("GIVEN", "var.rotate"), "variables.tf": variable})
    assert after == {"main.tf": rotating.replace("GIVEN", "var.rotate"), "variables.tf": variable.replace("false", "true")}
    assert "by the default of var.rotate" in told

    local = "locals {\n  rotate = false\n}\n"
    after, told = values(tmp_path / "local", {"main.tf": local + rotating.replace("GIVEN", "local.rotate")})
    assert after["main.tf"] == local.replace("false", "true") + rotating.replace("GIVEN", "local.rotate")

    call = 'module "keys" {\n  source = "./keys"\n  rotate = false\n}\n'
    module = {"keys/main.tf": variable + rotating.replace("GIVEN", "var.rotate"), "main.tf": call}
    after, told = values(tmp_path / "module", module)
    assert after == {**module, "main.tf": call.replace("false", "true")}
    assert "rotate of module.keys" in told


def test_code_that_is_not_ours_is_left_and_why_is_said(tmp_path: Path) -> None:
    manifest = {
        "Modules": [{"Key": "keys", "Source": "registry.terraform.io/a/keys/aws", "Version": "1.0.0", "Dir": ".terraform/modules/keys"}]
    }
    files = {
        "main.tf": 'module "keys" {\n  source  = "a/keys/aws"\n  version = "1.0.0"\n}\n',
        ".terraform/modules/modules.json": json.dumps(manifest),
        ".terraform/modules/keys/main.tf": KEY,
    }
    after, told = values(tmp_path / "registry", files)
    assert after == files and "a module that was fetched" in told
    module = 'variable "rotate" {\n  default = false\n}\n' + KEY.replace("}\n", "  enable_key_rotation = var.rotate\n}\n")
    after, told = values(tmp_path / "argument", {**files, ".terraform/modules/keys/main.tf": module})
    assert after["main.tf"] == 'module "keys" {\n  source  = "a/keys/aws"\n  version = "1.0.0"\n  rotate  = true\n}\n'
    assert after[".terraform/modules/keys/main.tf"] == module and "by rotate of module.keys" in told
    files = {"main.tf.json": json.dumps({"resource": {"aws_kms_key": {"main": {"description": "trade"}}}})}
    after, told = values(tmp_path / "json", files)
    assert after == files and "Terraform's JSON syntax" in told
    files = {"infra/main.tf": 'module "keys" {\n  source = "../keys"\n}\n', "keys/main.tf": KEY}
    after, told = values(tmp_path / "outside", files, "infra")
    assert after == files and "outside of what was named" in told


def test_the_default_of_a_parameter_is_changed(tmp_path: Path) -> None:
    text = (
        "Parameters:\n  Rotate: {Type: String, Default: 'false'}\n"
        "Resources:\n  Main:\n    Type: AWS::KMS::Key\n    Properties:\n      EnableKeyRotation: !Ref Rotate\n"
    )
    after, told = values(tmp_path, {"keys.yaml": text})
    assert after == {"keys.yaml": text.replace("Default: 'false'", 'Default: "true"')}
    assert "by the default of Rotate" in told


def test_synthesised_templates_are_left(tmp_path: Path) -> None:
    template = {
        "Resources": {"Main": {"Type": "AWS::KMS::Key", "Properties": {"Description": "x"}, "Metadata": {"aws:cdk:path": "Keys/Main"}}}
    }
    files = {"keys.json": json.dumps(template)}
    after, told = values(tmp_path, files)
    assert after == files and "generated by cdk synth" in told


def own(tmp_path: Path, **changes: Any) -> tuple[int, str, str]:
    """Exit code, the code afterwards and what was told, of rules of our own."""
    rules = write(tmp_path / "rules", {"first.yaml": rule(**changes), "second.yaml": SECOND})
    module = write(tmp_path / "code", {"main.tf": BUCKET})
    ran = assay("fix", "--no-config", "--policies", rules, "--control", "team.rule", "--write", module)
    return ran.exit_code, (module / "main.tf").read_text("utf-8"), ran.stderr


BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket        = "orders"\n  force_destroy = false\n}\n'
NAMED = {"applies_to": {"terraform": "aws_s3_bucket"}, "assert": [{"that": "resource.attributes.bucket == 'fixed'", "message": "named so"}]}
SECOND = rule(
    id="team.second",
    applies_to={"terraform": "aws_s3_bucket"},
    **{"assert": [{"that": "resource.attributes.force_destroy == false", "message": "its objects may be deleted with it"}]},
)


def test_a_fix_that_makes_another_verdict_worse_is_not_offered(tmp_path: Path) -> None:
    remedy = {"on": "aws_s3_bucket", "set": {"bucket": "fixed", "force_destroy": True}}
    code, after, told = own(tmp_path / "worse", **NAMED, fix={"terraform": [remedy]})
    assert (code, after) == (1, BUCKET)
    assert "team.second would fail on aws_s3_bucket.b: its objects may be deleted with it" in told
    code, after, _ = own(tmp_path / "second", **NAMED, fix={"terraform": [remedy, {"on": "aws_s3_bucket", "set": {"bucket": "fixed"}}]})
    assert (code, after) == (0, BUCKET.replace("orders", "fixed"))


def test_a_fix_that_mends_nothing_or_breaks_the_syntax_is_not_offered(tmp_path: Path) -> None:
    for name, remedy in {
        "nothing": {"on": "aws_s3_bucket", "set": {"bucket": "other"}},
        "syntax": {"on": "aws_s3_bucket", "set": {"bucket": "fixed", "tags": "${{ a = }}"}},
        "refused": {"on": "aws_s3_bucket", "set": {"bucket": "fixed"}, "add": 'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\n'},
    }.items():
        code, after, told = own(tmp_path / name, **NAMED, fix={"terraform": [remedy]})
        assert (code, after) == (1, BUCKET), name
        assert "is not fixed: " in told


def test_a_second_remedy_is_tried_though_it_is_called_as_the_first(tmp_path: Path) -> None:
    remedies = [{"on": "aws_s3_bucket", "set": {"bucket": name}} for name in ("other", "fixed")]
    code, after, _ = own(tmp_path, **NAMED, fix={"terraform": remedies})
    assert (code, after) == (0, BUCKET.replace("orders", "fixed"))


def test_why_no_edit_mends_it_is_said_in_the_words_of_the_rule(tmp_path: Path) -> None:
    code, after, told = own(tmp_path, **NAMED, fix={"terraform": "a name is a decision"})
    assert (code, after) == (1, BUCKET) and "aws_s3_bucket.b is not fixed: a name is a decision" in told


def test_secrets_beside_an_edit_are_not_shown(tmp_path: Path) -> None:
    text = KEY + 'locals {\n  password = "hunter2-and-more"\n}\n'
    ran = assay("fix", *ROTATION, write(tmp_path, {"main.tf": text}))
    assert "+  enable_key_rotation = true" in ran.stdout and "hunter2" not in ran.stdout
    assert assay("fix", *ROTATION, "--write", tmp_path).exit_code == 0
    assert "hunter2" in (tmp_path / "main.tf").read_text("utf-8")


def test_what_is_waived_is_left(tmp_path: Path) -> None:
    until = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)).date()
    waived = KEY.replace("{\n", f'{{ # assay:waive keys.rotation-and-policy until={until} reason="it is imported"\n', 1)
    module = write(tmp_path, {"main.tf": waived})
    ran = assay("fix", *ROTATION, "--write", module)
    assert "nothing fails" in ran.stderr
    assert (module / "main.tf").read_text("utf-8") == waived


@pytest.mark.parametrize(
    ("fix", "line", "problem"),
    [
        ({"terrafrom": [{"on": "aws_kms_key", "set": {"a": 1}}]}, "fix", "did you mean terraform?"),
        ({"terraform": [{"on": "aws_kms_key", "sett": {"a": 1}}]}, "fix", "did you mean set?"),
        ({"terraform": [{"on": "AWS::KMS::Key", "set": {"a": 1}}]}, "fix", "is no type of terraform"),
        ({"terraform": [{"on": "aws_kms_key"}]}, "fix", "edits nothing"),
        ({"terraform": [{"on": "aws_kms_key", "remove": ["self"]}]}, "fix", "needs `where` or `within`"),
        ({"terraform": [{"on": "aws_kms_key", "remove": ["a b"]}]}, "fix", "is no path"),
        ({"terraform": [{"on": "aws_kms_key", "within": "a b", "set": {"a": 1}}]}, "fix", "is no path"),
        ({"terraform": [{"on": "aws_kms_key", "add": "resource {"}]}, "fix", "no Terraform code"),
        ({"cloudformation": [{"on": "AWS::KMS::Key", "add": {"A": {"Properties": {}}}}]}, "fix", "has a Type"),
        ({"terraform": [{"on": "aws_sqs_queue", "statement": {"policy": {}}, "set": {"a": 1}}]}, "fix", "nothing else to edit"),
        ({"terraform": [{"decision": "so"}]}, "fix", "is what is left"),
        ({"terraform": [{"decision": "so"}]}, "fix", "is what is left"),
        ({"terraform": [{"revoke": ["self"]}]}, "fix", "cuts somebody off"),
        ({"terraform": [{"revoke": ["self"], "on": "aws_kms_key", "review": "so"}]}, "fix", "nothing else to edit"),
        ({"terraform": [{"revoke": ["statement"], "review": "so"}]}, "fix", "Invalid enum value"),
        ({"terraform": ""}, "fix", "says nothing"),
    ],
)
def test_fixes_that_cannot_be_meant_are_refused_with_their_place(tmp_path: Path, fix: Any, line: str, problem: str) -> None:
    rules = write(tmp_path, {"rule.yaml": rule(fix=fix)})
    ran = assay("controls", "lint", "--no-config", "--policies", rules)
    number = next(at for at, text in enumerate((rules / "rule.yaml").read_text("utf-8").splitlines(), 1) if text.startswith(line))
    assert ran.exit_code != 0
    assert f"rule.yaml:{number}: " in ran.output and problem in " ".join(ran.output.split())


def test_what_says_why_it_is_so_or_may_not_be_replaced_is_for_review_and_says_it(tmp_path: Path) -> None:
    module = write(tmp_path, {"main.tf": KEY.replace("}", "  enable_key_rotation = false # it is imported\n}")})
    ran = assay("fix", *ROTATION, "--write", module)
    assert "false # it is imported" in (module / "main.tf").read_text("utf-8") and "--unsafe" in ran.stderr
    kept = 'resource "aws_efs_file_system" "f" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'
    options = Options(paths=[str(write(tmp_path / "kept", {"main.tf": kept}))], controls=["keys.encryption-everywhere"])
    (proposal,) = proposals(options, lambda result: True)
    assert "its lifecycle has prevent_destroy" in proposal.because
