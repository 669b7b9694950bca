"""Rotation schedules of Secrets Manager, and in how many regions a secret is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts.secrets.kinds import SecretCopy, several
from assay.scanner.facts.secrets.schedules import schedule_days
from assay.scanner.sources.deployment_manager.types import settable
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

WHY = Unknown("it is not told", "tell it")


# The examples of https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html are among these.
@pytest.mark.parametrize(
    ("expression", "days"),
    [
        (None, None),
        ("", None),
        ("rate(1 day)", 1),
        ("rate(10 days)", 10),
        ("rate(12 hours)", 0.5),
        (" rate(90 days) ", 90),
        ("cron(0 8 * * ? *)", 1),
        ("cron(0 8 ? * * *)", 1),
        ("cron(0 0/8 * * ? *)", 1),
        ("cron(0 8 1 * ? *)", 31),
        ("cron(0 8 L * ? *)", 31),
        ("cron(0 8 L 1/3 ? *)", 92),
        ("cron(0 8 1,15 * ? *)", 17),
        ("cron(0 16 ? * SUN *)", 7),
        ("cron(0 16 ? * 1 *)", 7),
        ("cron(0 16 ? * MON-FRI *)", 3),
        ("cron(0 1 ? * 2#1 *)", 35),
        ("cron(0 1 ? * FRIL *)", 35),
        ("cron(0 1 ? * L *)", 7),
        ("cron(0 16 1 JAN,APR,JUL,OCT ? *)", 92),
        ("cron(0 16 1 1/2 ? *)", 62),
        ("cron(0 16 1 JAN ? *)", 366),
        ("cron(0 16 29 2 ? *)", 1461),
        ("cron(0 16 1/10 * ? *)", 10),
        ("cron(0 23 ? * TUE,THU *)", 5),
        ("cron(0 0 ? * WED,SAT *)", 4),
        ("cron(0 0-23 ? * SUN,MON *)", 6),
        ("cron(0 1 ? * 6#5 *)", 119),
        ("cron(0 1 ? * SAT,2L *)", 7),
        ("cron(0 1 31 FEB-MAR,MAY-JUN,AUG-SEP,NOV-DEC ? *)", 122),
    ],
)
def test_days_between_the_runs_that_are_farthest_apart(expression: Any, days: float | None) -> None:
    assert schedule_days(expression) == days


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 days)",
        "rate(-1 days)",
        "rate(10 weeks)",
        "cron(0 24 * * ? *)",
        "cron(0 8 ? * SUN#6 *)",
        "cron(0 8 ? * 0 *)",
        "cron(0 8 ? * 8 *)",
        "cron(0 8 1 13 ? *)",
        "cron(0 8 0 * ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 1,32 * ? *)",
        "every month",
        "cron()",
        "cron(0 8 1 * *)",
        "cron(0 8 1 * ? * *)",
        "cron(15 8 1 * ? *)",
        "cron(0 24 1 * ? *)",
        "cron(0 8 0 * ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 31 FEB ? *)",
        "cron(0 8 1 13 ? *)",
        "cron(0 8 1 * ? 2030)",
        "cron(0 8 1 * MON *)",
        "cron(0 8 ? * ? *)",
        "cron(0 8 ? * MON#6 *)",
        "cron(0 8 ? * 8 *)",
        "cron(0 8 5-1 * ? *)",
        "cron(0 8 1/0 * ? *)",
        "cron(0 8 1W * ? *)",
    ],
)
def test_what_is_no_schedule_is_unknown(expression: str) -> None:
    days = schedule_days(expression)
    assert isinstance(days, Unknown)
    assert expression in days.reason


@given(fields=st.lists(st.text("0123456789*?,-/L# JANMONSU", min_size=1, max_size=4), min_size=4, max_size=6))
def test_no_schedule_is_a_crash(fields: list[str]) -> None:
    days = schedule_days(f"cron({' '.join(fields)})")
    assert isinstance(days, Unknown) or days is None or days >= 1


def copy(region: Any) -> SecretCopy:
    return SecretCopy(region=Value(region), encryption_key=Value(None))


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (["a"], [], False),
        ([WHY], [], False),
        (["a", "b"], [], True),
        (["a", "a"], [], False),
        ([WHY, "b"], [], True),
        ([WHY, WHY], [], True),
        (["a"], ["b"], True),
        (["a"], ["a"], False),
        (["a"], [WHY], "unknown"),
        ([WHY], ["b"], "unknown"),
        (["a"], [WHY, "b"], True),
    ],
)
def test_whether_a_secret_is_in_several_regions(own: list[Any], others: list[Any], expected: Any) -> None:
    merged = several([copy(region) for region in own], [copy(region) for region in others])
    assert ("unknown" if isinstance(merged, Unknown) else merged) == expected


def test_a_list_of_copies_that_is_not_whole() -> None:
    assert several([copy("a"), WHY], []) is WHY
    assert several([copy("a"), copy("b"), WHY], []) is True
    assert several([copy("a")], [WHY]) is WHY


def test_fields_that_an_api_only_answers_with() -> None:
    written = {"retentionPolicy": {"retentionPeriod": "60", "isLocked": True}, "versioning": {"enabled": True}}
    kept = settable("storage.googleapis.com/Bucket", written)
    assert kept == {"retentionPolicy": {"retentionPeriod": "60"}, "versioning": {"enabled": True}}
    assert settable("storage.googleapis.com/Bucket", {"retentionPolicy": None}) == {"retentionPolicy": None}
    assert settable("firestore.googleapis.com/Database", {"deleteTime": "2026-01-01T00:00:00Z"}) == {}
    assert settable("run.googleapis.com/Service", written) == written
