"""What settings hold is told by kinds, and never by a character of a value."""

from __future__ import annotations

import base64

import msgspec
import pytest

from assay.scanner.sources.redaction import LEFT_OUT, redacted, unknown_where_hidden
from assay.scanner.sources.secret_detecting import KINDS
from assay.scanner.sources.secret_settings import RedactedSecret, heard, of_arguments, of_script, of_value, told

CANARY = "Qv7xKq82zLw91bTn"
SCRIPT = f"#!/bin/sh\nexport DB_PASSWORD={CANARY}\n"
ANSWERS: dict[str, tuple[object, list[tuple[str, ...]]]] = {
    "a function": (
        {"Environment": {"Variables": {"DB_PASSWORD": CANARY, "LEVEL": "info", "DB_SECRET_ARN": "arn:aws:x"}}},
        [("a password",), (), ()],
    ),
    "a task": ({"containerDefinitions": [{"environment": [{"name": "API_KEY", "value": CANARY}]}]}, [("a secret",)]),
    "a command": ({"containerDefinitions": [{"command": ["run", "--password", CANARY]}]}, [("a password",)]),
    "user data": ({"UserData": {"Value": base64.b64encode(SCRIPT.encode()).decode()}}, [("a password",)]),
    "a start-up script": ({"metadata": {"items": [{"key": "startup-script", "value": SCRIPT}]}}, [("a password",)]),
    "metadata": ({"metadata": {"items": [{"key": "db-password", "value": CANARY}]}}, [("a password",)]),
    "a document": ({"env": [{"name": "SETTINGS", "value": f'{{"db": {{"password": "{CANARY}"}}}}'}]}, [("a password",)]),
    "a build": ({"environmentVariables": [{"name": "P_PASSWORD", "value": CANARY, "type": "PLAINTEXT"}]}, [("a password",)]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_snapshot_tells_the_kind_and_no_character(name: str) -> None:
    answer, kinds = ANSWERS[name]
    kept = redacted(answer)
    text = msgspec.json.encode(kept).decode()
    assert CANARY not in text and not any(CANARY[at : at + 4] in text for at in range(len(CANARY) - 3))
    assert redacted(kept) == kept, "it may be written again"
    assert [value.kinds for value in _told(unknown_where_hidden(kept))] == kinds


def _told(data: object) -> list[RedactedSecret]:
    if isinstance(data, RedactedSecret):
        return [data]
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [value for below in inner for value in _told(below)]


@pytest.mark.parametrize("kinds", [(), ("a password",), ("a secret", "a token of GitHub"), tuple(sorted(KINDS))])
def test_what_is_told_is_heard(kinds: tuple[str, ...]) -> None:
    assert heard(told(kinds)) == kinds


@pytest.mark.parametrize(
    "text", ["(redacted)", "(redacted: )", "(redacted: hunter2)", "(redacted: no secret, a password)", "", "no secret"]
)
def test_nothing_else_is_heard(text: str) -> None:
    assert heard(text) is None
    assert unknown_where_hidden(text) == (LEFT_OUT if text == "(redacted)" else text)


def test_secrets_in_documents_scripts_and_arguments() -> None:
    assert of_value("X", '[{"name": "DB_PASSWORD", "value": "hunter2"}]') == ("a password",)
    assert of_value("SETTINGS", "LEVEL=info\nDB_PASSWORD=hunter2\n") == ("a password",)
    assert of_value("DB_PASSWORD", "") == of_value("DB_PASSWORD", None) == of_value("DB_PASSWORD", True) == ()
    assert of_value("DB_PASSWORD", 123456) == ("a password",)
    assert of_script("#cloud-config\nusers:\n  - name: a\n    password: hunter2\n") == ("a password",)
    assert of_script("export P=$(gcloud secrets versions access latest --secret=database)") == ()
    assert of_arguments(["sh", "-c", "run --api-key kq8sPz31xW7ty"]) == ("a secret",)
    assert of_arguments(["run", "--secret-name", "database", "--level=info"]) == ()
