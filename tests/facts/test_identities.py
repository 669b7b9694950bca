"""What permissions amount to, and who may take on an identity."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts import bindings, conditions
from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.iam import escalation, tables
from assay.scanner.facts.iam.permissions import document_permissions, managed_policy
from assay.scanner.facts.iam.roles import is_service_agent, names_resources, role_permission
from assay.scanner.facts.iam.tables import make
from assay.scanner.facts.iam.trust import google_trust
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Either, Reference, Text, Unknown
from assay.scanner.sources.values import Value

WHY = Unknown("it is not told", "tell it")
ACCOUNT = "111122223333"


def fact(value: Value[Any]) -> Any:
    return "unknown" if isinstance(value.data, Unknown) else value.data


def wild(**fields: Any) -> Any:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **fields}
    (permission,) = document_permissions(Value({"Statement": [{name: value for name, value in statement.items() if value is not ...}]}))
    return "unknown" if isinstance(permission, Unknown) else fact(permission.wildcard)


@pytest.mark.parametrize(("action", "expected"), [
    ("*", True), ("*:*", True), ("s3:*", True), ("iam:**", True), ("**", True),
    ("s3:Get*", False), ("s3:GetObject", False), ("s3", False), ([], False),
    (["s3:GetObject", "s3:*"], True), (["s3:GetObject", WHY], "unknown"), (["s3:*", WHY], True), (WHY, "unknown"),
    (Text(("s3:", WHY)), "unknown"),
    ("s3:?*", True), ("s3:*?", True), ("s3:????????*", True), ("?*", True), ("s3:?", False), ("s3:G?*", False), ("S3:*", True),
    (Text((WHY, ":*")), True), (Text(("s3:Get", WHY)), False), (Text((WHY, "Object")), False), (Text((WHY, "*")), "unknown"),
    (Either("w", "s", options=("s3:*", "s3:GetObject")), "unknown"), (Either("w", "s", options=("s3:*", ["ec2:*"])), True),
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
        ("?*", True),
        ("arn:aws:s3:::?*", True),
        ("arn:aws:s3*", True),
        ("arn:aws:dynamodb:us-east-1*", True),
        ("arn:aws:states:*:*:stateMachine:*", True),
        ("arn:aws:apigateway:*::/restapis/*", True),
        ("?", False),
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
    ({"StringLike": {"kms:ViaService": "ec2.*.amazonaws.com"}}, False),
    ({"StringLike": {"kms:ViaService": "*.us-east-1.amazonaws.com"}}, True),
    ({"StringLike": {"aws:ResourceTag/team": "trade-*"}}, False),
    ({"StringLike": {"aws:ResourceTag/team": "?*"}}, True),
    ({"StringLike": {"aws:ResourceTag/team": Text(("trade-", WHY))}}, False),
    ({"StringLike": {"aws:ResourceTag/team": WHY}}, "unknown"),
    ({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}, False),
    ({"StringEquals": {"aws:ResourceTag/team": "${aws:RequestTag/team}"}}, True),
    ({"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, False),
    ({"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "o-a1b2c3d4e5/*"}}, False),
    ({"StringLike": {"kms:RequestAlias": "alias/*"}}, True),
    ({"StringLike": {"kms:RequestAlias": "alias/trade*"}}, False),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
    ({"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/r"}}, True),
    ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, True),
    ({"StringEqualsIfExists": {"aws:ResourceTag/team": "trade"}}, True),
    ({"StringEqualsIfExists": {"aws:ResourceTag/team": "trade"}, "Null": {"aws:ResourceTag/team": "false"}}, False),
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
    (permission,) = document_permissions(Value({"Statement": {"Sid": "All", "Effect": "Allow", "NotAction": ["a:B"], "Resource": "*"}}))
    assert permission.name.data == "All: everything but a:B on *"
    (permission,) = document_permissions(Value({"Statement": {"Effect": "Allow"}}))
    assert permission.name.data == "nothing on its own resource"


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


TABLE_ARNS = ("arn:aws:dynamodb:*:*:table/orders", "arn:aws:dynamodb:*:*:table/orders/*")


def deny(**fields: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*", **fields}


def without(statement: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in names}


@pytest.mark.parametrize(("denial", "expected"), [
    (deny(), False),
    (deny(Action="*"), False),
    (deny(Action="DynamoDB:*"), False),
    (deny(Action="dynamodb:DeleteTable"), True),
    (deny(Action=["dynamodb:Get*", "dynamodb:Put*"]), True),
    (deny(Resource="arn:aws:dynamodb:*:*:table/orders"), True),
    ({**without(deny(), "Resource"), "NotResource": list(TABLE_ARNS)}, False),
    ({**without(deny(), "Resource"), "NotResource": "arn:aws:dynamodb:*:*:table/*"}, True),
    ({**without(deny(), "Action"), "NotAction": ["dynamodb:GetItem"]}, False),
    ({**without(deny(), "Action"), "NotAction": ["iam:*", "dynamodb:*"]}, True),
    ({**without(deny(), "Action"), "NotAction": ["iam:*"]}, False),
    (deny(Condition={"Bool": {"aws:SecureTransport": "false"}}), True),
    (deny(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), True),
    (deny(Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}), True),
    (deny(Condition={"StringNotEquals": {"aws:ResourceTag/team": "trade"}}), False),
    (deny(Condition={"StringNotLike": {"aws:ResourceTag/team": "*"}}), True),
    (deny(Condition={"StringNotEquals": {"aws:ResourceTag/team": "trade"}, "Bool": {"aws:SecureTransport": "false"}}), True),
    (deny(Condition={"StringEquals": {"aws:ResourceTag/team": "trade"}}), True),
    (deny(Condition=WHY), "unknown"),
    (deny(Action=WHY), "unknown"),
    (deny(Resource=WHY), "unknown"),
    (deny(Effect=WHY), "unknown"),
    (deny(Effect=WHY, Action="s3:*"), True),
    (deny(Effect="Allow"), True),
    (WHY, True),
])  # fmt: skip
def test_what_a_denial_takes_from_an_identity(denial: Any, expected: Any) -> None:
    allow = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    for written in ([allow, denial], [denial, allow]):
        allowed = document_permissions(Value({"Statement": written}))
        (grant,) = [grant for grant in allowed if not isinstance(grant, Unknown) and grant.name.data == "dynamodb:* on *"][:1]
        assert fact(grant.wildcard) == expected


@pytest.mark.parametrize(("arn", "expected"), [
    ("arn:aws:iam::aws:policy/AdministratorAccess", True),
    ("arn:aws:iam::aws:policy/AmazonS3FullAccess", True),
    ("arn:aws-cn:iam::aws:policy/PowerUserAccess", True),
    ("arn:aws:iam::aws:policy/AWSSupportAccess", True),
    ("arn:aws:iam::aws:policy/job-function/SystemAdministrator", True),
    ("arn:aws:iam::aws:policy/AmazonVPCFullAccess", False),
    ("arn:aws:iam::aws:policy/AmazonDocDBFullAccess", False),
    ("arn:aws:iam::aws:policy/AWSDenyAll", False),
    ("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", False),
    ("arn:aws:iam::aws:policy/ReadOnlyAccess", False),
    ("arn:aws:iam::aws:policy/SomethingNew", "unknown"),
    ("arn:aws:iam::aws:policy/SomethingNewFullAccess", "unknown"),
    (f"arn:aws:iam::{ACCOUNT}:policy/AdministratorAccess", "unknown"),
    ("AdministratorAccess", "unknown"),
    (WHY, "unknown"),
    (None, "unknown"),
])  # fmt: skip
def test_managed_policies(arn: Any, expected: Any) -> None:
    permission = managed_policy(Value(arn)).permission()
    assert fact(permission.wildcard) == expected


def test_a_managed_policy_less_what_is_denied() -> None:
    (denial,) = managed_policy(Value("arn:aws:iam::aws:policy/AWSDenyAll")).written
    (of_buckets,) = statements(Value({"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}))
    assert isinstance(denial, Statement)
    assert isinstance(of_buckets, Statement)
    for name, less_buckets in (("AdministratorAccess", True), ("PowerUserAccess", True), ("AmazonS3FullAccess", True)):
        managed = managed_policy(Value(f"arn:aws:iam::aws:policy/{name}"))
        assert managed.permission().wildcard.data is True
        assert managed.permission([denial]).wildcard.data is False
        assert managed.permission([of_buckets]).wildcard.data is less_buckets, "s3-object-lambda is left"


def test_a_verdict_by_a_table_names_its_day() -> None:
    policy = managed_policy(Value("arn:aws:iam::aws:policy/ReadOnlyAccess")).permission()
    role = role_permission(Value("roles/storage.objectViewer"), "user:a@example.com")
    for wildcard, table in ((policy.wildcard, tables.policies()), (role.wildcard, tables.roles())):
        assert [place.time for place in wildcard.seen] == [table.as_of]
        assert table.source in wildcard.seen[0].operation


def test_the_tables_of_managed_policies_and_roles_do_not_overlap() -> None:
    policies, roles = tables.policies(), tables.roles()
    assert not policies.wide.keys() & policies.narrow
    assert not roles.escalating.keys() & roles.narrow
    assert len(policies.wide) + len(policies.narrow) > 1500
    assert len(roles.escalating) + len(roles.narrow) > 2000


def test_the_table_of_managed_policies_is_what_its_program_writes() -> None:
    written = make.aws()
    assert msgspec.convert(written, tables.Policies) == tables.policies()


@pytest.mark.parametrize(("permissions", "expected"), [
    (["resourcemanager.projects.setIamPolicy", "iam.serviceAccounts.actAs"], "resourcemanager.projects.setIamPolicy"),
    (["iam.serviceAccounts.getAccessToken"], "iam.serviceAccounts.getAccessToken"),
    (["iam.serviceAccounts.get", "resourcemanager.projects.getIamPolicy"], None),
])  # fmt: skip
def test_permissions_that_give_more(permissions: list[str], expected: str | None) -> None:
    assert escalation.escalating(permissions) == expected


def test_who_sets_the_policies_of_what_it_has_already_gives_itself_nothing() -> None:
    objects = {f"storage.objects.{verb}" for verb in ("get", "create", "setIamPolicy")}
    every = frozenset(objects | {"storage.buckets.setIamPolicy", "storage.buckets.delete", "run.jobs.setIamPolicy", "run.jobs.run"})
    assert escalation.set_more(objects, every) is None
    assert escalation.set_more(objects - {"storage.objects.get"}, every) == "storage.objects.setIamPolicy"
    assert escalation.set_more({"storage.buckets.setIamPolicy", "storage.buckets.delete"}, every) == "storage.buckets.setIamPolicy"
    assert escalation.set_more({"run.jobs.setIamPolicy"}, every) == "run.jobs.setIamPolicy"


@pytest.mark.parametrize(("role", "expected"), [
    ("roles/owner", True), ("roles/editor", True), ("roles/viewer", True), ("roles/storage.admin", True), ("roles/container.admin", True),
    ("roles/storage.objectViewer", False), ("roles/storage.objectAdmin", False), ("roles/run.invoker", False), ("roles/browser", False),
    ("roles/resourcemanager.projectIamAdmin", True), ("roles/iam.serviceAccountUser", True), ("roles/iam.workloadIdentityPoolAdmin", True),
    ("roles/iam.roleAdmin", True), ("roles/bigquery.dataOwner", True), ("roles/new.service", "unknown"),
    ("projects/p/roles/custom", "unknown"), ("projects/p/roles/wide", True), ("projects/p/roles/narrow", False),
    ("projects/p/roles/open", "unknown"), ("projects/p/roles/wideAndOpen", True),
    (Reference("google_project_iam_custom_role.r", "id"), False), (Reference("data.google_iam_role.r", "name"), "unknown"),
    (Text(("projects/p/roles/", Reference("google_project_iam_custom_role.r", "role_id"))), False),
    (WHY, "unknown"), (Text(("roles/", WHY)), "unknown"), (None, "unknown"),
])  # fmt: skip
def test_google_roles(role: Any, expected: Any) -> None:
    custom = {"wide": ["iam.roles.update"], "narrow": ["iam.roles.get"], "open": [WHY], "wideAndOpen": [WHY, "iam.roles.update"]}

    def holds(name: str) -> list[Any] | Unknown:
        return custom.get(name.rpartition("/")[2], WHY)

    assert fact(role_permission(Value(role), "user:a@example.com", holds=holds).wildcard) == expected
    assert role_permission(Value(role), "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com").wildcard.data is False


@pytest.mark.parametrize(("expression", "expected"), [
    ('resource.name == "projects/_/buckets/orders"', True),
    ('"projects/_/buckets/orders" == resource.name', True),
    ('resource.name.startsWith("projects/_/buckets/orders")', True),
    ('resource.name.startsWith("projects/_/buckets/orders/objects/")', True),
    ('resource.name.startsWith("projects/p/locations/eu/keyRings/trade/cryptoKeys/")', True),
    ('resource.name.startsWith("//storage.googleapis.com/projects/_/buckets/orders")', True),
    ('resource.name.startsWith("//storage.googleapis.com/projects/_/buckets/")', False),
    ('resource.name.endsWith("/orders")', True),
    ('resource.name.startsWith("projects/_/buckets/")', False),
    ('resource.name.startsWith("projects/")', False),
    ('resource.name.startsWith("projects/p/locations/eu/")', False),
    ('resource.name.startsWith("")', False),
    ('resource.name != "projects/_/buckets/orders"', False),
    ('!resource.name.startsWith("projects/_/buckets/orders")', False),
    ('!(resource.name != "projects/_/buckets/orders")', True),
    ('resource.type == "storage.googleapis.com/Bucket"', False),
    ('resource.type != "storage.googleapis.com/Bucket" || resource.name == "projects/_/buckets/orders"', False),
    ('resource.type == "storage.googleapis.com/Bucket" && resource.name == "projects/_/buckets/orders"', True),
    ('resource.name.contains("orders")', "unknown"),
    ('resource.matchTag("1/team", "trade")', "unknown"),
    ('request.time < timestamp("2030-01-01T00:00:00Z")', False),
    ("true", False),
    ("", False),
    (None, False),
    ("resource.name ==", "unknown"),
    (WHY, "unknown"),
    (Text(('resource.name == "projects/_/buckets/', WHY, '"')), "unknown"),
    (Text(('resource.name == "projects/_/buckets/trade-', WHY, '"')), True),
    ("resource.name.matches('^.$')", False), ("resource.name.matches('^..*$')", False),
])  # fmt: skip
def test_which_conditions_name_the_resources_of_a_binding(expression: Any, expected: Any) -> None:
    assert fact(Value(conditions.bounded(expression, names_resources))) == expected


@pytest.mark.parametrize(("bound", "expected"), [(True, False), (False, True), (WHY, "unknown")])
def test_a_role_with_a_condition(bound: Any, expected: Any) -> None:
    assert fact(role_permission(Value("roles/storage.admin"), "user:a@example.com", Value(bound)).wildcard) == expected
    assert role_permission(Value("roles/run.invoker"), "user:a@example.com", Value(bound)).wildcard.data is False


@pytest.mark.parametrize(("permissions", "expected"), [
    (["a.b.get"], False), (["a.b.get", "a.b.set"], True), ([], False), ([None], False), ([WHY], "unknown"), ([WHY, "a.b.set"], True),
    (["a.b.get", Text(("a.b.", WHY))], "unknown"), ([Reference("x.y", "name")], "unknown"), (WHY, "unknown"),
])  # fmt: skip
def test_what_a_custom_role_holds(permissions: Any, expected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "role_permissions", lambda view, role: permissions)
    assert fact(Value(bindings.role_holds(cast(View, None), "projects/p/roles/r", "a.b.set".__eq__))) == expected


def test_a_custom_role_with_a_permission_that_is_not_known() -> None:
    for permissions in ([WHY], [Reference("x.y", "name"), "a.b.get"]):
        assert fact(role_permission(Value("projects/p/roles/r"), "user:a", holds=lambda _, told=permissions: told).wildcard) == "unknown"


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
    (Text(("principalSet://iam.googleapis.com/p/", WHY)), "unknown"), (Text((WHY, ":a@example.com")), "unknown"),
    (Text(("user:", WHY)), True), ("principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s", True),
    (Reference("google_service_account.s", "member"), True),
    (WHY, "unknown"),
])  # fmt: skip
def test_who_may_act_as_a_service_account(member: Any, expected: Any) -> None:
    trust = google_trust(Binding("roles/iam.workloadIdentityUser", member, None, ()))
    assert trust is not None
    assert not isinstance(trust, Unknown)
    assert fact(trust.scoped) == expected
    assert google_trust(Binding("roles/logging.viewer", member, None, ())) is None
    assert google_trust(Binding(WHY, member, None, ())) is not None
    assert google_trust(WHY) is WHY
