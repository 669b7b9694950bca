"""What permissions amount to, and who may take on an identity."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.iam.permissions import (
    HARMLESS,
    PRIVILEGED,
    document_permissions,
    is_service_agent,
    managed_policy,
    role_permission,
)
from assay.scanner.facts.iam.trust import google_trust
from assay.scanner.sources.values import Reference, Text, Unknown, Value

WHY = Unknown("it is not told", "tell it")
ACCOUNT = "111122223333"


def fact(value: Value[Any]) -> Any:
    return "unknown" if isinstance(value.data, Unknown) else value.data


def wild(**fields: Any) -> Any:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **fields}
    (found,) = document_permissions(Value({"Statement": [{name: each for name, each in statement.items() if each is not ...}]}))
    return "unknown" if isinstance(found, Unknown) else fact(found.wildcard)


@pytest.mark.parametrize(("action", "expected"), [
    ("*", True), ("*:*", True), ("s3:*", True), ("iam:**", True), ("**", True),
    ("s3:Get*", False), ("s3:GetObject", False), ("s3", False), ([], False),
    (["s3:GetObject", "s3:*"], True), (["s3:GetObject", WHY], "unknown"), (["s3:*", WHY], True), (WHY, "unknown"),
    (Text(("s3:", WHY)), "unknown"),
])  # fmt: skip
def test_wildcard_actions(action: Any, expected: Any) -> None:
    assert wild(Action=action) == expected
    assert wild(Action=action, Resource="arn:aws:s3:::orders/*") is False


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", True),
        ("**", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::**", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:logs:*:*:log-group:*:*", True),
        ("arn:aws:dynamodb:*:*:table/*", True),
        ("arn:*", True),
        ("arn:aws:iam::*:role/*", True),
        ("arn:aws:s3:::orders", False),
        ("arn:aws:s3:::orders/*", False),
        ("arn:aws:s3:::*-orders", False),
        ("arn:aws:dynamodb:*:*:table/orders", False),
        (Reference("aws_s3_bucket.b", "arn"), False),
        (Text((Reference("aws_s3_bucket.b", "arn"), "/*")), False),
        (WHY, "unknown"),
        (Text((WHY, "/*")), "unknown"),
        (["arn:aws:s3:::orders", "*"], True),
        (["arn:aws:s3:::orders", WHY], "unknown"),
        ([], False),
    ],
)
def test_wildcard_resources(resource: Any, expected: Any) -> None:
    assert wild(Resource=resource) == expected
    assert wild(Resource=resource, Action="s3:GetObject") is False


def test_everything_but_something_is_wild() -> None:
    assert wild(Action=..., NotAction=["iam:*"]) is True
    assert wild(Resource=..., NotResource="arn:aws:s3:::orders") is True
    assert wild(Action=..., NotAction="iam:*", Resource="arn:aws:s3:::orders") is False


@pytest.mark.parametrize(("condition", "expected"), [
    ({"StringEquals": {"aws:ResourceTag/team": "trade"}}, False),
    ({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}, False),
    ({"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}, False),
    ({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, False),
    ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
    ({"StringLike": {"aws:ResourceTag/team": "*"}}, True),
    ({"StringNotEquals": {"aws:ResourceTag/team": "trade"}}, True),
    (WHY, "unknown"),
])  # fmt: skip
def test_which_conditions_bound_a_permission(condition: Any, expected: Any) -> None:
    assert wild(Condition=condition) == expected


def test_a_denial_is_no_permission_and_what_is_unknown_stays() -> None:
    assert document_permissions(Value({"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})) == []
    assert document_permissions(Value(None)) == []
    assert document_permissions(Value(WHY)) == [WHY]
    assert wild(Effect=WHY) == "unknown"
    assert wild(Effect=WHY, Action="s3:GetObject") is False


def test_a_permission_in_words() -> None:
    (found,) = document_permissions(Value({"Statement": {"Sid": "All", "Effect": "Allow", "NotAction": ["a:B"], "Resource": "*"}}))
    assert found.name.data == "All: everything but a:B on *"
    (found,) = document_permissions(Value({"Statement": {"Effect": "Allow"}}))
    assert found.name.data == "nothing on its own resource"


ACTIONS = st.text(alphabet="*as:G", max_size=6)
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::*", "arn:aws:s3:::o", "arn:aws:s3:::o/*", "", "arn:aws:dynamodb:*:*:table/*"])


@given(actions=st.lists(ACTIONS, max_size=3), resources=st.lists(RESOURCES, max_size=3), more=ACTIONS)
def test_more_actions_never_take_a_wildcard_away(actions: list[str], resources: list[str], more: str) -> None:
    if wild(Action=actions, Resource=resources) is True:
        assert wild(Action=[*actions, more], Resource=resources) is True
        assert wild(Action=[*actions, WHY], Resource=[*resources, WHY]) is True
    assert wild(Action=actions, Resource=resources) in (True, False)


@given(actions=st.lists(ACTIONS, min_size=1, max_size=3), resources=st.lists(RESOURCES, min_size=1, max_size=3))
def test_an_unknown_element_never_hides_a_wildcard(actions: list[str], resources: list[str]) -> None:
    known = wild(Action=actions, Resource=resources)
    with_unknown = wild(Action=[WHY, *actions], Resource=resources)
    assert with_unknown in ((True,) if known else (False, "unknown"))


@pytest.mark.parametrize(("arn", "expected"), [
    ("arn:aws:iam::aws:policy/AdministratorAccess", True),
    ("arn:aws:iam::aws:policy/AmazonS3FullAccess", True),
    ("arn:aws-cn:iam::aws:policy/PowerUserAccess", True),
    ("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", False),
    ("arn:aws:iam::aws:policy/ReadOnlyAccess", False),
    ("arn:aws:iam::aws:policy/SomethingNew", "unknown"),
    (f"arn:aws:iam::{ACCOUNT}:policy/AdministratorAccess", "unknown"),
    ("AdministratorAccess", "unknown"),
    (WHY, "unknown"),
    (None, "unknown"),
])  # fmt: skip
def test_managed_policies(arn: Any, expected: Any) -> None:
    found = managed_policy(Value(arn))
    assert not isinstance(found, Unknown)
    assert fact(found.wildcard) == expected


def test_the_tables_of_managed_policies_do_not_overlap() -> None:
    assert not PRIVILEGED & HARMLESS
    assert not [name for name in HARMLESS if name.endswith("FullAccess")]


@pytest.mark.parametrize(("role", "expected"), [
    ("roles/owner", True), ("roles/editor", True), ("roles/viewer", True), ("roles/storage.admin", True), ("roles/container.admin", True),
    ("roles/storage.objectViewer", False), ("roles/storage.objectAdmin", False), ("projects/p/roles/custom", False),
    (Reference("google_project_iam_custom_role.r", "id"), False), (WHY, "unknown"), (Text(("roles/", WHY)), "unknown"),
])  # fmt: skip
def test_google_roles(role: Any, expected: Any) -> None:
    assert fact(role_permission(Value(role), "user:a@example.com").wildcard) == expected
    assert role_permission(Value(role), "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com").wildcard.data is False


def test_service_agents() -> None:
    assert is_service_agent("serviceAccount:123456@cloudservices.gserviceaccount.com")
    assert not is_service_agent("serviceAccount:app@project.iam.gserviceaccount.com")
    assert not is_service_agent("serviceAccount:service-1@gcp-sa-x.iam.gserviceaccount.com.evil.example")
    assert not is_service_agent(WHY)


# Trust


@pytest.mark.parametrize(("member", "expected"), [
    ("serviceAccount:a@p.iam.gserviceaccount.com", True),
    ("user:a@example.com", True),
    ("allUsers", False),
    ("allAuthenticatedUsers", False),
    ("domain:example.com", False),
    ("principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*", False),
    ("principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.repository/o/r", True),
    (Text(("principalSet://iam.googleapis.com/", Reference("google_iam_workload_identity_pool.p", "name"), "/*")), False),
    (Text(("principalSet://iam.googleapis.com/p/", WHY)), "unknown"),
    (Reference("google_service_account.s", "member"), True),
    (WHY, "unknown"),
])  # fmt: skip
def test_who_may_act_as_a_service_account(member: Any, expected: Any) -> None:
    found = google_trust(Binding("roles/iam.workloadIdentityUser", member, None, ()))
    assert found is not None
    assert not isinstance(found, Unknown)
    assert fact(found.scoped) == expected
    assert google_trust(Binding("roles/logging.viewer", member, None, ())) is None
    assert google_trust(Binding(WHY, member, None, ())) is not None
    assert google_trust(WHY) is WHY
