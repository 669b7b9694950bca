"""The permissions that a plan needs, computed from its calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assay.scanner.sources.aws.calls import Call
from assay.scanner.sources.aws.plan import ALWAYS, ORGANIZATION, AccountPlan

_FREE = ("sts:GetCallerIdentity",)
"""Allowed to everyone: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""


def permissions(plan: AccountPlan, beside: Iterable[Call] = ()) -> dict[str, list[str]]:
    """IAM action to the operations that need it; `beside` are calls that an audit makes beside its plan."""
    operations: dict[str, list[str]] = {}
    for call in [*ALWAYS, *plan.calls(), *beside]:
        if call.permission not in _FREE:
            operations.setdefault(call.permission, []).append(call.label)
    return {action: sorted(set(labels)) for action, labels in sorted(operations.items())}


def policy(plan: AccountPlan, role_name: str = "", beside: Iterable[Call] = ()) -> dict[str, Any]:
    """A read-only IAM policy document; with `role_name`, also what finding and entering the accounts of an organisation takes."""
    actions = list(permissions(plan, beside))
    statements: list[dict[str, Any]] = [{"Sid": "Audit", "Effect": "Allow", "Action": actions, "Resource": "*"}]
    if role_name:
        actions = [call.permission for call in ORGANIZATION if call.service == "organizations"]
        statements.append({"Sid": "FindAccounts", "Effect": "Allow", "Action": actions, "Resource": "*"})
        entered = f"arn:aws:iam::*:role/{role_name}"
        statements.append({"Sid": "EnterAccounts", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": entered})
    return {"Version": "2012-10-17", "Statement": statements}
