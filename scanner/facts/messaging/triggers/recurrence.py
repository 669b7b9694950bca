"""Whether a schedule fires again and again."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from assay.scanner.facts.cron import MONTHS, Wrong, days_of_month, days_of_week, numbers
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

ONCE, NEVER, ENDED = "runs once", "never runs again", "has ended"
_YEARS = range(1970, 2200)
_AHEAD = 8
"""Years that are looked at: between two leap days there are at most so many."""


def rest_of_aws(expression: object, now: datetime.datetime) -> str | Unknown:
    """Why a schedule of AWS does not fire again and again; empty where it does.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html: `rate(…)`, `cron(…)` with a year, `at(…)` for once.
    """
    text = str(expression).strip()
    if text.startswith("at("):
        return ONCE
    fields = re.fullmatch(r"cron\(([^()]*)\)", text)
    if fields:
        return _never(fields[1].upper().split(), now.date())
    if text.startswith("rate("):
        return ""
    return Unknown(f"{text} is no schedule", "write it as rate(…) or cron(…)")


def rest_of_google(expression: object, now: datetime.datetime) -> str:
    """The same of Cloud Scheduler: a crontab, or a schedule in English of which only the form is told.

    https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules
    """
    fields = str(expression).upper().split()
    if len(fields) != 5 or fields[4] != "*":  # with a day of the week, either of the two days is enough
        return ""
    return _never([*fields[:4], "?", "*"], now.date())


def _never(fields: list[str], today: datetime.date) -> str:
    """Whether no day from today on is one of a cron expression. What cannot be read is the provider's to refuse."""
    try:
        _, _, in_month, months, in_week, year = fields
        listed = numbers(months, range(1, 13), MONTHS)
        years = sorted(candidate for candidate in numbers(year, _YEARS, {}) if candidate >= today.year)[:_AHEAD]
        on = days_of_week(in_week) if in_month == "?" else days_of_month(in_month)
    except (Wrong, ValueError):
        return ""
    return "" if any(_any_day(candidate, listed, on, today) for candidate in years) else NEVER


def _any_day(year: int, months: set[int], on: Callable[[datetime.date], bool], today: datetime.date) -> bool:
    first = datetime.date(year, 1, 1)
    days = (first + datetime.timedelta(days=day) for day in range(366))
    return any(day.year == year and day >= today and day.month in months and on(day) for day in days)


def rest_of_end(end: Value[object], now: datetime.datetime) -> Value[str]:
    """Whether a schedule has ended: empty where it has not, or has no end."""
    return end.then(lambda data: "" if data in (None, "") else _ended(data, now))


def _ended(data: object, now: datetime.datetime) -> str | Unknown:
    try:
        end = datetime.datetime.fromisoformat(str(data))
    except ValueError:
        return Unknown(f"{data} cannot be read as a time", "write it as 2030-01-31T00:00:00Z")
    return ENDED if (end if end.tzinfo else end.replace(tzinfo=datetime.UTC)) < now else ""


def running(view: View, *rests: Value[str]) -> dict[str, Value[Any]]:
    """`runs`, `resting` and `rest` of a trigger, by all reasons why it may not run."""
    said = next((rest for rest in rests if isinstance(rest.data, str) and rest.data), None)
    if said is not None:
        return {"runs": Value(False, said.seen), "resting": Value(True, said.seen), "rest": said}
    open_ = next((rest for rest in rests if rest.unknown), None)
    runs: Value[Any] = Value(open_.unknown, open_.seen) if open_ is not None else view.says(True)
    return {"runs": runs, "resting": view.says(False), "rest": view.says("does not run")}
