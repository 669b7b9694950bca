"""Which trails of CloudTrail record everything that is read from a bucket and written to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scans import judge, write

SITE = """
resource "aws_s3_bucket" "site" {
  bucket = "trade-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({Statement = [{Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::trade-site/*"}]})
}
"""


def trail(*selectors: str, more: str = "") -> str:
    return f'resource "aws_cloudtrail" "this" {{\n  name = "trade"\n  s3_bucket_name = "trade-trail"\n{more}\n{"".join(selectors)}}}\n'


def basic(*values: str, more: str = "") -> str:
    return f'  event_selector {{\n{more}\n    data_resource {{\n      type = "AWS::S3::Object"\n      values = [{", ".join(values)}]\n    }}\n  }}\n'


def advanced(**fields: str) -> str:
    tests = {"eventCategory": 'equals = ["Data"]', "resources.type": 'equals = ["AWS::S3::Object"]'}
    tests |= {name.replace("__", "."): test for name, test in fields.items()}
    written = "".join(f'    field_selector {{\n      field = "{name}"\n      {test}\n    }}\n' for name, test in tests.items())
    return f"  advanced_event_selector {{\n{written}  }}\n"


def verdict(tmp_path: Path, *parts: str) -> str:
    results = judge(write(tmp_path, {"main.tf": "\n".join((SITE, *parts))}), "observe.edge-access-logs")
    return next(str(result.verdict) for result in results if result.resource.address == "aws_s3_bucket.site")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (('"arn:aws:s3"',), "pass"),
        (('"arn:aws:s3:::"',), "pass"),
        (('"arn:aws-cn:s3:::trade-site/"',), "pass"),
        (('"${aws_s3_bucket.site.arn}/"',), "pass"),
        (('"arn:aws:s3:::${aws_s3_bucket.site.bucket}/"',), "pass"),
        (('"arn:aws:s3:::trade-site-archive/"',), "fail"),
        (('"${aws_s3_bucket.site.arn}/reports/"',), "fail"),
        (('"${aws_s3_bucket.site.arn}/${var.prefix}"',), "unknown"),
        (('"${var.prefix}"', '"arn:aws:s3"'), "pass"),
        (('"arn:aws:s3:::${var.prefix}/"',), "unknown"),
        (('"arn:aws:s3:::orders-${var.prefix}/"',), "fail"),
        (('"arn:aws:lambda"',), "fail"),
    ],
)
def test_what_a_basic_selector_takes_in(tmp_path: Path, values: tuple[str, ...], expected: str) -> None:
    assert verdict(tmp_path, trail(basic(*values)), 'variable "prefix" {}') == expected


@pytest.mark.parametrize(
    ("value", "verdict_", "reason"),
    [
        ('"arn:aws:s3:::trade-${random_id.suffix.hex}/"', "unknown", "the value of random_id.suffix.hex is known after apply"),
        ('"${aws_s3_access_point.reports.arn}/"', "unknown", "the value of aws_s3_access_point.reports.arn is known after apply"),
        ('"${aws_s3_bucket.site.arn}/${random_id.suffix.hex}"', "unknown", "the value of random_id.suffix.hex is known after apply"),
        ('"arn:aws:s3:::orders-${random_id.suffix.hex}/"', "fail", ""),
        ('"${aws_s3_bucket.reports.arn}/"', "fail", ""),
        ('"arn:aws:s3:::${aws_s3_bucket.reports.id}/"', "fail", ""),
        ('"arn:${data.aws_partition.here.partition}:s3:::${aws_s3_bucket.site.id}/"', "pass", ""),
        ('"${aws_s3_bucket.each[0].arn}/"', "fail", ""),
        ("true", "unknown", "True is no text"),
    ],
)
def test_what_a_selector_refers_to(tmp_path: Path, value: str, verdict_: str, reason: str) -> None:
    code = f"""
resource "random_id" "suffix" {{
  byte_length = 4
}}

data "aws_partition" "here" {{}}

resource "aws_s3_bucket" "reports" {{
  bucket = "trade-reports-${{random_id.suffix.hex}}"
}}

resource "aws_s3_bucket" "each" {{
  count  = 2
  bucket = "trade-each-${{count.index}}"
}}

resource "aws_s3_access_point" "reports" {{
  bucket = aws_s3_bucket.reports.id
  name   = "reports"
}}
{SITE}
{trail(basic(value))}
"""
    results = judge(write(tmp_path, {"main.tf": code}), "observe.edge-access-logs")
    (result,) = [one for one in results if one.resource.address == "aws_s3_bucket.site"]
    assert (str(result.verdict), next((why.reason for why in result.unknown), "")) == (verdict_, reason)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "pass"),
        ({"eventSource": 'equals = ["s3.amazonaws.com"]'}, "pass"),
        ({"eventName": 'not_equals = ["HeadObject"]'}, "fail"),
        ({"readOnly": 'equals = ["false"]'}, "fail"),
        ({"readOnly": "equals = [var.direction]"}, "unknown"),
        ({"resources__type": 'equals = ["AWS::Lambda::Function"]'}, "fail"),
        ({"resources__type": "equals = [var.direction]"}, "unknown"),
        ({"resources__ARN": 'starts_with = ["arn:aws:s3:::trade-"]'}, "pass"),
        ({"resources__ARN": 'equals = ["arn:aws:s3:::trade-site/index.html"]'}, "fail"),
        ({"resources__ARN": 'ends_with = [".html"]'}, "fail"),
        ({"resources__ARN": 'not_starts_with = ["arn:aws:s3:::trade-trail/"]'}, "pass"),
        ({"resources__ARN": 'not_starts_with = ["arn:aws:s3:::trade-site/logs/"]'}, "fail"),
        ({"resources__ARN": 'not_equals = ["arn:aws:s3:::trade-site/index.html"]'}, "fail"),
        ({"resources__ARN": "not_starts_with = [var.direction]"}, "unknown"),
    ],
)
def test_what_an_advanced_selector_takes_in(tmp_path: Path, fields: dict[str, str], expected: str) -> None:
    assert verdict(tmp_path, trail(advanced(**fields)), 'variable "direction" {}') == expected


def test_reads_and_writes_may_be_recorded_apart(tmp_path: Path) -> None:
    reads, writes = (advanced(readOnly=f'equals = ["{flag}"]') for flag in ("true", "false"))
    assert verdict(tmp_path, trail(reads, writes)) == "pass"
    assert verdict(tmp_path, trail(basic('"arn:aws:s3"', more='    read_write_type = "ReadOnly"'))) == "fail"


@pytest.mark.parametrize(
    ("bucket", "value", "expected"),
    [
        ("var.name", '"arn:aws:s3:::${var.name}/"', "pass"),
        ("var.name", '"arn:aws:s3:::${var.other}/"', "unknown"),
        ("var.name", '"arn:aws:s3:::trade-site/"', "unknown"),
        ('"${var.name}-site"', '"arn:aws:s3:::${var.name}-site/"', "pass"),
        ('"${var.name}-site"', '"arn:aws:s3:::${var.name}-orders/"', "unknown"),
        ("var.name", '"arn:aws:s3"', "pass"),
    ],
)
def test_a_bucket_whose_name_is_not_known(tmp_path: Path, bucket: str, value: str, expected: str) -> None:
    code = SITE.replace('bucket = "trade-site"', f"bucket = {bucket}")
    write(tmp_path, {"main.tf": f'{code}\n{trail(basic(value))}\nvariable "name" {{}}\nvariable "other" {{}}\n'})
    results = judge(tmp_path, "observe.edge-access-logs")
    assert [result.verdict for result in results] == [expected]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "pass"),
        ("  enable_logging = false", "fail"),
        ("  enable_logging = var.on", "unknown"),
        ("  count = var.on ? 1 : 0", "unknown"),
        ("  provider = aws.other", "fail"),
        ("  provider = aws.other\n  is_multi_region_trail = true", "pass"),
        ("  provider = aws.account\n  is_multi_region_trail = true", "fail"),
        ("  provider = aws.account\n  is_multi_region_trail = true\n  is_organization_trail = true", "unknown"),
    ],
)
def test_a_trail_counts_where_it_is_on_and_for_the_bucket(tmp_path: Path, more: str, expected: str) -> None:
    providers = """
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias               = "other"
  region              = "us-west-2"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias               = "account"
  region              = "us-east-1"
  allowed_account_ids = ["222222222222"]
}

variable "on" {}
"""
    assert verdict(tmp_path, providers, trail(basic('"arn:aws:s3"'), more=more)) == expected


def test_a_private_bucket_is_no_matter_whatever_its_trail(tmp_path: Path) -> None:
    block = 'resource "aws_s3_bucket_public_access_block" "site" {\n  bucket = aws_s3_bucket.site.id\n  restrict_public_buckets = true\n}\n'
    assert verdict(tmp_path, block, trail(basic("var.objects")), 'variable "objects" {}') == "not_applicable"
