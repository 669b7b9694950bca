"""Policy documents, whatever form they are written in: who is public, who is bounded, whose account it is."""

from __future__ import annotations

import fnmatch
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts import denials, policies
from assay.scanner.facts.bindings import google_bindings, google_policy_bindings
from assay.scanner.facts.policies import Grant, google_grants
from assay.scanner.facts.statements import BOUNDING_KEYS, Statement, bounded, principal_account, statements
from assay.scanner.sources.raw import Document, Either, Location, Reference, Text, Unknown
from assay.scanner.sources.values import Value

WHY = Unknown("it is not told", "tell it")
SEEN = (Location("main.tf", 3, 3),)


def document(*statements_: Any) -> Value[Any]:
    return Value({"Version": "2012-10-17", "Statement": list(statements_)}, SEEN)


def allow(**fields: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", **fields}


def grants(*statements_: Any, account: str | None = "111122223333", blocked: Any = None) -> list[Any]:
    return policies.aws_grants(document(*statements_), account, None if blocked is None else Value(blocked)).data


def public(**fields: Any) -> Any:
    (grant,) = grants(allow(**fields))
    return "unknown" if isinstance(grant.public.data, Unknown) else grant.public.data


def fact(value: Value[Any]) -> Any:
    return "unknown" if isinstance(value.data, Unknown) else value.data


# Forms


@pytest.mark.parametrize("form", [json.dumps, Document, lambda content: content], ids=["text", "document", "object"])
def test_the_form_of_a_document_does_not_matter(form: Any) -> None:
    (grant,) = policies.aws_grants(Value(form({"Statement": [allow()]}), SEEN), None).data
    assert (grant.principal.data, grant.actions.data, grant.public.data, grant.public.seen) == ("*", "s3:GetObject", True, SEEN)


def test_one_statement_needs_no_list_and_names_have_no_case() -> None:
    (statement,) = statements(Value({"Statement": {"effect": "ALLOW", "principal": "*", "ACTION": "s3:*", "Sid": "One"}}))
    assert isinstance(statement, Statement)
    assert (statement.allows, statement.principals, statement.actions, statement.sid) == (True, [("*", "*")], ["s3:*"], "One")


@pytest.mark.parametrize("empty", [None, "", {"Statement": []}, '{"Statement": []}', {"statement": []}])
def test_no_document_grants_nothing(empty: Any) -> None:
    assert statements(Value(empty)) == []


@pytest.mark.parametrize(
    "content",
    ["not json", "[1]", 5, WHY, [WHY], Reference("data.aws_iam_policy_document.d", "json"), {"Statement": WHY}, {}, {"Statements": []}],
)
def test_a_document_that_cannot_be_told_is_unknown_and_never_nothing(content: Any) -> None:
    (statement,) = statements(Value(content))
    assert isinstance(statement, Unknown)
    assert statement.settles_it


@pytest.mark.parametrize("content", [WHY, "text", 5, [], None, Reference("aws_iam_role.r")])
def test_a_statement_that_cannot_be_told_is_one_unknown_grant(content: Any) -> None:
    permissions = grants(allow(), content)
    assert [isinstance(permission, Grant) for permission in permissions] == [True, False]
    assert isinstance(permissions[1], Unknown)


@pytest.mark.parametrize("effect", [WHY, None, 5, Reference("x.y")])
def test_an_effect_that_cannot_be_told_is_unknown(effect: Any) -> None:
    (permission,) = grants(allow(Effect=effect))
    assert isinstance(permission, Unknown)


# Public


@pytest.mark.parametrize(("principal", "expected"), [
    ("*", True),
    ({"AWS": "*"}, True),
    ({"AWS": ["arn:aws:iam::111122223333:role/r", "*"]}, [False, True]),
    ({"AWS": "arn:aws:iam::111122223333:root"}, False),
    ({"Service": "cloudfront.amazonaws.com"}, False),
    ({"CanonicalUser": "79a59"}, False),
    ({"AWS": Reference("aws_iam_role.r", "arn")}, False),
    ({"AWS": "arn:aws:iam::*:root"}, True),
    ({"AWS": Either("w", "s", options=("*", "111122223333"))}, "unknown"),
    (Either("w", "s", options=("*", {"AWS": "*"})), True),
    (Either("w", "s", options=("*", {"AWS": ["111122223333"]})), "unknown"),
    ({"AWS": WHY}, "unknown"),
    (WHY, "unknown"),
])  # fmt: skip
def test_whom_a_principal_means(principal: Any, expected: Any) -> None:
    facts = [fact(grant.public) for grant in grants(allow(Principal=principal))]
    assert facts == (expected if isinstance(expected, list) else [expected])


def test_everyone_but_somebody_is_everyone() -> None:
    statement = allow(NotPrincipal={"AWS": "arn:aws:iam::111122223333:root"})
    del statement["Principal"]
    (grant,) = grants(statement)
    assert (grant.public.data, grant.principal.data) == (True, "anyone but arn:aws:iam::111122223333:root")


def test_a_denial_grants_nothing() -> None:
    assert grants(allow(Effect="Deny")) == []
    assert grants(allow(Effect="deny", Principal=WHY)) == []


def test_actions_in_words() -> None:
    assert [grant.actions.data for grant in grants(allow(Action=["a:B", "a:C"]))] == ["a:B, a:C"]
    statement = allow(NotAction="a:B")
    del statement["Action"]
    assert [grant.actions.data for grant in grants(statement)] == ["everything but a:B"]


BOUNDS = [
    {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    {"StringEquals": {"AWS:SOURCEVPCE": ["vpce-1", "vpce-2"]}},
    {"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    {"StringLike": {"aws:userid": "AROA:*"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}},
    {"ArnLike": {"aws:SourceArn": Text(("arn:aws:sns:", Unknown("which region", "name it"), ":111122223333:*"))}},
    {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}},
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    {"StringEquals": {"aws:SourceVpc": Reference("aws_vpc.v", "id")}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/*/ou-machinelearn/*", "o-a1b2c3d4e5/*"]}},
    {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}, "Null": {"aws:PrincipalOrgPaths": "false"}},
    {"ForAnyValue:StringLike": {"aws:VpceOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}},
    {"StringEquals": {"aws:VpceAccount": "111122223333"}},
    {"StringEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}},
    {"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:111122223333:vpc/*"}},
    {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}},
    {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
    {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    {"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "${aws:PrincipalOrgID}/*"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "${aws:ResourceOrgID}/*"}},
    {"StringLike": {"aws:PrincipalServiceName": "*.amazonaws.com"}},
    {"ArnLike": {"aws:PrincipalArn": Text(("arn:aws:iam::111122223333:role/", WHY))}},
    {"ArnLike": {"aws:PrincipalArn": Text(("arn:aws:iam::", Reference("AWS::AccountId"), ":role/*"))}},
    {"ArnLike": {"aws:PrincipalArn": Text((Reference("aws_iam_role.r", "arn"), "*"))}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": Text(("o-a1b2c3d4e5/", WHY, "/*"))}},
    {"IpAddress": {"aws:SourceIp": Text((Reference("aws_eip.e", "public_ip"), "/32"))}},
    {"StringLike": {"aws:PrincipalOrgID": Either("w", "s", options=("o-1", "o-2"))}},
    {"StringEquals": {"aws:SourceVpc": WHY}},
    {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceAccount": "111122223333"}},
]
NO_BOUNDS = [
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringLike": {"aws:Referer": "https://example.com/*"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
    {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}},
    {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    {"StringLike": {"aws:PrincipalOrgID": "*"}},
    {"StringLike": {"aws:userid": "*:me"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
    {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}},
    {"IpAddress": {"aws:SourceIp": "::/0"}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    {"StringEquals": {"aws:SourceVpc": []}},
    {"StringEquals": {"s3:x-amz-acl": "private"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/*"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/*", "*"]}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5*"}},
    {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}},
    {"ForAnyValue:StringLike": {"aws:VpceOrgPaths": "*"}},
    {"StringLike": {"aws:VpceAccount": "1111*"}},
    {"StringLike": {"aws:userid": "A*"}},
    {"StringLike": {"aws:userid": "AROA*:me"}},
    {"StringLike": {"aws:userid": "?*"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::????????????:role/admin"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam*"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::trade*"}},
    {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/24"}},
    {"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}},
    {"StringEquals": {"aws:ResourceAccount": "111122223333"}},
    {"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}},
    {"StringLike": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}*"}},
    {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalTag/account}"}},
    {"StringEquals": {"aws:PrincipalTag/team": "trade"}},
    {"Null": {"aws:PrincipalOrgID": "false"}},
    {"Bool": {"aws:PrincipalIsAWSService": []}},
    {},
]
UNTOLD = [
    WHY,
    {"StringEquals": WHY},
    {"StringLike": {"aws:PrincipalOrgID": WHY}},
    {"IpAddress": {"aws:SourceIp": WHY}},
    {"StringLike": {"aws:PrincipalOrgID": Either("w", "s", options=("*", "o-1"))}},
    {"StringLike": {"aws:PrincipalOrgID": Either("w", "s", options=(["*"], ["o-1"]))}},
    {"ArnLike": {"aws:PrincipalArn": Text(("arn:aws:iam::", WHY, ":role/*"))}},
    {"ArnLike": {"aws:PrincipalArn": Text((WHY, ":role/r"))}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": Text((WHY, "/*"))}},
    {"StringLike": {"aws:userid": Text((WHY, ":*"))}},
    {"StringEquals": {"aws:ResourceOrgID": WHY}},
    {"IpAddress": {"aws:SourceIp": Reference("aws_eip.e", "public_ip")}},
]


@pytest.mark.parametrize(("condition", "expected"), [
    *[(condition, False) for condition in BOUNDS], *[(condition, True) for condition in NO_BOUNDS], *[(condition, "unknown") for condition in UNTOLD],
])  # fmt: skip
def test_which_conditions_bound_everyone(condition: Any, expected: Any) -> None:
    assert public(Condition=condition) == expected


@pytest.mark.parametrize("condition", [*NO_BOUNDS, *UNTOLD])
def test_a_further_condition_never_widens(condition: Any) -> None:
    """All conditions of a statement must hold, so one that bounds is enough."""
    if isinstance(condition, dict) and not any(isinstance(tests, Unknown) for tests in condition.values()):
        assert public(Condition={**condition, "ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:topic"}}) is False


# Denials


def public_with(*denials: Any, **fields: Any) -> Any:
    """Whether what everyone is allowed stays public beside denials, whatever their order."""
    answers = []
    for written in ([allow(**fields), *denials], [*denials, allow(**fields)]):
        (grant,) = [grant for grant in grants(*written) if isinstance(grant, Grant)]
        answers.append(fact(grant.public))
    assert answers[0] == answers[1]
    return answers[0]


def deny(**fields: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", **fields}


def but(name: str, value: Any, **fields: Any) -> dict[str, Any]:
    """A denial of everything but something: `NotPrincipal`, `NotAction`, `NotResource`."""
    return {name: value, **{key: other for key, other in deny(**fields).items() if key != name.removeprefix("Not")}}


ENDPOINT = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
BUCKET = "arn:aws:s3:::orders"


@pytest.mark.parametrize(("denial", "expected"), [
    (deny(Condition=ENDPOINT), False),
    (deny(Principal={"AWS": "*"}, Condition=ENDPOINT), False),
    (deny(Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), False),
    (deny(Condition={"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-1/*"}}), False),
    (deny(Condition={"ForAnyValue:StringNotLikeIfExists": {"aws:PrincipalOrgPaths": "o-1/*"}}), False),
    (deny(Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), False),
    (deny(Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}), False),
    (deny(Condition={**ENDPOINT, "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), False),
    (deny(Condition={**ENDPOINT, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}), False),
    (deny(), False),
    (but("NotPrincipal", {"AWS": "arn:aws:iam::111122223333:root"}), False),
    (but("NotAction", "s3:PutObject"), False),
    (but("NotResource", "arn:aws:s3:::other/*"), "overlaps"),
    (deny(Condition={"Bool": {"aws:SecureTransport": "false"}}), True),
    (deny(Condition={**ENDPOINT, "Bool": {"aws:SecureTransport": "false"}}), True),
    (deny(Condition={"StringNotLike": {"aws:PrincipalOrgID": "*"}}), True),
    (deny(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}), True),
    (deny(Condition={"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}), True),
    (deny(Condition={"NotIpAddress": {"aws:SourceIp": "0.0.0.0/1"}}), True),
    (deny(Condition={"StringNotEquals": {"aws:PrincipalTag/team": "trade"}}), True),
    (deny(Condition={"Null": {"aws:PrincipalOrgID": "true"}}), True),
    (deny(Action="s3:PutObject", Condition=ENDPOINT), True),
    (deny(Action="s3:G?tObject", Condition=ENDPOINT), False),
    (deny(Principal={"AWS": "arn:aws:iam::111122223333:root"}, Condition=ENDPOINT), True),
    (deny(Resource=f"{BUCKET}/private/*", Condition=ENDPOINT), True),
    (but("NotPrincipal", {"AWS": "*"}), True),
    (but("NotAction", "s3:Get*"), True),
    (deny(Condition=WHY), "unknown"),
    (deny(Principal={"AWS": WHY}, Condition=ENDPOINT), "unknown"),
    (deny(Action=Text(("s3:", WHY)), Condition=ENDPOINT), "unknown"),
    (deny(Action=Text(("s3:Put", WHY)), Condition=ENDPOINT), True),
    (deny(Condition={"StringNotLike": {"aws:SourceVpce": WHY}}), "unknown"),
    (deny(Effect=WHY, Condition=ENDPOINT), "unknown"),
])  # fmt: skip
def test_which_denials_take_a_grant_from_everyone(denial: Any, expected: Any) -> None:
    resource = f"{BUCKET}/*"
    assert public_with(denial, Resource=resource) == (False if expected == "overlaps" else expected)


@pytest.mark.parametrize(("allowed", "refused", "expected"), [
    ([BUCKET, f"{BUCKET}/*"], f"{BUCKET}/*", False),  # s3:GetObject is no action of the bucket itself
    (f"{BUCKET}/*", BUCKET, True),
    (Text((Reference("aws_s3_bucket.b", "arn"), "/*")), Text((Reference("aws_s3_bucket.b", "arn"), "/*")), False),
    (Text((Reference("aws_s3_bucket.b", "arn"), "/*")), f"{BUCKET}/*", "unknown"),
    (Text((Reference("aws_s3_bucket.b", "arn"), "/*")), "*", False),
    (f"{BUCKET}/*", [BUCKET, f"{BUCKET}/*"], False),
    (f"{BUCKET}/*", WHY, "unknown"),
])  # fmt: skip
def test_of_which_resources_a_denial_is(allowed: Any, refused: Any, expected: Any) -> None:
    assert public_with(deny(Resource=refused, Condition=ENDPOINT), Resource=allowed) == expected


def test_denials_take_together_what_neither_takes_alone() -> None:
    actions = ["s3:GetObject", "s3:PutObject"]
    get, put = deny(Action="s3:GetObject", Condition=ENDPOINT), deny(Action="s3:PutObject")
    assert public_with(get, put, Action=actions) is False
    assert public_with(get, Action=actions) is True


def test_a_policy_that_is_too_long_to_compare_is_unknown() -> None:
    actions = [f"s3:Action{number}" for number in range(1000)]
    assert public_with(deny(Action=actions, Condition=ENDPOINT), Action=actions) == "unknown"


PATTERNS = st.text(alphabet="ab*?", max_size=5)


@given(one=PATTERNS, other=PATTERNS, text=st.text(alphabet="ab", max_size=5))
def test_patterns_are_compared_as_the_texts_they_stand_for(one: str, other: str, text: str) -> None:
    def matches(pattern: str) -> bool:
        return fnmatch.fnmatchcase(text, pattern)

    if denials.covers(one, other) and matches(other):
        assert matches(one)
    if matches(one) and matches(other):
        assert denials.overlaps(one, other)
    assert denials.covers("*", one)
    assert denials.covers(one, one)


CONDITIONS = st.sampled_from([condition for condition in BOUNDS + NO_BOUNDS if condition])


@given(conditions=st.lists(CONDITIONS, min_size=1, max_size=3), order=st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(conditions: list[Any], order: Any) -> None:
    written = [allow(Condition=condition) for condition in conditions]
    shuffled = written[:]
    order.shuffle(shuffled)
    assert sorted(grant.public.data for grant in grants(*written)) == sorted(grant.public.data for grant in grants(*shuffled))


TEXTS = st.sampled_from(
    ["*", "Allow", "Deny", "", "s3:*", "arn:aws:iam::111122223333:root", "111122223333", "aws:SourceIp", "StringEquals", "0.0.0.0/0"]
)
ANYTHING: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | TEXTS
    | st.just(WHY)
    | st.just(Reference("aws_iam_role.r", "arn"))
    | st.just(Text(("arn:", WHY))),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Statement", "Effect", "Principal", "AWS", "Action", "Condition", "StringEquals", "aws:SourceIp"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(content=ANYTHING, account=st.none() | st.just("111122223333"))
def test_no_document_is_a_crash(content: Any, account: str | None) -> None:
    for grant in policies.aws_grants(Value(content, SEEN), account).data:
        assert isinstance(grant, (Grant, Unknown))
        if isinstance(grant, Grant):
            assert grant.public.data in (True, False) or isinstance(grant.public.data, Unknown)
            assert isinstance(grant.principal.data, str)


@given(content=ANYTHING)
def test_text_and_object_say_the_same(content: Any) -> None:
    def plain(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: plain(value) for key, value in data.items()}
        return [plain(entry) for entry in data] if isinstance(data, list) else data if isinstance(data, (str, int, type(None))) else "x"

    record = plain(content)
    record = record if isinstance(record, dict) else {"Statement": record}
    one, other = (policies.aws_grants(Value(form), None).data for form in (record, json.dumps(record)))
    assert [repr(entry) for entry in one] == [repr(entry) for entry in other]


@given(
    statement=st.fixed_dictionaries(
        {"Effect": st.just("Allow"), "Principal": st.sampled_from(["*", {"AWS": "*"}])}, optional={"Condition": ANYTHING}
    )
)
def test_an_unknown_inside_never_makes_a_public_grant_private(statement: dict[str, Any]) -> None:
    """What is private stays private whatever the unknown parts turn out to be: here, that no condition at all is public."""
    (grant,) = grants(statement)
    if statement.get("Condition") is None:
        assert grant.public.data is True
    elif isinstance(statement["Condition"], Unknown):
        assert isinstance(grant.public.data, Unknown)


@pytest.mark.parametrize(("blocked", "expected"), [(True, False), (False, True), (WHY, "unknown")])
def test_a_block_takes_the_exposure_and_not_the_fact(blocked: Any, expected: Any) -> None:
    (grant,) = grants(allow(), blocked=blocked)
    assert (grant.public.data, fact(grant.exposed)) == (True, expected)
    (grant,) = grants(allow(Principal={"AWS": "111122223333"}), blocked=blocked)
    assert (grant.public.data, grant.exposed.data) == (False, False)


# Accounts


@pytest.mark.parametrize(("principal", "expected"), [
    ("111122223333", "111122223333"),
    ("arn:aws:iam::111122223333:root", "111122223333"),
    ("arn:aws-cn:sts::111122223333:assumed-role/r/s", "111122223333"),
    ("*", ""),
    ("AIDAEXAMPLE", ""),
    (Reference("aws_iam_role.r", "arn"), "this"),
    (Reference("module.m.aws_iam_role.r[0]", "arn"), "this"),
    (Reference("data.aws_caller_identity.me", "account_id"), "this"),
    (Reference("data.aws_iam_role.r", "arn"), "unknown"),
    (Text(("arn:aws:iam::", Reference("data.aws_caller_identity.me", "account_id"), ":root")), "this"),
    (Text(("arn:aws:iam::", WHY, ":root")), "unknown"),
    (Text(("arn:aws:iam::", Reference("data.aws_organizations_organization.o", "master_account_id"), ":root")), "unknown"),
    (Text(("arn:aws:iam::111122223333:role/", WHY)), "111122223333"),
    (Text((Reference("aws_iam_role.r", "arn"), "x")), "this"),
    (Text((WHY, ":root")), "unknown"),
    (WHY, "unknown"),
])  # fmt: skip
def test_the_account_of_a_principal(principal: Any, expected: str) -> None:
    account = principal_account(principal)
    assert ("unknown" if isinstance(account, Unknown) else account) == expected


@pytest.mark.parametrize(("principal", "account", "expected"), [
    ("444455556666", "111122223333", True),
    ("111122223333", "111122223333", False),
    ("arn:aws:iam::444455556666:role/r", None, "unknown"),
    (Reference("aws_iam_role.r", "arn"), None, False),
    (WHY, "111122223333", "unknown"),
])  # fmt: skip
def test_whether_a_grant_is_to_another_account(principal: Any, account: str | None, expected: Any) -> None:
    (grant,) = grants(allow(Principal={"AWS": principal}), account=account)
    assert fact(grant.foreign) == expected


def test_a_service_is_no_other_account() -> None:
    (grant,) = grants(allow(Principal={"Service": "s3.amazonaws.com"}))
    assert grant.foreign.data is False


# Google


@pytest.mark.parametrize(("member", "expected"), [
    ("allUsers", True),
    ("allAuthenticatedUsers", True),
    ("user:a@example.com", False),
    ("domain:example.com", False),
    (Reference("google_service_account.s", "member"), False),
    (Text(("serviceAccount:", Reference("google_service_account.s", "email"))), False),
    (Text(("all", WHY)), "unknown"),
    (WHY, "unknown"),
])  # fmt: skip
def test_public_members(member: Any, expected: Any) -> None:
    (grant,) = google_grants(google_bindings(Value("roles/storage.objectViewer"), Value([member]), Value(None)))
    assert (fact(grant.public), grant.actions.data) == (expected, "roles/storage.objectViewer")
    (blocked,) = (
        google_grants(google_bindings(Value("r"), Value(member), Value(None)), Value(True)) if not isinstance(member, Unknown) else (grant,)
    )
    assert isinstance(member, Unknown) or blocked.exposed.data is False


def test_a_whole_google_policy() -> None:
    policy = {
        "bindings": [
            {"role": "r", "members": ["allUsers", "user:a"], "condition": {"expression": "true"}},
            WHY,
            {"role": "r", "members": WHY},
        ]
    }
    for form in (policy, Document(policy)):
        bindings = google_policy_bindings(Value(form, SEEN))
        assert [(binding.member, binding.condition) if not isinstance(binding, Unknown) else "unknown" for binding in bindings] == [
            ("allUsers", "true"), ("user:a", "true"), "unknown", "unknown",
        ]  # fmt: skip
    assert google_policy_bindings(Value(None)) == []
    (bindings,) = google_policy_bindings(Value("not json"))
    assert isinstance(bindings, Unknown)


def test_the_keys_that_bound_are_lower_case() -> None:
    assert {key.lower() for key in BOUNDING_KEYS} == BOUNDING_KEYS
    (statement,) = statements(document(allow(Condition={"StringEquals": {"kms:ViaService": "s3"}})))
    assert isinstance(statement, Statement)
    assert bounded(statement).data is False
    assert bounded(statement, {"kms:viaservice"}).data is True
