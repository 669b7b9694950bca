"""Trust in identity providers: CI systems by what their tokens claim, and others; who else may take on a role."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.iam.trust import Role, aws_trusts, ci_only
from assay.scanner.facts.patterns import ANY
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.facts.supply import claims, issuers, pools
from assay.scanner.facts.supply.subjects import audience, subjects
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value

WHY = Unknown("it is not told", "tell it")
ACCOUNT = "111122223333"
GITHUB = "token.actions.githubusercontent.com"
GITHUB_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
MAIN = "repo:trade/app:ref:refs/heads/main"
AUDIENCE = {f"{GITHUB}:aud": "sts.amazonaws.com"}


def fact(value: Any) -> Any:
    return "unknown" if isinstance(value, Unknown) else value


def statement(condition: Any) -> Statement:
    written = {"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    (statement,) = statements(Value({"Statement": [written | ({"Condition": condition} if condition is not None else {})]}))
    assert isinstance(statement, Statement)
    return statement


def admitted(condition: Any) -> list[Any]:
    """Whether each subject that a statement admits is scoped."""
    return [fact(subject.scoped.data) if not isinstance(subject, Unknown) else "unknown" for subject in subjects(statement(condition))]


# Subjects of CI systems


@pytest.mark.parametrize(("subject", "expected"), [
    (MAIN, True), ("repo:trade/app:environment:prod", True), ("repo:trade/app:ref:refs/tags/v1", True),
    ("repo:trade/app:ref:refs/heads/release/*", True), ("repo:trade@1/app@2:ref:refs/heads/main", True),
    ("repo:trade/app:job_workflow_ref:trade/flows/.github/workflows/d.yml@refs/heads/main", True),
    ("job_workflow_ref:trade/flows/.github/workflows/d.yml@refs/heads/main", True),
    ("repository_id:123:environment:prod", True), ("repo:trade/app:environment:prod:job_workflow_ref:*", True),
    ("repo:trade/app:ref:refs/tags/*", False), ("repo:trade/app:ref:refs/heads/*", False), ("repo:trade/app:ref:refs/*", False),
    ("repo:trade/app:ref:*", False), ("repo:trade/app:*", False), ("repo:trade/*", False), ("repo:*", False), ("*", False), ("", False),
    ("repo:trade/app:pull_request", False), ("repo:trade/app*:ref:refs/heads/main", False), ("repo:trade/*:ref:refs/heads/main", False),
    ("repo:*/app:ref:refs/heads/main", False), ("repo:trade/app:environment:*", False), ("repo:trade/ap?:ref:refs/heads/main", False),
    ("repo:${aws:username}/app:environment:prod", False), ("repo:trade/app:job_workflow_ref:*", False),
    ("repo:trade/app:job_workflow_ref:trade/flows/.github/workflows/*@*", False), ("repository_owner:trade", False),
    ("repository_owner:trade:repository_visibility:private", False), ("repository_id:123", False), ("repository_id:*:environment:prod", False),
    ("*:environment:prod", False), ("repo:app:environment:prod", False), ("something else", "unknown"), ("something else*", False),
    (WHY, "unknown"), (Text(("repo:trade/app:environment:", WHY)), "unknown"), (Text(("repo:", WHY, ":ref:refs/heads/main")), "unknown"),
    (Text(("repo:trade/", WHY)), "unknown"), (Text(("repo:", WHY, ":*")), False), (Text(("repo:", WHY, "*")), False),
])  # fmt: skip
def test_which_github_runs_are_admitted(subject: Any, expected: Any) -> None:
    assert admitted({"StringLike": {f"{GITHUB}:sub": subject}}) == [expected]


ORG = "6b376885-8f20-45b2-ba2f-c27c0919bc6d"


@pytest.mark.parametrize(("subject", "expected"), [
    ("project_path:trade/app:ref_type:branch:ref:main", True), ("project_path:trade/team/app:ref_type:tag:ref:v1", True),
    ("project_path:trade/*:ref_type:branch:ref:main", False), ("project_path:trade/app:ref_type:branch:ref:*", False),
    ("project_path:trade/app:ref_type:*:ref:main", False), ("project_path:trade/app:*", False),
    ("organization:trade:project:p:workspace:w:run_phase:apply", True), ("organization:trade:project:p:workspace:w:run_phase:*", True),
    ("organization:trade:project:*:workspace:w:run_phase:apply", False), ("organization:*:project:p:workspace:w:run_phase:*", False),
    ("organization:trade:project:p:workspace:*", False), ("organization:trade:*", False),
    ("organization:trade:project:p:stack:s:deployment:prod:operation:apply", True),
    ("organization:trade:pipeline:app:ref:refs/heads/main:commit:*:step:*", True), ("organization:trade:pipeline:app:*", False),
    ("organization:trade:pipeline:*:ref:refs/heads/main:commit:*:step:*", False),
    (f"org/{ORG}/project/1-2/user/*/vcs-origin/github.com/trade/app/vcs-ref/refs/heads/main", True),
    (f"org/{ORG}/project/*/user/*/vcs-origin/github.com/trade/app/vcs-ref/refs/heads/main", False),
    (f"org/{ORG}/project/1-2/user/*/vcs-origin/*/vcs-ref/*", False), (f"org/{ORG}/project/1-2/user/*", False), (f"org/{ORG}/*", False),
    ("{0a-1b}:{2c-3d}:*", True), ("{0a-1b}:{2c-3d}:{4e-5f}", True), ("{0a-1b}:*", False), ("{0a-1b*}:{2c-3d}:*", False), ("{*}:{2c-3d}:*", False),
    ("space:root:stack:infra:run_type:TRACKED:scope:write", True), ("space:root:stack:infra:run_type:*", True), ("space:root:*", False),
    ("space:root:stack:*:run_type:TRACKED:scope:write", False),
    ("account:trade:environment:prod:workspace:infra", True), ("account:trade:environment:prod:workspace:*", False),
    ("pulumi:deploy:org:trade:project:core:stack:prod:operation:update:scope:write", True), ("pulumi:deploy:org:trade:project:core:*", False),
    ("pulumi:deploy:org:trade:*", False),
    ("account:1a:pipeline:2b:scm_repo_url:https://github.com/trade/app:scm_user_name:*:scm_ref:main", True), ("account:1a:pipeline:2b:*", False),
    ("org:trade:project:936a:repo:web:ref_type:branch:ref:refs/heads/main", True), ("org:trade:project:936a:repo:web:*", False),
    ("owner:trade:project:app:environment:production", True), ("owner:trade:project:app:environment:*", False), ("owner:trade:*", False),
    ("account/1a:org/trade:project/app", True), ("account/1a:org/trade:project/*", False),
    ("sc://trade/app/prod", True), ("sc://trade/app/*", False), ("sc://trade/*", False), ("sc://trade/app", False),
])  # fmt: skip
def test_the_subjects_of_other_systems(subject: str, expected: bool) -> None:
    assert admitted({"StringLike": {"ci.example.com:sub": subject}}) == [expected]
    assert claims.names_ci(subject.replace("*", ANY)) or not expected


@pytest.mark.parametrize(("equal", "like", "expected"), [
    ({"repository_id": "123", "environment": "production"}, {"sub": "repo:trade/app:*"}, [True]),
    ({"repository": "trade/app", "ref": "refs/heads/main"}, {"sub": "repo:trade/*"}, [True]),
    ({"repository": "trade/app", "ref": "refs/heads/main"}, {}, [True]),
    ({"repository": ["trade/app", "trade/web"], "ref": "refs/heads/main"}, {}, [True, True]),
    ({"sub": MAIN}, {"job_workflow_ref": "trade/flows/.github/workflows/*@*"}, [True]),
    ({"environment": "production"}, {"sub": "repo:*"}, [False]), ({"environment": "production"}, {"sub": "repo:trade/app:*"}, [True]),
    ({"environment": ["production", WHY]}, {"sub": "repo:trade/app:*"}, ["unknown"]), ({}, {"sub": [MAIN, "repo:trade/*"]}, [True, False]),
    ({"ref": "refs/heads/main"}, {"sub": ["repo:trade/app:*", "repo:*"]}, [True, False]), ({"repository": "trade/app"}, {}, [False]),
    ({"sub": MAIN}, {"ref": "*"}, [True]), ({}, {"ref": ["refs/heads/main", "*"], "sub": "repo:trade/app:*"}, [False]),
    ({"actor": "alice"}, {"sub": "repo:trade/app:*"}, [False]), ({"actor": "alice", "enterprise_id": "1"}, {}, [False]),
    ({"job_workflow_ref": "trade/app/.github/workflows/d.yml@refs/heads/main"}, {}, [True]),
    ({}, {"job_workflow_ref": "trade/app/.github/workflows/*"}, [False]),
])  # fmt: skip
def test_conditions_of_one_statement_hold_together(equal: dict[str, Any], like: dict[str, Any], expected: list[Any]) -> None:
    keyed = {"StringEquals": {f"{GITHUB}:{name}": value for name, value in equal.items()}}
    assert admitted(keyed | {"StringLike": {f"{GITHUB}:{name}": value for name, value in like.items()}}) == expected


def test_two_conditions_on_the_subject_hold_together() -> None:
    assert admitted({"StringLike": {f"{GITHUB}:sub": "repo:trade/*"}, "StringEquals": {f"{GITHUB}:sub": MAIN}}) == [True]


@pytest.mark.parametrize(("condition", "expected"), [
    (None, [False]), ({"StringEquals": AUDIENCE}, [False]), ({"ForAllValues:StringLike": {f"{GITHUB}:sub": MAIN}}, [False]),
    ({"StringLikeIfExists": {f"{GITHUB}:sub": MAIN}}, [False]), ({"StringNotEquals": {f"{GITHUB}:sub": MAIN}}, [False]),
    ({"ForAnyValue:StringEquals": {f"{GITHUB}:sub": MAIN}}, [True]),
    ({"ForAllValues:StringLike": {f"{GITHUB}:sub": MAIN}, "Null": {f"{GITHUB}:sub": "false"}}, [True]),
    ({"ForAllValues:StringLike": {f"{GITHUB}:sub": MAIN}, "Null": {f"{GITHUB}:sub": "true"}}, [False]),
    ({"StringEquals": {f"{GITHUB.upper()}:SUB": MAIN}}, [True]), (WHY, ["unknown"]),
])  # fmt: skip
def test_which_conditions_count(condition: Any, expected: list[Any]) -> None:
    assert admitted(condition) == expected


@pytest.mark.parametrize(("condition", "expected"), [
    ({"StringEquals": AUDIENCE}, True), ({"StringLike": {f"{GITHUB}:aud": "*"}}, False), ({"StringEquals": {f"{GITHUB}:aud": WHY}}, "unknown"),
    ({"StringLike": {f"{GITHUB}:aud": "*"}, "StringEquals": AUDIENCE}, True), ({"ForAllValues:StringEquals": AUDIENCE}, False),
    (None, False), (WHY, "unknown"),
])  # fmt: skip
def test_the_audience(condition: Any, expected: Any) -> None:
    assert fact(audience(statement(condition))) == expected


@given(
    subject=st.lists(
        st.sampled_from(["repo:trade/app", "repo:trade/*", "*", ":", "ref:refs/heads/main", "environment:prod", "pull_request", "?"])
    ),
    more=st.text(alphabet="*?", max_size=2),
)
def test_a_wider_subject_is_never_better(subject: list[str], more: str) -> None:
    narrow, wide = ":".join(subject), ":".join(subject) + more
    if admitted({"StringLike": {f"{GITHUB}:sub": wide}}) == [True]:
        assert admitted({"StringLike": {f"{GITHUB}:sub": narrow}}) == [True]


@pytest.mark.parametrize(("url", "expected"), [
    (f"https://{GITHUB}", "ci"), (GITHUB_ARN, "ci"), (f"https://{GITHUB}/trade", "ci"), ("https://ghe.example.com/_services/token", "ci"),
    ("https://token.actions.trade.ghe.com", "ci"), ("https://gitlab.com", "ci"), ("https://gitlab.example.com:8443", "ci"),
    ("https://git.example.com", None), ("https://evil-token.example.com", None), (f"https://{GITHUB}.evil.example", None),
    ("https://trade.app.spacelift.io", "ci"), ("https://trade.semaphoreci.com", "ci"), (f"oidc.circleci.com/org/{ORG}", "ci"),
    ("https://accounts.google.com", "other"), ("https://confidentialcomputing.googleapis.com", "other"),
    ("https://container.googleapis.com/v1/projects/p/locations/l/clusters/c", "other"), ("https://oidc.eks.eu-west-1.amazonaws.com/id/AB", "other"),
    ("https://login.microsoftonline.com/1/v2.0", "other"), ("https://trade.okta.com", "other"), ("https://sso.example.com/realms/trade", "other"),
    ("arn:aws:iam::111122223333:saml-provider/corp", "other"), (Text(("arn:aws:iam::", WHY, f":oidc-provider/{GITHUB}")), "ci"),
])  # fmt: skip
def test_who_is_a_ci_system(url: Any, expected: str | None) -> None:
    assert issuers.sort(issuers.name(url)) == expected


# Who may take on a role


def role(account: str | None = ACCOUNT) -> Role:
    return Role(cast(View, SimpleNamespace(account=account)), None, None)


def scoped(principal: Any, condition: Any = None, *others: Any, **fields: Any) -> Any:
    allow = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **fields} | (
        {"Condition": condition} if condition else {}
    )
    trusts = aws_trusts(Value({"Statement": [allow, *others]}), role())
    results = ["unknown" if isinstance(trust, Unknown) else fact(trust.scoped.data) for trust in trusts]
    return results[0] if len(results) == 1 else results


EXTERNAL = {"StringEquals": {"sts:ExternalId": "shared"}}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@pytest.mark.parametrize(("principal", "condition", "expected"), [
    ({"Service": "ecs-tasks.amazonaws.com"}, None, True), ("*", None, False), ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
    ("*", EXTERNAL, False), ({"AWS": "*"}, None, False), (ROOT, None, False), ({"AWS": ACCOUNT}, None, False), ({"AWS": ACCOUNT}, MFA, True),
    (ROOT, {"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/r"}}, True),
    (ROOT, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}, True),
    (ROOT, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/deploy-*"}}, True),
    (ROOT, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}, False),
    (ROOT, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:*"}}, False), (ROOT, {"ArnLike": {"aws:PrincipalArn": "*"}}, False),
    (ROOT, {"ArnLike": {"aws:PrincipalArn": Text((f"arn:aws:iam::{ACCOUNT}:role/", WHY))}}, "unknown"),
    (ROOT, {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, False),
    (ROOT, {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, True), (ROOT, {"StringLike": {"aws:userid": "*:deploy"}}, False),
    (ROOT, {"StringLike": {"aws:userid": "*"}}, False), (ROOT, {"StringLike": {"aws:userid": "AROA*"}}, False),
    ("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}, False),
    ("*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/deploy"}}, True),
    ("*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}, False),
    ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"}, None, True), ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, None, False),
    ({"AWS": "arn:aws:iam::444455556666:role/r"}, None, False), ({"AWS": "arn:aws:iam::444455556666:role/r"}, EXTERNAL, True),
    ({"AWS": Text(("arn:aws:iam::444455556666:role/", WHY))}, None, False), ({"AWS": Reference("aws_iam_role.r", "arn")}, None, True),
    ({"AWS": Text((f"arn:aws:iam::{ACCOUNT}:", WHY))}, None, "unknown"), ({"AWS": Text((f"arn:aws:iam::{ACCOUNT}:", WHY))}, EXTERNAL, True),
    ({"AWS": Text((f"arn:aws:iam::{ACCOUNT}:role/", WHY))}, None, True),
    ({"AWS": Text(("arn:aws:iam::", Reference("data.aws_caller_identity.me", "account_id"), ":role/*"))}, None, False),
    ({"AWS": WHY}, None, "unknown"), ({"AWS": WHY}, EXTERNAL, True), ({"AWS": ACCOUNT}, {"Bool": {"aws:MultiFactorAuthPresent": "false"}}, False),
    (WHY, None, "unknown"), ({"Federated": GITHUB_ARN}, None, []), ({"Service": ["a.amazonaws.com"], "AWS": "*"}, None, [True, False]),
])  # fmt: skip
def test_who_may_take_on_a_role(principal: Any, condition: Any, expected: Any) -> None:
    assert scoped(principal, condition) == expected


def test_a_role_of_an_account_that_is_not_known_may_be_of_the_account_that_is_named() -> None:
    named = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/r"}, "Action": "sts:AssumeRole"}
    (trust,) = aws_trusts(Value({"Statement": [named]}), role(account=None))
    assert trust.scoped.data is True


@pytest.mark.parametrize(("issuer", "condition", "expected"), [
    ("accounts.google.com", None, False), ("accounts.google.com", {"aud": "123.apps.googleusercontent.com"}, True),
    ("accounts.google.com", {"oaud": "anything"}, False), ("accounts.google.com", {"sub": "1234"}, True),
    ("www.amazon.com", {"app_id": "amzn1.application-oa2-client.1"}, True), ("graph.facebook.com", {"app_id": "1"}, True),
    ("cognito-identity.amazonaws.com", {"aud": "eu-west-1:1-2"}, True), ("cognito-identity.amazonaws.com", {"amr": "authenticated"}, False),
    ("cognito-identity.amazonaws.com", {"aud": "eu-west-1:*"}, False), ("cognito-identity.amazonaws.com", {"aud": WHY}, "unknown"),
    ("trade.okta.com", {"aud": "0oa1"}, True), ("trade.okta.com", {"aud": "sts.amazonaws.com"}, False), ("idp.example.com", {"sub": "*"}, False),
    ("idp.example.com", {"sub": "a"}, True), ("idp.example.com", {"sub": ["a", "*"]}, False), ("idp.example.com", {"sub": WHY}, "unknown"),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", {"aud": "sts.amazonaws.com"}, False), ("oidc.eks.eu-west-1.amazonaws.com/id/AB", {"aud": "x"}, False),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", {"sub": "system:serviceaccount:trade:order"}, True),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", {"sub": "system:serviceaccount:trade:*"}, True),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", {"sub": "system:serviceaccount:*:order"}, False),
    ("oidc.eks.eu-west-1.amazonaws.com/id/AB", {"sub": "system:serviceaccount:tra*:order"}, False),
])  # fmt: skip
def test_identity_providers_that_are_no_ci_systems(issuer: str, condition: dict[str, Any] | None, expected: Any) -> None:
    who = issuer if issuer.endswith(".com") and "oidc" not in issuer else f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    keyed = {"StringLike": {f"{issuer}:{name}": value for name, value in (condition or {}).items()}}
    assert scoped({"Federated": who}, keyed if condition else None, Action="sts:AssumeRoleWithWebIdentity") == expected


def test_saml() -> None:
    corp = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"}
    assert scoped(corp, Action="sts:AssumeRoleWithSAML") is False
    assert scoped(corp, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, Action="sts:AssumeRoleWithSAML") is True
    assert scoped(corp, {"StringLike": {"SAML:aud": "*"}}, Action="sts:AssumeRoleWithSAML") is False


def test_a_trust_policy_that_denies_or_is_not_known() -> None:
    assert scoped("*", Effect="Deny") == []
    assert scoped("*", Action="sts:TagSession") == []
    assert scoped("*", Action=["sts:TagSession", "sts:*"]) is False
    assert scoped("*", Action=WHY) is False
    assert aws_trusts(Value(WHY), role(None)) == [WHY]
    assert aws_trusts(Value(None), role(None)) == []


def test_everybody_but_a_provider_is_everybody() -> None:
    allow = {"Effect": "Allow", "NotPrincipal": {"Federated": GITHUB_ARN}, "Action": "sts:AssumeRole"}
    (trust,) = aws_trusts(Value({"Statement": [allow]}), role())
    assert (trust.principal.data, trust.scoped.data) == (f"anyone but {GITHUB_ARN}", False)


@pytest.mark.parametrize(("principal", "denial", "expected"), [
    ("*", {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True), ("*", {"Bool": {"aws:SecureTransport": "false"}}, False),
    ({"Federated": "accounts.google.com"}, {"StringNotEquals": {"accounts.google.com:sub": "1"}}, True),
    ({"Federated": "accounts.google.com"}, {"StringNotEquals": {"accounts.google.com:sub": "1", "aws:SourceVpc": "vpc-1"}}, False),
    ({"Federated": "accounts.google.com"}, {"StringNotLike": {"accounts.google.com:sub": "*"}}, False),
])  # fmt: skip
def test_what_a_denial_leaves(principal: Any, denial: Any, expected: bool) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": denial}
    assert scoped(principal, None, deny) == expected


def test_a_role_of_everybody_but_ci_systems_is_not_theirs_alone() -> None:
    github = {"Effect": "Allow", "Principal": {"Federated": GITHUB_ARN}, "Action": "sts:AssumeRoleWithWebIdentity"}
    others = {"Effect": "Allow", "NotPrincipal": {"Federated": GITHUB_ARN}, "Action": "sts:AssumeRole"}
    assert ci_only(Value({"Statement": [github]}), role()).data is True
    assert ci_only(Value({"Statement": [github, others]}), role()).data is False


def test_a_role_of_ci_systems_alone() -> None:
    def only(*principals: Any, effect: str = "Allow") -> Any:
        allow = [{"Effect": effect, "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity"} for principal in principals]
        return ci_only(Value({"Statement": allow}), role()).data

    assert only({"Federated": GITHUB_ARN}) is True
    assert only({"Federated": GITHUB_ARN}, {"Federated": "gitlab.com"}) is True
    assert only({"Federated": GITHUB_ARN}, {"Federated": "accounts.google.com"}) is False
    assert only({"Federated": GITHUB_ARN}, {"Service": "y"}) is False
    assert only({"Federated": GITHUB_ARN}, "*") is False
    assert only({"Federated": GITHUB_ARN}, effect="Deny") is False
    assert only() is False
    assert ci_only(Value(WHY), role()).data is False


# Identities of Google's pools


@pytest.mark.parametrize(("member", "expected"), [
    ("principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*", [("ci", "1", "*")]),
    ("principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/a/b", [("ci", "1", "subject/a/b")]),
    (Text(("principalSet://iam.googleapis.com/", Reference("google_iam_workload_identity_pool.p", "name"), "/attribute.repository/a/b")),
     [("google_iam_workload_identity_pool.p", None, "attribute.repository/a/b")]),
    (Text(("principalSet://iam.googleapis.com/projects/", WHY, "/locations/global/workloadIdentityPools/ci/attribute.repository/", WHY)),
     [("ci", None, "attribute.repository/\ue012")]),
    (Text(("principalSet://iam.googleapis.com/", WHY, "/attribute.repository/a/b")), [(None, None, None)]),
    (WHY, [(None, None, None)]), ("user:a@example.com", []), ("allUsers", []), (Text(("serviceAccount:", WHY)), []),
    (Reference("google_service_account.a", "member"), []),
    ("principalSet://iam.googleapis.com/locations/global/workforcePools/people/*", []),
    # Marks of our own in a name that somebody chose mean nothing.
    ("principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci\0007\0/*", [("ci7", "1", "*")]),
])  # fmt: skip
def test_the_pool_of_a_member(member: Any, expected: list[tuple[Any, ...]]) -> None:
    member_list = pools.members([Binding("roles/iam.workloadIdentityUser", member, None, ())])
    assert [
        (pool, *((kept.project, kept.who) if isinstance(kept, pools.PoolMember) else (None, None))) for pool, kept in member_list
    ] == expected


def test_unknown_members_of_other_roles_are_no_identities_of_a_pool() -> None:
    assert list(pools.members([Binding("roles/run.invoker", WHY, None, ())])) == []
    assert list(pools.members([WHY])) == [(None, WHY)]
