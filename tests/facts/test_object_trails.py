"""Which trails of CloudTrail record every read and every write of an object, of every bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.test_bucket_trails import advanced, basic, trail
from tests.scans import judge, write

WHOLE = "  is_multi_region_trail = true\n"


def verdicts(tmp_path: Path, *parts: str) -> list[str]:
    results = judge(write(tmp_path, {"main.tf": "\n".join((*parts, 'variable "open" {}'))}), "audit.object-events-recorded")
    return sorted({str(result.verdict) for result in results if result.resource.address == "aws_cloudtrail.this"})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (('"arn:aws:s3"',), "pass"),
        (('"arn:aws-us-gov:s3"',), "pass"),
        (('"arn:aws:s3:::"',), "pass"),
        (('"${var.open}"', '"arn:aws:s3"'), "pass"),
        (('"arn:aws:s3:::trade"',), "fail"),
        (('"arn:aws:s3:::trade-${var.open}/"',), "fail"),
        (('"arn:aws:s3:::${var.open}"',), "unknown"),
        (('"${var.open}"',), "unknown"),
        (("null",), "fail"),
    ],
)
def test_what_a_basic_selector_takes_in(tmp_path: Path, values: tuple[str, ...], expected: str) -> None:
    assert verdicts(tmp_path, trail(basic(*values), more=WHOLE)) == [expected]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "pass"),
        ({"eventSource": 'equals = ["s3.amazonaws.com"]'}, "pass"),
        ({"resources__ARN": 'starts_with = ["arn:aws:s3:::trade/", "arn:aws:s3:::"]'}, "pass"),
        ({"readOnly": 'equals = ["true", "false"]'}, "pass"),
        ({"readOnly": "equals = [var.open]"}, "unknown"),
        ({"eventName": 'not_equals = ["HeadObject"]'}, "fail"),
        ({"userIdentity__arn": 'not_starts_with = ["arn:aws:sts::123456789012:assumed-role/scan"]'}, "fail"),
        ({"eventCategory": 'equals = ["Management"]'}, "fail"),
        ({"resources__type": 'equals = ["AWS::S3::AccessPoint"]'}, "fail"),
        ({"resources__ARN": 'starts_with = ["arn:aws:s3:::trade"]'}, "fail"),
        ({"resources__ARN": 'equals = ["arn:aws:s3:::trade/a"]'}, "fail"),
        ({"resources__ARN": 'not_ends_with = [".tmp"]'}, "fail"),
        ({"resources__ARN": 'not_starts_with = ["arn:aws:s3:::trade-logs/"]'}, "fail"),
        ({"resources__ARN": "not_starts_with = [var.open]"}, "unknown"),
    ],
)
def test_what_an_advanced_selector_takes_in(tmp_path: Path, fields: dict[str, str], expected: str) -> None:
    assert verdicts(tmp_path, trail(advanced(**fields), more=WHOLE)) == [expected]


def test_what_one_selector_leaves_out_another_may_record(tmp_path: Path) -> None:
    narrow = advanced(resources__ARN='not_starts_with = ["arn:aws:s3:::trade-logs/"]')
    assert verdicts(tmp_path, trail(narrow, advanced(), more=WHOLE)) == ["pass"]
    assert verdicts(tmp_path, trail(narrow, advanced(readOnly='equals = ["false"]'), more=WHOLE)) == ["fail"]
    assert verdicts(tmp_path, trail(narrow, advanced(readOnly="equals = [var.open]"), more=WHOLE)) == ["unknown"]


ELSEWHERE = 'provider "aws" {\n  alias = "other"\n  region = "us-east-1"\n  allowed_account_ids = ["111122223333"]\n}\n'
HERE = 'provider "aws" {\n  region = "us-east-1"\n  allowed_account_ids = ["444455556666"]\n}\n'


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (WHOLE, "pass"),
        ("", "fail"),
        (f"{WHOLE}  enable_logging = false\n", "fail"),
        (f"{WHOLE}  count = var.open\n", "unknown"),
        (f"{WHOLE}  provider = aws.other\n", "fail"),
        ("  is_multi_region_trail = var.open\n", "unknown"),
    ],
)
def test_a_trail_beside_counts_if_it_is_of_the_account_and_works(tmp_path: Path, more: str, expected: str) -> None:
    beside = trail(basic('"arn:aws:s3"'), more=more).replace('"this"', '"beside"').replace('name = "trade"', 'name = "beside"')
    assert verdicts(tmp_path, HERE, ELSEWHERE, trail(more=WHOLE), beside) == [expected]
