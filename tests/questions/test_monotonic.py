"""What may be read only shrinks with a denial, and only grows with an allowance, whatever the policies are."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.scanner import targets
from assay.scanner.judge import Rules, Watch, judge_all
from assay.scanner.options import Options
from assay.scanner.questions import access

NAMES = ("Order", "Scan", "Web")
SECRET = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "broker/etrade"}}
ACTIONS = (
    "secretsmanager:GetSecretValue", "secretsmanager:Get*", "secretsmanager:*", "*", "secretsmanager:PutResourcePolicy", "iam:PassRole", "iam:*",
    "ecs:RunTask", "ecs:ExecuteCommand", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "kms:Decrypt", "s3:GetObject",
)  # fmt: skip
RESOURCES = (
    "*", {"Ref": "Secret"}, "arn:aws:secretsmanager:*:*:secret:broker/*", "arn:aws:secretsmanager:*:*:secret:other-??????",
    *({"Fn::GetAtt": [name, "Arn"]} for name in NAMES),
)  # fmt: skip
PRINCIPALS = ({"Service": "ecs-tasks.amazonaws.com"}, *({"AWS": {"Fn::GetAtt": [name, "Arn"]}} for name in NAMES))
CONDITIONS = (None, {"StringEquals": {"secretsmanager:ResourceTag/Role": "x"}}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})

Statement = dict[str, Any]


@st.composite
def statements(draw: st.DrawFn, effect: str = "Allow") -> Statement:
    statement = {"Effect": effect, "Action": draw(st.sampled_from(ACTIONS)), "Resource": draw(st.sampled_from(RESOURCES))}
    condition = draw(st.sampled_from(CONDITIONS))
    return {**statement, **({"Condition": condition} if condition else {})}


def role(policies: Iterable[Statement], trusted: dict[str, Any]) -> dict[str, Any]:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}]}
    written = [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(policies)}}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, **({"Policies": written} if list(policies) else {})},
    }


@functools.cache
def rules() -> Rules:
    return Rules(Options(paths=["."], policies=[str(access.RULES)], controls=["ask.readers"]))


def readers(policies: list[list[Statement]], trusts: list[dict[str, Any]]) -> dict[str, bool]:
    """Reader to whether it certainly reads."""
    roles = {name: role(own, trusted) for name, own, trusted in zip(NAMES, policies, trusts, strict=True)}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Secret": SECRET, **roles}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.json"
        path.write_text(json.dumps(template))
        made, _, _ = targets.sources(Options(paths=[str(path)]))
        judged = [result for one in judge_all(made(), rules(), lambda name: name, Watch()) for result in one.results]
    results = [result for result in judged if result.verdict in ("fail", "unknown")]
    return {result.element.partition(", ")[0]: result.verdict == "fail" for result in results}


POLICIES = st.lists(st.lists(statements(), max_size=3), min_size=3, max_size=3)
TRUSTS = st.lists(st.sampled_from(PRINCIPALS), min_size=3, max_size=3)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@QUICK
@given(POLICIES, TRUSTS, st.integers(0, 2), statements("Deny"))
def test_a_denial_adds_nobody(policies: list[list[Statement]], trusts: list[dict[str, Any]], whose: int, denial: Statement) -> None:
    before = readers(policies, trusts)
    more = [[*own, denial] if at == whose else own for at, own in enumerate(policies)]
    after = readers(more, trusts)
    assert set(after) <= set(before)
    assert {name for name, certain in after.items() if certain} <= {name for name, certain in before.items() if certain}


@QUICK
@given(POLICIES, TRUSTS, st.integers(0, 2), statements())
def test_an_allowance_takes_nobody(policies: list[list[Statement]], trusts: list[dict[str, Any]], whose: int, allowance: Statement) -> None:
    before = readers(policies, trusts)
    more = [[*own, allowance] if at == whose else own for at, own in enumerate(policies)]
    after = readers(more, trusts)
    assert set(before) <= set(after)
    assert {name for name, certain in before.items() if certain} <= {name for name, certain in after.items() if certain}
