"""What policies of an organisation take away: from a secret, from its key, from the ways to become another; and never do they add anybody.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner import targets
from assay.scanner.judge import Rules, Watch, judge_all
from assay.scanner.options import Options
from assay.scanner.questions import access
from tests.questions.test_monotonic import QUICK

MEMBER, MANAGEMENT = "222222222222", "111111111111"
SECRET, KEY = "${aws_secretsmanager_secret.broker.arn}", "${aws_kms_key.broker.arn}"
READING, DECRYPTING = "secretsmanager:GetSecretValue", "kms:Decrypt"
Statement = dict[str, Any]
ORDER: list[Statement] = [
    {"Effect": "Allow", "Action": READING, "Resource": SECRET},
    {"Effect": "Allow", "Action": DECRYPTING, "Resource": KEY},
]
BECOMES: list[Statement] = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "${aws_iam_role.order.arn}"}]
ROOT = {"AWS": f"arn:aws:iam::{MEMBER}:root"}
SPARED = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/order"}}


@functools.cache
def rules() -> Rules:
    return Rules(Options(paths=["."], policies=[str(access.RULES)], controls=["ask.readers"]))


def role(name: str, statements: list[Statement], trusted: Any) -> dict[str, Any]:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}]}
    return {
        "name": name,
        "tags": {"team": name},
        "assume_role_policy": json.dumps(trust),
        "inline_policy": [{"name": "p", "policy": json.dumps({"Version": "2012-10-17", "Statement": statements})}],
    }


def readers(
    *policies: tuple[str, list[Statement]],
    target: str = MEMBER,
    order: list[Statement] = ORDER,
    account: str = MEMBER,
    secret_policy: list[Statement] | None = None,
    trusted: Any = ROOT,
    more: dict[str, Any] | None = None,
) -> dict[str, bool]:
    """Reader to whether it certainly reads: `order` may, and `web` may become it. `policies`: of an organisation, each (type, statements)."""
    resources: dict[str, Any] = {
        "aws_kms_key": {"broker": {}},
        "aws_secretsmanager_secret": {"broker": {"name": "broker/etrade", "kms_key_id": KEY}},
        "aws_iam_role": {"order": role("order", order, trusted), "web": role("web", BECOMES, {"Service": "ecs-tasks.amazonaws.com"})},
    }
    resources |= more or {}
    if secret_policy:
        written = json.dumps({"Version": "2012-10-17", "Statement": secret_policy})
        resources["aws_secretsmanager_secret_policy"] = {"broker": {"secret_arn": SECRET, "policy": written}}
    for number, (kind, statements) in enumerate(policies):
        written = json.dumps({"Version": "2012-10-17", "Statement": statements})
        entry = {"provider": "aws.organisation", "name": f"p{number}", "type": kind, "content": written}
        attached = {"provider": "aws.organisation", "policy_id": f"${{aws_organizations_policy.p{number}.id}}", "target_id": target}
        resources.setdefault("aws_organizations_policy", {})[f"p{number}"] = entry
        resources.setdefault("aws_organizations_policy_attachment", {})[f"p{number}"] = attached
    providers = [
        {"region": "us-east-1", "allowed_account_ids": [account]},
        {"alias": "organisation", "region": "us-east-1", "allowed_account_ids": [MANAGEMENT]},
    ]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf.json").write_text(json.dumps({"provider": {"aws": providers}, "resource": resources}))
        made, _, _ = targets.sources(Options(paths=[folder]))
        judged = [result for one in judge_all(made(), rules(), lambda name: name, Watch()) for result in one.results]
    results = [result for result in judged if result.verdict in ("fail", "unknown")]
    return {result.element.partition(", ")[0]: result.verdict == "fail" for result in results}


def scp(*statements: Statement) -> tuple[str, list[Statement]]:
    return "SERVICE_CONTROL_POLICY", list(statements)


def rcp(*statements: Statement) -> tuple[str, list[Statement]]:
    return "RESOURCE_CONTROL_POLICY", [{"Principal": "*", **statement} for statement in statements]


def deny(action: str, condition: dict[str, Any] | None = None, resource: str = "*") -> Statement:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}


def allow(*actions: str) -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


BOTH = {"order": True, "web": True}
PERHAPS = {"order": False, "web": False}


def test_both_read_where_no_policy_of_an_organisation_is() -> None:
    assert readers() == BOTH


@pytest.mark.parametrize("kind", [scp, rcp])
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (deny(READING), {}),
        (deny(DECRYPTING), {}),
        (deny("sts:AssumeRole"), {"order": True}),
        (deny("sts:AssumeRole", SPARED), {"order": True}),
        (deny("*", SPARED), {"order": True}),
        (deny("s3:*"), BOTH),
        (deny(READING, resource=f"arn:aws:secretsmanager:*:{MEMBER}:secret:other-*"), BOTH),
        (deny(READING, {"Bool": {"aws:SecureTransport": "false"}}), BOTH),
        (deny(READING, {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}), BOTH),
        (deny(READING, {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}), BOTH),
        (deny(READING, {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}), {}),
        (deny(READING, {"StringNotEquals": {"aws:PrincipalAccount": MEMBER}}), BOTH),
        (deny(READING, {"StringEquals": {"aws:PrincipalTag/team": "order"}}), {}),
        (deny(READING, {"StringEquals": {"aws:PrincipalTag/team": "web"}}), BOTH),
        (deny(READING, {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}), PERHAPS),
        (deny(READING, {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}), PERHAPS),
        (deny(READING, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), PERHAPS),
    ],
)
def test_a_denial_takes_from_everybody_whom_it_is_for(kind: Any, statement: Statement, expected: dict[str, bool]) -> None:
    assert readers(kind(statement)) == expected


@pytest.mark.parametrize(
    ("target", "account", "expected"),
    [(MEMBER, MEMBER, {}), ("333333333333", MEMBER, BOTH), ("r-ab12", MEMBER, PERHAPS), ("ou-ab12-11111111", MEMBER, PERHAPS),
     ("r-ab12", MANAGEMENT, PERHAPS), (MEMBER, MANAGEMENT, BOTH)],
)  # fmt: skip
def test_it_counts_where_it_is_attached(target: str, account: str, expected: dict[str, bool]) -> None:
    trusted = {"AWS": f"arn:aws:iam::{account}:root"}
    assert readers(scp(deny(READING)), target=target, account=account, trusted=trusted) == expected


def test_what_policies_allow_at_one_place_is_what_is_left() -> None:
    assert readers(scp(allow("*"))) == BOTH
    assert readers(scp(allow("secretsmanager:*", "kms:*", "sts:*"))) == BOTH
    assert readers(scp(allow("secretsmanager:*")), scp(allow("kms:*", "sts:*"))) == BOTH
    assert readers(scp(allow("ecs:*"))) == PERHAPS, "code does not show who detached AWS's own policy"
    assert readers(scp(allow("ecs:*")), target="333333333333") == BOTH


def test_it_takes_what_the_policy_of_a_secret_gives() -> None:
    given = [{"Effect": "Allow", "Principal": {"AWS": "${aws_iam_role.order.arn}"}, "Action": READING, "Resource": "*"}]
    of_its_own = [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{MEMBER}:user/ann"}, "Action": READING, "Resource": "*"}]
    assert readers(order=[], secret_policy=given) == BOTH
    assert readers(scp(deny(READING)), order=[], secret_policy=given) == {}
    assert readers(rcp(deny(READING)), order=[], secret_policy=given) == {}
    assert len(readers(scp(deny(READING)), order=[], secret_policy=of_its_own)) == 0


def test_somebody_of_another_account_is_bound_by_policies_for_resources_alone() -> None:
    given = [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444444444444:role/x"}, "Action": READING, "Resource": "*"}]
    assert len(readers(order=[], secret_policy=given)) == 1
    assert len(readers(scp(deny(READING)), order=[], secret_policy=given)) == 1
    assert readers(rcp(deny(READING)), order=[], secret_policy=given) == {}


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([], BOTH),
        ([scp(deny("iam:PassRole", resource=f"arn:aws:iam::{MEMBER}:role/order"))], {"order": True}),
        ([scp(deny("iam:PassRole", resource=f"arn:aws:iam::{MEMBER}:role/other"))], BOTH),
        ([scp(deny("iam:PassRole", resource="arn:aws:iam::*:role/*"))], {"order": True}),
        ([scp(deny("ecs:RunTask"))], {"order": True}),
    ],
)
def test_a_denial_for_one_role_counts_where_somebody_may_pass_every_role(
    policies: list[tuple[str, list[Statement]]], expected: dict[str, bool]
) -> None:
    """What is the same whichever role it is for is looked at once for all of them, and this is not."""
    tasks = {"Service": "ecs-tasks.amazonaws.com"}
    launches = [{"Effect": "Allow", "Action": ["iam:PassRole", "ecs:RunTask", "ecs:RegisterTaskDefinition"], "Resource": "*"}]
    roles = {
        "order": role("order", ORDER, tasks),
        "other": role("other", [], tasks),
        "web": role("web", launches, {"Service": "ec2.amazonaws.com"}),
    }
    assert readers(*policies, more={"aws_iam_role": roles}) == expected


def test_a_task_is_handed_nothing_that_the_organisation_denies() -> None:
    handed = {"name": "task", "secrets": [{"name": "TOKEN", "valueFrom": SECRET}]}
    task = {"aws_ecs_task_definition": {"task": {"family": "task", "container_definitions": json.dumps([handed])}}}
    assert readers(order=[], more=task) == {"task": True}
    assert readers(scp(deny(READING)), order=[], more=task) == {}
    assert readers(scp(deny(READING, SPARED)), order=[], more=task) == {"task": False}, "whichever role reads it for the task"


UNIT, OTHER = "ou-ab12-11111111", "ou-ab12-22222222"


@pytest.mark.parametrize(
    ("target", "verdicts"),
    [(UNIT, set()), ("r-ab12", set()), (OTHER, {"fail"}), ("333333333333", {"fail"})],
)
def test_a_plan_tells_in_which_unit_an_account_is(target: str, verdicts: set[str], tmp_path: Path) -> None:
    def planned(type_: str, provider: str, values: dict[str, Any]) -> dict[str, Any]:
        return {"address": f"{type_}.x", "mode": "managed", "type": type_, "name": "x", "provider_name": provider, "values": values}

    aws = "registry.terraform.io/hashicorp/aws"
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    reads = [{"name": "p", "policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": READING, "Resource": "*"}]})}]
    made = [
        (planned("aws_secretsmanager_secret", aws, {"name": "broker"}), "aws"),
        (planned("aws_iam_role", aws, {"name": "web", "assume_role_policy": json.dumps(trust), "inline_policy": reads}), "aws"),
        (planned("aws_organizations_account", aws, {"id": MEMBER, "parent_id": UNIT}), "aws.organisation"),
        (planned("aws_organizations_organizational_unit", aws, {"id": UNIT, "parent_id": "r-ab12"}), "aws.organisation"),
        (
            planned("aws_organizations_policy", aws, {"id": "p-1", "content": json.dumps({"Statement": [deny(READING)]})}),
            "aws.organisation",
        ),
        (planned("aws_organizations_policy_attachment", aws, {"policy_id": "p-1", "target_id": target}), "aws.organisation"),
    ]
    configured = {
        name: {"name": "aws", "full_name": aws, **alias, "expressions": {"allowed_account_ids": {"constant_value": [number]}}}
        for name, alias, number in (("aws", {}, MEMBER), ("aws.organisation", {"alias": "organisation"}, MANAGEMENT))
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [resource for resource, _ in made]}},
        "resource_changes": [{**resource, "change": {"actions": ["create"], "after": resource["values"]}} for resource, _ in made],
        "configuration": {
            "provider_config": configured,
            "root_module": {
                "resources": [
                    {**{key: resource[key] for key in ("address", "mode", "type", "name")}, "provider_config_key": key, "expressions": {}}
                    for resource, key in made
                ]
            },
        },
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    sources, _, _ = targets.sources(Options(paths=[str(tmp_path / "plan.json")]))
    judged = [result for one in judge_all(sources(), rules(), lambda name: name, Watch()) for result in one.results]
    assert {result.verdict for result in judged if result.element} == verdicts


ACTIONS = ("secretsmanager:*", READING, DECRYPTING, "sts:AssumeRole", "*", "s3:*")
CONDITIONS = (None, SPARED, {"Bool": {"aws:SecureTransport": "false"}}, {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}},
              {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})  # fmt: skip
DENIALS = st.builds(deny, st.sampled_from(ACTIONS), st.sampled_from(CONDITIONS), st.sampled_from(("*", SECRET.replace("$", "$$"))))
ALLOWING = st.builds(allow, st.sampled_from(ACTIONS), st.sampled_from(ACTIONS))
KINDS = st.sampled_from((scp, rcp))
TARGETS = st.sampled_from((MEMBER, "r-ab12", "333333333333"))


def are_fewer(after: dict[str, bool], before: dict[str, bool]) -> bool:
    certain, once = ({name for name, sure in report.items() if sure} for report in (after, before))
    return set(after) <= set(before) and certain <= once


@QUICK
@given(st.lists(DENIALS, max_size=2), DENIALS, KINDS, TARGETS)
def test_a_denial_of_an_organisation_adds_nobody(denials: list[Statement], denial: Statement, kind: Any, target: str) -> None:
    before = readers(scp(allow("*"), *denials), target=target)
    assert are_fewer(readers(scp(allow("*"), *denials), kind(denial), target=target), before)


@QUICK
@given(st.lists(ALLOWING, min_size=2, max_size=3), st.lists(DENIALS, max_size=1), TARGETS)
def test_what_no_longer_allows_adds_nobody(allowing: list[Statement], denials: list[Statement], target: str) -> None:
    before = readers(scp(*allowing, *denials), target=target)
    assert are_fewer(readers(scp(*allowing[1:], *denials), target=target), before)
