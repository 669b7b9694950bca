"""The way that a finding stands on, as a list of steps with their places."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from assay.scanner.results.model import Report, Result, Step
from assay.scanner.results.shown import result_of
from assay.scanner.results.telling import told
from assay.scanner.sources.raw import Location
from assay.scanner.sources.sensitive import Sensitive
from tests.scans import ROOT, assay

CASES = ROOT / "fixtures" / "controls"


def judged(control: str, case: str) -> Sequence[Result]:
    folder = CASES.joinpath(*control.split(".", 1))
    configured = ["--config", folder / "assay.yaml"] if (folder / "assay.yaml").is_file() else ["--no-config"]
    ran = assay("scan", "-r", "json", folder / case, "--control", control, *configured)
    return msgspec.json.decode(ran.stdout, type=Report).results


def failing(control: str, case: str) -> list[Result]:
    return [judgement for judgement in judged(control, case) if judgement.verdict == "fail"]


def lines(result: Result) -> list[tuple[str, int, str, int]]:
    """Each step with the lines of its places; 0 where there is none."""
    assert result.steps
    return [
        (step.what, step.location.line if step.location else 0, step.by, step.by_location.line if step.by_location else 0)
        for step in result.steps
    ]


def test_whoever_becomes_another_who_reads() -> None:
    results = failing("secrets.broker-secret-reachability", "terraform/aws-fail-two-steps")
    by_start = {result.element: result for result in results}
    order = ("order", 19, "secretsmanager:GetSecretValue", 35)
    scan = ("scan", 41, "iam:PassRole to ecs-tasks.amazonaws.com", 53)
    secret = ("broker/etrade", 10, "", 0)
    assert lines(by_start["scan"]) == [scan, order, secret]
    assert lines(by_start["web"]) == [("web", 59, "iam:UpdateAssumeRolePolicy", 71), scan, order, secret]
    assert told(by_start["scan"]) == (
        "scan may read broker/etrade: scan (iam:PassRole to ecs-tasks.amazonaws.com) > order (secretsmanager:GetSecretValue)"
    )


def test_a_member_of_google_that_acts_as_another() -> None:
    (result,) = failing("secrets.broker-secret-reachability", "terraform/gcp-fail-token-creator")
    assert result.steps
    assert [step.by for step in result.steps] == [
        "its credentials by roles/iam.serviceAccountTokenCreator", "roles/secretmanager.secretAccessor", "",
    ]  # fmt: skip
    assert all(step.location for step in result.steps) and all(step.by_location for step in result.steps[:-1])


def test_a_subnet_and_its_route_to_the_internet() -> None:
    (result,) = failing("network.compute-in-private-subnets", "terraform/aws-fail-public-subnet")
    subnet, gateway = lines(result)
    assert subnet[::2] == ("aws_subnet.app", "route 0.0.0.0/0") and gateway[::2] == ("an internet gateway aws_internet_gateway.main", "")
    code = (CASES / "network/compute-in-private-subnets/terraform/aws-fail-public-subnet/main.tf").read_text().splitlines()
    assert [code[line - 1].split()[:3] for line in (subnet[1], gateway[1])] == [
        ["resource", '"aws_subnet"', '"app"'], ["resource", '"aws_internet_gateway"', '"main"'],
    ]  # fmt: skip
    assert code[subnet[3] - 1].strip() == "gateway_id = aws_internet_gateway.main.id"


def test_who_gets_through_a_security_group() -> None:
    (result,) = failing("network.compute-ingress-only-from-lb", "terraform/aws-fail-network-range")
    source, workload = lines(result)
    assert source[0] == "addresses 10.0.0.0/16" and source[2] == "aws_security_group.task" and source[3]
    assert workload[::2] == (result.resource.address, "")


@pytest.mark.parametrize(
    ("case", "who", "by"),
    [
        ("aws-fail-function-url", "anyone", "the URL of the function, aws_lambda_function_url.exit"),
        ("aws-fail-app-runner", "anyone", "its address on the internet"),
        ("gcp-fail", "anyone on the internet", "its own address, past the load balancer"),
    ],
)
def test_who_gets_to_a_workload_by_its_own_address(case: str, who: str, by: str) -> None:
    (result,) = failing("network.compute-ingress-only-from-lb", f"terraform/{case}")
    source, workload = lines(result)
    assert source[::2] == (who, by) and source[3]
    assert workload[::2] == (result.resource.address, "") and workload[1]


def test_what_passes_has_no_way() -> None:
    passing = judged("secrets.broker-secret-reachability", "terraform/aws-pass")
    assert [result.verdict for result in passing] == ["pass"]
    assert not any(result.steps for result in passing)


@pytest.mark.parametrize("field", ["what", "by"])
def test_a_step_shows_no_secret(field: str) -> None:
    (judgement,) = failing("network.compute-ingress-only-from-lb", "terraform/aws-fail-network-range")
    step = Step("a", Location("main.tf", 1, 1), "b", None)
    secret = "AKIA" + "QWERTYUIOPASDFGH"
    result = msgspec.structs.replace(judgement, steps=[msgspec.structs.replace(step, **{field: f"key {secret}"})])
    assert secret in told(result)
    assert secret not in told(result_of(result, Sensitive()))
    marked = Sensitive()
    marked.add("correct horse battery")
    result = msgspec.structs.replace(judgement, steps=[msgspec.structs.replace(step, **{field: "at correct horse battery"})])
    shown = result_of(result, marked)
    assert "correct horse" not in told(shown) and shown.steps and shown.steps[0].location == step.location


def test_an_identity_that_gets_more_by_a_policy_that_is_attached_to_it() -> None:
    (result,) = failing("iam.no-privilege-escalation", "terraform/aws-fail-version-of-its-policy")
    policy = ("aws_iam_role_policy.release", 20, "iam:CreatePolicyVersion", 26)
    assert lines(result) == [("trade-release", 10, "its policy", 20), policy, ("arn:aws:iam::123456789012:policy/trade-extra", 0, "", 0)]


def test_a_policy_of_the_provider_and_a_member_of_google_are_steps_too() -> None:
    results = failing("iam.no-privilege-escalation", "terraform/aws-fail-power-user")
    assert {result.steps[1].what for result in results if result.steps} == {"arn:aws:iam::aws:policy/PowerUserAccess"}
    (found_on_google,) = failing("iam.no-privilege-escalation", "terraform/gcp-fail-editor")
    assert told(found_on_google).endswith(" (roles/editor (iam.serviceAccounts.actAs))")
