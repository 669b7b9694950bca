"""Permissions boundaries of whoever the policy of a resource names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic: a policy of the resource
that names a user gives what the user's boundary does not allow; a role is bound by its boundary, whoever names it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.questions.test_organisation import ORDER, READING, ROOT, readers, role

ALLOWED, ELSE = ["secretsmanager:*", "kms:*"], ["ec2:*"]
KEYS = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}


def given(kind: str, actions: list[str]) -> dict[str, bool]:
    """Who reads a secret whose policy names a user or a role with a boundary."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
    bound = {"permissions_boundary": "${aws_iam_policy.bound.arn}"}
    user = {"name": "ann", **(bound if kind == "user" else {})}
    policy = {"user": "ann", "name": "keys", "policy": json.dumps({"Version": "2012-10-17", "Statement": [KEYS]})}
    web = {**role("web", [KEYS], ROOT), **(bound if kind == "role" else {})}
    more: dict[str, Any] = {
        "aws_iam_policy": {"bound": {"name": "bound", "policy": document}},
        "aws_iam_user": {"ann": user},
        "aws_iam_user_policy": {"ann": policy},
        "aws_iam_role": {"web": web},
        "aws_kms_key": {"broker": {}},
        "aws_secretsmanager_secret": {"broker": {"name": "broker/etrade"}},
    }
    named = "${aws_iam_user.ann.arn}" if kind == "user" else "${aws_iam_role.web.arn}"
    statement = {"Effect": "Allow", "Principal": {"AWS": named}, "Action": READING, "Resource": "*"}
    return readers(order=ORDER, secret_policy=[statement], more=more)


@pytest.mark.parametrize(
    ("kind", "actions", "reads"),
    [("user", ALLOWED, True), ("user", ELSE, True), ("role", ALLOWED, True), ("role", ELSE, False)],
)
def test_a_boundary_binds_a_role_that_is_named_and_no_user(kind: str, actions: list[str], reads: bool) -> None:
    assert (("ann" if kind == "user" else "web") in given(kind, actions)) is reads


@pytest.mark.parametrize(
    ("condition", "reads"),
    [({}, False), ({"Condition": {"StringEquals": {"aws:ResourceTag/team": "other"}}}, True), ({"Resource": "arn:aws:secretsmanager:*:*:secret:x"}, True)],
)  # fmt: skip
def test_what_its_own_policy_denies_a_principal_the_policy_of_a_secret_does_not_give(condition: dict[str, Any], reads: bool) -> None:
    denied = {"Effect": "Deny", "Action": READING, "Resource": "*", **condition}
    more = {
        "aws_iam_role": {"web": role("web", [KEYS, denied], ROOT)},
        "aws_kms_key": {"broker": {}},
        "aws_secretsmanager_secret": {"broker": {"name": "broker/etrade", "tags": {"team": "trade"}}},
    }
    statement = {"Effect": "Allow", "Principal": {"AWS": "${aws_iam_role.web.arn}"}, "Action": READING, "Resource": "*"}
    assert ("web" in readers(secret_policy=[statement], more=more)) is reads
