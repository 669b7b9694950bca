"""Each published way to get more: found where it is open, and not where it is bound.

https://pathfinding.cloud, https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner import targets
from assay.scanner.facts.iam.becoming import LAUNCHING
from assay.scanner.facts.iam.raising import BECOMING, WRITING
from assay.scanner.judge import Rules, Watch, judge_all
from assay.scanner.options import Options
from assay.scanner.questions import access

ACCOUNT = "arn:aws:iam::111122223333"
NAMED = {
    "iam": f"{ACCOUNT}:role/other", "sts": f"{ACCOUNT}:role/other", "lambda": "arn:aws:lambda:us-east-1:111122223333:function:scan",
    "ecs": "arn:aws:ecs:us-east-1:111122223333:cluster/scan", "ssm": "arn:aws:ec2:us-east-1:111122223333:instance/i-0000000000000000a",
    "ec2-instance-connect": "arn:aws:ec2:us-east-1:111122223333:instance/i-0000000000000000a",
    "ec2": "arn:aws:ec2:us-east-1:111122223333:instance/i-0000000000000000a",
    "codebuild": "arn:aws:codebuild:us-east-1:111122223333:project/scan", "glue": "arn:aws:glue:us-east-1:111122223333:job/scan",
    "sagemaker": "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/scan",
}  # fmt: skip


@functools.cache
def rules(control: str) -> Rules:
    return Rules(Options(paths=["."], policies=[str(access.RULES)], controls=[control]))


def verdict_of(control: str, resources: dict[str, Any], folder: Path) -> dict[str, str]:
    """Element, or address, to verdict."""
    path = folder / "t.json"
    path.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
    made, _, _ = targets.sources(Options(paths=[str(path)]))
    judged = [result for one in judge_all(made(), rules(control), lambda name: name, Watch()) for result in one.results]
    return {result.element.partition(", ")[0] or result.resource.name: result.verdict for result in judged}


def role(name: str, *statements: dict[str, Any], service: str = "lambda.amazonaws.com") -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}] if statements else []
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust, "Policies": policies}}


def allow(*actions: str, on: Any = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


@pytest.mark.parametrize("action", [*WRITING, *BECOMING])
def test_a_way_to_get_more_is_found_where_nothing_bounds_it(action: str, tmp_path: Path) -> None:
    control = "iam.no-privilege-escalation"
    denial = {"Effect": "Deny", "Action": action, "Resource": "*"}
    named = NAMED[action.partition(":")[0]]
    assert "fail" in verdict_of(control, {"Role": role("scan", allow(action))}, tmp_path).values()
    assert set(verdict_of(control, {"Role": role("scan", allow(action), denial)}, tmp_path).values()) == {"pass"}
    assert set(verdict_of(control, {"Role": role("scan", allow(action, on=named))}, tmp_path).values()) == {"pass"}


@pytest.mark.parametrize(("service", "action"), [(service, action) for service, actions in LAUNCHING.items() for action in sorted(actions)])
def test_a_role_that_is_passed_is_had_with_an_action_that_runs_code(service: str, action: str, tmp_path: Path) -> None:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "broker"}}
    order = role("order", allow("secretsmanager:GetSecretValue", on={"Ref": "Secret"}), service=service)
    passing = allow("iam:PassRole", on={"Fn::GetAtt": ["Order", "Arn"]})

    def readers(*statements: dict[str, Any]) -> dict[str, str]:
        return verdict_of("ask.readers", {"Secret": secret, "Order": order, "Scan": role("scan", *statements)}, tmp_path)

    assert readers(passing, allow(action))["scan"] == "fail"
    assert "scan" not in readers(passing)
    assert "scan" not in readers(allow(action))
    elsewhere = {**passing, "Condition": {"StringEquals": {"iam:PassedToService": "config.amazonaws.com"}}}
    assert "scan" not in readers(elsewhere, allow(action))
