"""ARNs of policies held against those of resources."""

from __future__ import annotations

import pytest

from assay.scanner.analysis.access.arns import reaches, reaches_named, statement_reaches
from assay.scanner.analysis.access.whose import as_for
from assay.scanner.facts.model import Identity
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value

OPEN = chr(0xF0000)
TABLE = "arn:aws:dynamodb:us-east-1:*:table/audit"


@pytest.mark.parametrize(
    ("pattern", "arn", "reached"),
    [
        ("*", "arn:aws:s3:::orders/*", True),
        ("arn:aws:s3:::orders/*", "arn:aws:s3:::orders/*", True),
        ("arn:aws:s3:::orders/2026/*", "arn:aws:s3:::orders/*", True),
        ("arn:aws:s3:::ord*", "arn:aws:s3:::orders/*", True),
        ("arn:aws:s3:::orders", "arn:aws:s3:::orders/*", False),
        ("arn:aws:s3:::scratch/*", "arn:aws:s3:::orders/*", False),
        (f"arn:aws:s3:::{OPEN}/*", "arn:aws:s3:::orders/*", None),
        (f"arn:aws:s3:::trade-{OPEN}/*", "arn:aws:s3:::orders/*", False),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/audit", TABLE, True),
        ("arn:aws:dynamodb:*:*:table/*", TABLE, True),
        ("arn:aws:dynamodb:us-west-2:123456789012:table/audit", TABLE, False),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/audit/index/*", TABLE, False),
        # the wildcard of a region is none for what comes behind it
        ("arn:aws:dynamodb:*:*:table/b*", "arn:aws:dynamodb:*:*:table/a", False),
    ],
)
def test_what_a_pattern_reaches(pattern: str, arn: str, reached: bool | None) -> None:
    assert reaches(pattern, arn) is reached


WORKER = Identity(
    id="aws_iam_role.worker", name="worker", cloud="aws", account=None, region=None, address="aws_iam_role.worker", root=".", blocks=[]
)
ARN = "arn:aws:iam::123456789012:role/worker"


def denial(**more: object) -> Statement:
    (statement,) = statements(Value({"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", **more}}))
    assert isinstance(statement, Statement)
    return statement


AUDIT = "arn:aws:s3:::audit/*"


@pytest.mark.parametrize(
    ("excepted", "reached"),
    [
        (["arn:aws:s3:::scratch/*"], True),
        (["*"], False),
        ([AUDIT], False),
        ([f"arn:aws:s3:::{OPEN}/*"], None),
        # one exception that is known is enough
        ([f"arn:aws:s3:::{OPEN}/*", AUDIT], False),
        ([f"arn:aws:s3:::{OPEN}/*", "arn:aws:s3:::scratch/*"], None),
        # only some of it is excepted
        (["arn:aws:s3:::audit/2026/*"], True),
    ],
)
def test_what_a_statement_for_all_but_some_reaches(excepted: list[str], reached: bool | None) -> None:
    (statement,) = statements(Value({"Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": excepted}}))
    assert isinstance(statement, Statement)
    answer = statement_reaches(statement, AUDIT)
    assert isinstance(answer, Unknown) if reached is None else answer is reached
    # of something with two names, either may be excepted
    assert reaches_named(statement, [AUDIT, "arn:aws:s3:::audit"]) in (answer, False)


@pytest.mark.parametrize(
    ("named", "reached"),
    [
        ([AUDIT], True),
        (["arn:aws:s3:::scratch/*"], False),
        ([f"arn:aws:s3:::{OPEN}/*"], None),
        ([f"arn:aws:s3:::{OPEN}/*", AUDIT], True),
        ([f"arn:aws:s3:::{OPEN}/*", "arn:aws:s3:::scratch/*"], None),
    ],
)
def test_what_a_statement_for_some_reaches(named: list[str], reached: bool | None) -> None:
    (statement,) = statements(Value({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": named}}))
    assert isinstance(statement, Statement)
    for answer in (statement_reaches(statement, AUDIT), reaches_named(statement, ["arn:aws:s3:::other/*", AUDIT])):
        assert isinstance(answer, Unknown) if reached is None else answer is reached
    assert reaches_named(statement, []) is False


def unless(*arns: object) -> Statement:
    return denial(Principal="*", Condition={"ArnNotEquals": {"aws:PrincipalArn": list(arns)}})


def test_a_denial_of_everybody_is_for_each() -> None:
    assert as_for(denial(Principal="*"), WORKER) == denial()


@pytest.mark.parametrize("spared", [ARN, Reference("aws_iam_role.worker", "arn"), "arn:aws:iam::*:role/w*"])
def test_whom_it_spares_it_is_not_for(spared: object) -> None:
    assert as_for(unless(spared), WORKER) is None


def test_for_all_others_what_it_spares_is_no_condition() -> None:
    left = as_for(unless("arn:aws:iam::123456789012:role/break-glass"), WORKER)
    assert left is not None
    assert left.conditions == []


def test_whom_it_names_alone() -> None:
    assert as_for(denial(Principal={"AWS": ARN}), WORKER) == denial()
    assert as_for(denial(Principal={"AWS": "arn:aws:iam::123456789012:role/other"}), WORKER) is None


def test_a_name_that_is_not_known_may_be_spared() -> None:
    part = Text(("arn:aws:iam::123456789012:role/", Reference("var.role")))
    left = as_for(unless(part), WORKER)
    assert left is not None
    assert isinstance(left.allows, Unknown)


@pytest.mark.parametrize("truth", ["false", "true"])
def test_it_is_no_service_of_aws(truth: str) -> None:
    condition = {"BoolIfExists": {"aws:PrincipalIsAWSService": truth}}
    assert as_for(denial(Principal="*", Condition=condition), WORKER) == (denial() if truth == "false" else None)


def test_its_account_means_it_unless_that_is_spared() -> None:
    own = Text(("arn:aws:iam::", Reference("data.aws_caller_identity.own", "account_id"), ":root"))
    assert as_for(denial(Principal={"AWS": own}), WORKER) == denial()
    assert as_for(denial(NotPrincipal={"AWS": own}), WORKER) == denial()


def test_other_conditions_stay() -> None:
    left = as_for(denial(Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}}), WORKER)
    assert left is not None
    assert left.conditions != []
