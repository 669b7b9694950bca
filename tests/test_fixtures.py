"""The fixtures of every control: each verdict that is expected comes, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assay.scanner.fixtures import Case, accept, run_fixtures
from assay.scanner.rules import yaml_lines
from assay.scanner.rules.load import builtin_folder, load
from tests.scans import FAILING, ROOT, assay, rule, write

FIXTURES = ROOT / "fixtures" / "controls"
CONTROLS = [compiled.control.id for compiled in load([builtin_folder()]).controls]


def expected(control: str) -> dict[str, dict[str, str]]:
    listed: dict[str, dict[str, str]] = yaml_lines.load(
        (FIXTURES / control.replace(".", "/", 1) / "expected.yaml").read_text(encoding="utf-8")
    )[0]
    return listed


@pytest.mark.parametrize("control", CONTROLS)
def test_every_case_of_a_control(control: str) -> None:
    cases = list(run_fixtures(FIXTURES, [control], []))
    assert len(cases) >= 6
    assert [f"{case.name}: {problem}" for case in cases for problem in case.problems] == []


@pytest.mark.parametrize("control", CONTROLS)
def test_every_control_can_fail_and_its_passes_do_not(control: str) -> None:
    """By the names of the cases, which are written apart from the expected verdicts. A plan may show less than its name says."""
    failing, passing = 0, 0
    for name, verdicts in expected(control).items():
        if not name.startswith("repository/" if control in OF_FILES else "terraform/"):
            continue
        kind = Path(name).name.removesuffix(".json").split("-")[1]
        if kind == "fail":
            failing += 1
            assert "fail" in verdicts.values(), name
        elif kind == "pass":
            passing += 1
            assert not {*verdicts.values()} & {"fail", "unknown", "error"}, name
    assert min(failing, passing) >= 2 or control in LIVE_ALONE


OF_FILES = {
    "secrets.none-in-images": "images are built from Dockerfiles, and by pipelines",
    "supply.ci-scan-gate": "pipelines are files, beside triggers of Cloud Build",
}
"""Controls of what files of a repository say, and no code of a cloud, and why."""
LIVE_ALONE = {
    "accounts.root-mfa": "code says nothing of how the root user signs in",
    "estate.iac-managed": "code by itself cannot differ from the cloud",
}
"""Controls that no code shows, and why."""
AWS_ALONE = {
    "accounts.root-mfa": "Google has no root user",
    "accounts.no-root-access-keys": "Google has no root user",
    "audit.object-events-recorded": "of Google, audit.api-trail-enabled asks for reads and writes of data, of all services",
    "compute.container-hardening": "Cloud Run has no switches for its containers",
    "iam.users-through-groups": "Google has no users of its own; who has a role without a group is asked by accounts.iam-user-hygiene",
    "keys.volumes-encrypted-by-default": "Google encrypts every disk",
    "storage.tls-only-policy": "the APIs of Google take HTTPS alone",
    "resilience.replication-lag": "Firestore has every change in most of its replicas before a write is answered",
}
"""Controls of what Google does not have, and why."""
GOOGLE_ALONE = {
    "audit.all-logs-exported": "of AWS, audit.api-trail-enabled asks for the record of the whole account, and log groups are exported one by one",
    "data.firestore-rules-closed": "only Google has Firestore",
    "data.no-public-address": "a public address alone fails data.not-public on AWS",
    "iam.duties-separated": "AWS has no predefined roles for the two duties; what its policies give is judged by iam.no-privilege-escalation",
    "network.vpc-service-controls": "only Google has VPC Service Controls",
}
"""Controls of what AWS does not have, and why."""
OF_COMPARISONS = {"estate.iac-managed": "only a comparison of code and a live account judges it; its cases are of both"}
"""Controls that no input by itself shows, and why."""
NO_EXPORTS = {**OF_COMPARISONS, "secrets.none-in-images": "what triggers hand to builds is left out of snapshots"}
"""Controls of which Google's inventory shows nothing, and why."""
NO_TEMPLATES = {
    **OF_COMPARISONS,
    "data.firestore-rules-closed": "neither templates nor manifests have a type for security rules of Firebase",
    "audit.posture-findings": "templates have no type for notifications of Security Command Center, and the kind of manifests is an alpha",
}
"""Controls that neither Deployment Manager nor Config Connector shows, though code and inventory do, and why."""
NOT_IN_CLOUDFORMATION = {"keys.volumes-encrypted-by-default": "CloudFormation has no type for this setting of an account"}
"""Controls that of AWS are judged in Terraform code and live accounts alone, and why."""
GOOGLE_IN_CODE = {"data.ephemeral-data-ttl": "fields of Firestore are in neither the inventory, templates nor manifests"}
"""Controls that of Google are judged in Terraform code alone, and why."""
NOT_POSSIBLE: dict[tuple[str, str, str], str] = {
    (control, cloud, verdict): reason
    for cloud, controls in (("aws", GOOGLE_ALONE), ("google", AWS_ALONE))
    for control, reason in controls.items()
    for verdict in ("pass", "fail", "unknown")
} | {("resilience.restore-tested", "google", verdict): "no service of Google tests restores" for verdict in ("pass", "fail")}
"""(control, cloud, verdict) that cannot occur, and why."""


@pytest.mark.parametrize("control", CONTROLS)
def test_every_control_is_shown_to_pass_fail_and_not_know_on_both_clouds(control: str) -> None:
    seen: set[tuple[str, str]] = set()
    for name, verdicts_ in expected(control).items():
        clouds = {"aws": ["aws"], "gcp": ["google"], "any": ["aws", "google"]}[Path(name).name[:3]]
        seen |= {(cloud, verdict) for cloud in clouds for verdict in verdicts_.values()}
    wanted = {(cloud, verdict) for cloud in ("aws", "google") for verdict in ("pass", "fail", "unknown")}
    assert {kind for kind in wanted - seen if (control, *kind) not in NOT_POSSIBLE} == set()
    assert not {kind for kind in seen if (control, *kind) in NOT_POSSIBLE}, "it can occur after all"


def test_every_folder_with_code_is_a_case() -> None:
    for control in CONTROLS:
        folder = FIXTURES / control.replace(".", "/", 1)
        listed = set(expected(control))
        tops = {path.relative_to(folder).parts[:2] for path in folder.rglob("*.tf")}
        assert {"/".join(parts) for parts in tops} <= listed, control


def problems(folder: Path, policies: Path, wanted: str) -> list[Case]:
    write(folder, {"team/rule/expected.yaml": wanted, "team/rule/terraform/aws-fail/main.tf": FAILING})
    return list(run_fixtures(folder, ["team.rule"], [str(policies)]))


def test_what_differs_from_the_expected_is_a_problem(tmp_path: Path) -> None:
    policies = write(tmp_path / "policies", {"team/rule.yaml": rule()})
    judged = problems(tmp_path / "a", policies, "terraform/aws-fail: {aws_s3_bucket.b: pass, aws_s3_bucket.c: fail}\n")
    assert judged[0].problems == ["aws_s3_bucket.b: expected pass, got fail", "aws_s3_bucket.c: expected fail, got not_applicable"]
    judged = problems(tmp_path / "b", policies, "terraform/aws-fail: {aws_s3_bucket.x: not_applicable}\n")
    told = [problem for case in judged for problem in case.problems]
    assert "aws_s3_bucket.b: fail, which is not expected" in told
    assert [verdict for verdict in ("pass", "fail") if any(problem.endswith(f"expects {verdict}") for problem in told)] == ["pass", "fail"]
    (case,) = run_fixtures(tmp_path / "c", ["team.rule"], [str(policies)])
    assert "a control needs cases that pass and fail" in case.problems[0]


def test_what_is_accepted_is_compared_result_by_result(tmp_path: Path) -> None:
    policies = write(tmp_path / "policies", {"team/rule.yaml": rule()})
    wanted = "terraform/aws-fail: {aws_s3_bucket.b: fail}\n"
    assert len([case for case in problems(tmp_path / "a", policies, wanted) if case.problems]) == 1, "only that nothing passes"
    folder = tmp_path / "a" / "team" / "rule"
    assert accept(tmp_path / "a", problems(tmp_path / "a", policies, wanted)) == 1
    (result,) = (folder / "results.jsonl").read_text("utf-8").splitlines()
    assert result.startswith('["terraform/aws-fail","aws_s3_bucket.b","","fail",')
    assert json.loads(result)[4:] == ["orders keeps no versions", "main.tf:1", "versioned is false :1"]
    assert [case.problems for case in problems(tmp_path / "a", policies, wanted) if case.name] == [[]]
    second = result.replace('"aws_s3_bucket.b",""', '"aws_s3_bucket.b","an element"')
    (folder / "results.jsonl").write_text(f"{second}\n{result.replace('aws-fail', 'aws-gone')}\n", "utf-8")
    of_case = {case.name: case.problems for case in problems(tmp_path / "a", policies, wanted) if case.name}
    assert of_case["terraform/aws-gone"] == ["its results are accepted, and there is no such case"]
    gone, new = of_case["terraform/aws-fail"]
    assert gone.startswith("gone: aws_s3_bucket.b [an element]: fail: ") and new.startswith("new: aws_s3_bucket.b: fail: ")


def test_every_control_has_its_results_accepted() -> None:
    assert [control for control in CONTROLS if not (FIXTURES / control.replace(".", "/", 1) / "results.jsonl").is_file()] == []


def test_a_case_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    policies = write(tmp_path / "policies", {"team/rule.yaml": rule()})
    judged = problems(tmp_path / "a", policies, "terraform/aws-fail: {aws_s3_bucket.b: fail}\nterraform/absent: {aws_s3_bucket.b: pass}\n")
    assert judged[0].problems == []
    assert any("(not_found)" in problem for problem in judged[1].problems)


def test_the_command(tmp_path: Path) -> None:
    ran = assay("controls", "test", "storage.versioning-enabled")
    assert (ran.exit_code, ran.stdout.endswith("cases, 0 failed\n")) == (0, True)
    policies = write(tmp_path / "policies", {"team/rule.yaml": rule()})
    ran = assay("controls", "test", "team.*", "--policies", policies, "--fixtures", tmp_path)
    assert (ran.exit_code, ran.stdout.endswith("1 cases, 1 failed\n")) == (1, True)
    write(
        tmp_path,
        {"team/rule/expected.yaml": "terraform/aws-fail: {aws_s3_bucket.b: fail}\n", "team/rule/terraform/aws-fail/main.tf": FAILING},
    )
    ran = assay("controls", "accept", "team.*", "--policies", policies, "--fixtures", tmp_path)
    assert (ran.exit_code, ran.stdout.startswith("1 results of 1 controls accepted")) == (0, True)
    ran = assay("controls", "test", "storage.versioning-enable")
    assert (ran.exit_code, "did you mean storage.versioning-enabled?" in ran.stderr) == (2, True)
