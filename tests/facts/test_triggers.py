"""Which schedules fire again and again."""

from __future__ import annotations

import datetime

import pytest

from assay.scanner.facts.messaging.triggers.recurrence import ENDED, NEVER, ONCE, rest_of_aws, rest_of_end, rest_of_google
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

NOW = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("expression", "rest"),
    [
        ("rate(5 minutes)", ""),
        ("cron(0/5 9-16 ? * MON-FRI *)", ""),
        ("cron(0 9 L * ? *)", ""),
        ("cron(0 9 ? * 6#3 *)", ""),
        ("cron(0 9 15W * ? *)", ""),  # the nearest working day: not read here, and the provider takes it
        ("cron(0 9 29 2 ? *)", ""),
        ("cron(0 0 31 12 ? 2026)", ""),
        ("cron(0 0 1 1 ? 2020-2030)", ""),
        ("cron(0 0 1 1 ? 2024/5)", ""),
        ("at(2099-01-31T09:00:00)", ONCE),
        ("cron(0 0 31 1 ? 2020)", NEVER),
        ("cron(0 0 31 1 ? 2026)", NEVER),
        ("cron(0 0 1 1 ? 2019,2020)", NEVER),
        ("cron(0 9 31 2 ? *)", NEVER),
        ("cron(0 9 31 FEB,APR ? *)", NEVER),
        ("cron(0 9 29 2 ? 2027)", NEVER),
    ],
)
def test_schedules_of_aws(expression: str, rest: str) -> None:
    assert rest_of_aws(expression, NOW) == rest


def test_what_is_no_schedule_is_not_known() -> None:
    assert isinstance(rest_of_aws("every day", NOW), Unknown)


@pytest.mark.parametrize(
    ("expression", "rest"),
    [
        ("*/5 9-16 * * 1-5", ""),
        ("0 9 31 2 1", ""),  # on Mondays, too
        ("every 5 minutes", ""),
        ("0 9 29 2 *", ""),
        ("0 9 31 2 *", NEVER),
        ("0 9 30 feb *", NEVER),
    ],
)
def test_schedules_of_google(expression: str, rest: str) -> None:
    assert rest_of_google(expression, NOW) == rest


@pytest.mark.parametrize(
    ("end", "rest"),
    [(None, ""), ("", ""), ("2020-12-31T00:00:00Z", ENDED), ("2026-11-28T11:00:00", ENDED), ("2026-11-28T12:00:00-05:00", "")],
)
def test_the_end_of_a_schedule(end: str | None, rest: str) -> None:
    assert rest_of_end(Value(end), NOW).data == rest


def test_an_end_that_is_no_time_is_not_known() -> None:
    assert rest_of_end(Value("never"), NOW).unknown
