"""Grants that are taken out: what else their policies, statements and lists say stays, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fix.test_evidence import fixed
from tests.scans import write

QUEUE = 'resource "aws_sqs_queue" "exits" {\n  name = "exits"\n}\n'
ROLE = """resource "aws_iam_role" "order" {
  name = "order"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
"""
SENDS = ["--no-config", "--unsafe", "--write", "--control", "messaging.queue-not-public"]
RIGHTS = ["--no-config", "--unsafe", "--write", "--control", "iam.no-wildcard-privilege"]

ENCODED = """
resource "aws_sqs_queue_policy" "exits" {
  queue_url = aws_sqs_queue.exits.url

  policy = jsonencode({
    Version = "2012-10-17"
    # the alerts come in
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.exits.arn
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:us-east-1:123456789012:alerts" } }
      },
%s    ]
  })
}
"""
EVERYONE = """      # while the partner moves
      {
        Effect    = "Allow"
        Principal = %s
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.exits.arn
      },
"""
DOCUMENT = """
data "aws_iam_policy_document" "exits" {
  statement {
    sid       = "Send"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.exits.arn] # this queue
%s
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
  }
}

resource "aws_sqs_queue_policy" "exits" {
  queue_url = aws_sqs_queue.exits.id
  policy    = data.aws_iam_policy_document.exits.json
}
"""
PRINCIPALS = """
    principals {
      type        = "AWS"
      identifiers = [%s]
    }
"""
TEXT = """
resource "aws_sqs_queue_policy" "exits" {
  queue_url = aws_sqs_queue.exits.url

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "${aws_sqs_queue.exits.arn}",
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}}%s
      ]
    }
  EOT
}
"""
IN_TEXT = ',\n        {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "${aws_sqs_queue.exits["arn"]}"}'
OWN = '"arn:aws:iam::123456789012:role/order"'
CODE = {
    "the statement with its comment": (ENCODED % (EVERYONE % '"*"'), ENCODED % ""),
    "one principal of a list": (ENCODED % (EVERYONE % f'{{ AWS = ["*", {OWN}] }}'), ENCODED % (EVERYONE % f"{{ AWS = [{OWN}] }}")),
    "one principal of a map": (
        ENCODED % (EVERYONE % '{ Service = "events.amazonaws.com", AWS = "*" }'),
        ENCODED % (EVERYONE % '{ Service = "events.amazonaws.com" }'),
    ),
    "one principal of a map in lines": (
        ENCODED % (EVERYONE % '{\n          Service = "events.amazonaws.com"\n          AWS     = "*"\n        }'),
        ENCODED % (EVERYONE % '{\n          Service = "events.amazonaws.com"\n        }'),
    ),
    "one principal of a block": (DOCUMENT % (PRINCIPALS % f'{OWN}, "*"'), DOCUMENT % (PRINCIPALS % OWN)),
    "one block of principals": (DOCUMENT % (PRINCIPALS % OWN + PRINCIPALS % '"*"'), DOCUMENT % (PRINCIPALS % OWN)),
    "a document with what it is of": (DOCUMENT % (PRINCIPALS % '"*"'), ""),
    "a statement of a text": (TEXT % IN_TEXT, TEXT % ""),
}


@pytest.mark.parametrize("name", CODE)
def test_what_everybody_may_goes_and_the_rest_stays(name: str, tmp_path: Path) -> None:
    before, expected = CODE[name]
    after, _ = fixed(tmp_path, QUEUE + before, *SENDS)
    assert after == QUEUE + expected


def test_a_policy_that_is_an_argument_goes_and_the_reason_says_that_it_stays_where_it_is_deployed(tmp_path: Path) -> None:
    policy = '{ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }] }'
    text = f'resource "aws_sqs_queue" "exits" {{\n  name   = "exits"\n  policy = jsonencode({policy})\n}}\n'
    after, told = fixed(tmp_path, text, *SENDS)
    assert after == QUEUE
    assert "remove policy of aws_sqs_queue.exits, which grants this alone" in told
    _, left = fixed(tmp_path / "left", text, "--no-config", "--control", "messaging.queue-not-public")
    assert "for review" in left or "--unsafe" in left


RIGHTS_OF = """
resource "aws_iam_policy" "order" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = %s, Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "order" {
  role       = aws_iam_role.order.name
  policy_arn = aws_iam_policy.order.arn
}
"""
NAMED = '\noutput "policy" {\n  value = aws_iam_policy.order.arn\n}\n'


def test_one_action_of_several_goes(tmp_path: Path) -> None:
    after, told = fixed(tmp_path, ROLE + RIGHTS_OF % '["s3:GetObject", "sqs:*"]', *RIGHTS)
    assert after == ROLE + RIGHTS_OF % '["s3:GetObject"]'
    assert "take the action sqs:* out of aws_iam_policy.order" in told


def test_what_attaches_a_policy_goes_with_it_and_what_else_names_it_keeps_it(tmp_path: Path) -> None:
    assert fixed(tmp_path / "alone", ROLE + RIGHTS_OF % '"*"', *RIGHTS)[0] == ROLE
    text = ROLE + RIGHTS_OF % '"*"' + NAMED
    after, told = fixed(tmp_path / "named", text, *RIGHTS)
    assert after == text
    assert "nothing would be left of aws_iam_policy.order, and output.policy names it" in told


def test_who_may_take_on_a_role_is_not_taken_out_as_a_whole(tmp_path: Path) -> None:
    text = ROLE.replace('{ Service = "ecs-tasks.amazonaws.com" }', '"*"')
    after, told = fixed(tmp_path, text, "--no-config", "--unsafe", "--write", "--control", "iam.trust-policy-scoped")
    assert after == text
    assert "who it is instead is a decision" in told


def test_what_dynamic_makes_is_left(tmp_path: Path) -> None:
    made = DOCUMENT % (PRINCIPALS % '"*"')
    made = made.replace("  statement {", '  dynamic "statement" {\n    for_each = [1]\n    content {', 1)
    made = made.replace("  }\n}\n\nres", "    }\n  }\n}\n\nres", 1)
    after, told = fixed(tmp_path, QUEUE + made, *SENDS)
    assert after == QUEUE + made and 'made by "dynamic"' in told


READ = 'resource "aws_sqs_queue" "exits" {\n  policy = %s\n}\n'
DENIES = '{"Effect": "Deny", "Principal": "*", "Action": "sqs:AddPermission", "Resource": "*"}'
ALLOWED = '{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}'


def test_a_policy_of_a_file_that_code_reads_is_edited_there_and_what_a_template_makes_is_not(tmp_path: Path) -> None:
    folder = write(tmp_path / "read", {"policy.json": f'{{"Statement": [{DENIES}, {ALLOWED}]}}\n'})
    text = READ % 'file("${path.module}/policy.json")'
    assert fixed(folder, text, *SENDS)[0] == text
    assert (folder / "policy.json").read_text("utf-8") == f'{{"Statement": [{DENIES}]}}\n'
    folder = write(tmp_path / "made", {"policy.tftpl": f'{{"Statement": [{DENIES}, {ALLOWED}]}}\n'})
    text = READ % 'templatefile("${path.module}/policy.tftpl", {})'
    after, told = fixed(folder, text, *SENDS)
    assert after == text and "policy is read from another file: change it there" in told


TEMPLATE = """Resources:
  Exits:
    Type: AWS::SQS::Queue
  # who sends
  ExitsPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Exits]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Exits.Arn
            Condition: {ArnEquals: {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:alerts"}}
%s"""
ALLOWS = """          # while the partner moves
          - Effect: Allow
            Principal: %s
            Action: sqs:SendMessage
            Resource: !GetAtt Exits.Arn
"""


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (ALLOWS % '"*"', ""),
        (ALLOWS % f'{{AWS: ["*", {OWN}]}}', ALLOWS % f"{{AWS: [{OWN}]}}"),
        (ALLOWS % '{Service: events.amazonaws.com, AWS: "*"}', ALLOWS % "{Service: events.amazonaws.com}"),
        (
            ALLOWS % f"\n              AWS:\n                - {OWN}\n                - '*' # all",
            ALLOWS % f"\n              AWS:\n                - {OWN}",
        ),
    ],
)
def test_grants_of_templates_go(before: str, expected: str, tmp_path: Path) -> None:
    after, _ = fixed(tmp_path, TEMPLATE % before, *SENDS, name="t.yaml")
    assert after == TEMPLATE % expected
