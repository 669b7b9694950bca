"""What of an answer stands in a snapshot, where one field holds another form."""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.sources.redaction import redacted
from assay.scanner.sources.secret_text import HIDDEN


def test_a_policy_that_is_text_within_an_object_keeps_no_shared_secret() -> None:
    policy = {"Statement": [{"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:UserAgent": "shared-word"}}}]}
    answer = {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": msgspec.json.encode(policy).decode()}}
    without: Any = redacted(answer)
    assert "shared-word" not in str(without)
    assert msgspec.json.decode(without["Policy"]["Content"])["Statement"][0]["Effect"] == "Deny"


def test_a_policy_without_secrets_stands_as_it_was_written() -> None:
    answer = {"Policy": {"Content": '{"Statement": [ {"Effect": "Deny"} ]}', "Resource": "arn:aws:s3:::${aws:username}"}}
    assert redacted(answer) == answer


def test_the_word_behind_an_option_for_a_secret_does_not_stand() -> None:
    words = ["deploy", "--region", "us-central1", "--password", "hunter2hunter2", "--password=hunter2hunter2", "-q", 5]
    without = redacted({"steps": [{"args": words}]})
    assert without == {"steps": [{"args": ["deploy", "--region", "us-central1", "--password", HIDDEN, HIDDEN, "-q", 5]}]}


def test_where_a_build_gets_its_secret_from_stands_and_a_login_does_not() -> None:
    words = ["build", "--secret", "id=npm,src=.npmrc", "--secret", "hunter2hunter2", "-u", "release:hunter2hunter2"]
    without = redacted({"steps": [{"args": words}]})
    assert without == {"steps": [{"args": ["build", "--secret", "id=npm,src=.npmrc", "--secret", HIDDEN, "-u", HIDDEN]}]}
