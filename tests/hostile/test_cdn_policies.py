"""Documents about a CDN that are made to take long, or to look as if they kept everybody else away."""

from __future__ import annotations

import pytest

from assay.scanner.facts.edge.cdn.origin_policies import pinned
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

ARN = "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE"


def statement(condition: object) -> Statement:
    written = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Condition": condition}
    statement = statements(Value({"Statement": [written]}))[0]
    assert isinstance(statement, Statement)
    return statement


@pytest.mark.parametrize(
    ("condition", "is_pinned"),
    [
        ({"StringEquals": {"AWS:SourceArn": ARN}}, True),
        ({"ArnLike": {"aws:sourcearn": [ARN, ARN + "2"]}}, True),
        ({"StringEquals": {"aws:SourceArn": [ARN, "*"]}}, False),
        ({"StringLike": {"aws:SourceArn": ARN + "*"}}, False),
        ({"StringLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/E2EXAMPLE"}}, False),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:s3:::bucket"}}, False),
        ({"StringNotEquals": {"aws:SourceArn": ARN}}, False),
        ({"ForAllValues:StringEquals": {"aws:SourceArn": ARN}}, False),
        ({"StringEqualsIfExists": {"aws:SourceArn": ARN}}, False),
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, False),
        ({"StringEquals": {"aws:SourceArn": []}}, False),
        (None, False),
    ],
)
def test_only_a_source_that_names_distributions_pins_a_statement(condition: object, is_pinned: bool) -> None:
    assert pinned(statement(condition)).data is is_pinned


def test_a_source_that_is_not_known_pins_nothing() -> None:
    assert isinstance(pinned(statement({"StringEquals": {"aws:SourceArn": Unknown("a variable", "give it")}})).data, Unknown)
