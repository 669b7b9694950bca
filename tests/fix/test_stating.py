"""Statements that come to policies that are there, as these are written; the rest stays, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fix.test_evidence import fixed

TLS = ["--no-config", "--write", "--control", "storage.tls-only-policy"]
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "orders"\n}\n\n'
POLICY = BUCKET + 'resource "aws_s3_bucket_policy" "b" {\n  bucket = aws_s3_bucket.b.id\n  policy = %s\n}\n'
ROLE = '"arn:aws:iam::123456789012:role/order"'
READ = f'Effect = "Allow", Principal = {{ AWS = {ROLE} }}, Action = "s3:GetObject", Resource = "${{aws_s3_bucket.b.arn}}/*"'
MEMBERS = """
      Sid       = "DenyInsecureTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }"""
IN_LINE = (
    '{ Sid = "DenyInsecureTransport", Effect = "Deny", Principal = "*", Action = "s3:*", '
    'Resource = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } }'
)
JSON_READ = f'{{"Effect": "Allow", "Principal": {{"AWS": {ROLE}}}, "Action": "s3:GetObject", "Resource": "${{aws_s3_bucket.b.arn}}/*"}}'
JSON_DENY = """{
          "Sid": "DenyInsecureTransport",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "s3:*",
          "Resource": [
            "${aws_s3_bucket.b.arn}",
            "${aws_s3_bucket.b.arn}/*"
          ],
          "Condition": {
            "Bool": {
              "aws:SecureTransport": "false"
            }
          }
        }"""
TEXT = '<<-EOT\n    {\n      "Statement": [\n        %s\n      ]\n    }\n  EOT'
CASES = {
    "in one line": (f"jsonencode({{ Statement = [{{ {READ} }}] }})", f"jsonencode({{ Statement = [{{ {READ} }}, {IN_LINE}] }})"),
    "behind a bracket": (
        f"jsonencode({{\n    Statement = [{{\n      {READ}\n    }}]\n  }})",
        f"jsonencode({{\n    Statement = [{{\n      {READ}\n    }}, {{{MEMBERS}]\n  }})",
    ),
    "without a comma at the end": (
        f"jsonencode({{\n    Statement = [\n    {{ {READ} }} # reads\n    ]\n  }})",
        f"jsonencode({{\n    Statement = [\n    {{ {READ} }}, # reads\n    {{{MEMBERS},\n    ]\n  }})",
    ),
    "in a text": (TEXT % JSON_READ, TEXT % f"{JSON_READ},\n        {JSON_DENY}"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_statement_is_written_as_the_policy_is(name: str, tmp_path: Path) -> None:
    before, expected = CASES[name]
    after, told = fixed(tmp_path, POLICY % before, *TLS)
    assert after == POLICY % expected, told


DOCUMENT = """
data "aws_iam_policy_document" "b" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:role/order"]
    }
  }
%s}
"""
BLOCK = """
  statement {
    sid       = "DenyInsecureTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
"""


def test_a_document_gets_a_block_and_one_of_several_policies_is_left(tmp_path: Path) -> None:
    uses = POLICY % "data.aws_iam_policy_document.b.json"
    after, _ = fixed(tmp_path / "one", uses + DOCUMENT % "", *TLS)
    assert after == uses + DOCUMENT % BLOCK
    other = uses + DOCUMENT % "" + '\noutput "policy" {\n  value = data.aws_iam_policy_document.b.json\n}\n'
    assert fixed(tmp_path / "two", other, *TLS)[0] == other


def test_a_name_is_given_once_in_a_policy(tmp_path: Path) -> None:
    of_objects = IN_LINE.replace("[aws_s3_bucket.b.arn, ", "[")
    after, _ = fixed(tmp_path, POLICY % f"jsonencode({{ Statement = [{of_objects}] }})", *TLS)
    unnamed = IN_LINE.replace('Sid = "DenyInsecureTransport", ', "")
    assert after == POLICY % f"jsonencode({{ Statement = [{of_objects}, {unnamed}] }})"


SEVERAL = 'resource "aws_s3_bucket" "b" {\n  %s\n  bucket = "orders"\n}\n\nresource "aws_s3_bucket_policy" "b" {\n  %s\n  bucket = aws_s3_bucket.b%s.id\n  policy = %s\n}\n'


@pytest.mark.parametrize(
    ("made", "index"),
    [("count = var.made ? 1 : 0", "[0]"), ("count = 2", "[count.index]"), ('for_each = toset(["eu", "us"])', "[each.key]")],
)
def test_one_of_several_is_named_as_its_policy_names_it(made: str, index: str, tmp_path: Path) -> None:
    variable = 'variable "made" {\n  type    = bool\n  default = true\n}\n\n'
    allow, deny = READ.replace(".b.", f".b{index}."), IN_LINE.replace(".b.", f".b{index}.")
    before, expected = f"jsonencode({{ Statement = [{{ {allow} }}] }})", f"jsonencode({{ Statement = [{{ {allow} }}, {deny}] }})"
    after, told = fixed(tmp_path, variable + SEVERAL % (made, made, index, before), *TLS)
    assert after == variable + SEVERAL % (made, made, index, expected), told


def test_a_policy_that_names_several_of_them_is_left(tmp_path: Path) -> None:
    allow = f'{READ.replace(".b.", ".b[0].")}, Sid = aws_s3_bucket.b[1].id'
    text = SEVERAL % ("count = 2", "count = 1", "[0]", f"jsonencode({{ Statement = [{{ {allow} }}] }})")
    assert fixed(tmp_path, text, *TLS)[0] == text
