"""The fields of cron expressions, as AWS writes them.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based: it is no crontab of Unix, for which there are
libraries: it has `L` and `#`, a year, and counts the days of the week from Sunday, 1.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if number}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}


class Wrong(ValueError):
    """A field that is none, or one of a kind that is not read here."""


def numbers(field: str, allowed: range, names: dict[str, int]) -> set[int]:
    """The numbers that a field lists: `*`, `5`, `1-5`, `JAN,APR`, `1/3`, `*/2`."""
    listed: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            first, last = str(allowed[0]), str(allowed[-1])
        start = _number(first, names)
        end = _number(last, names) if last else allowed[-1] if step else start
        if start not in allowed or end not in allowed or start > end or (step and not re.fullmatch(r"[1-9]\d*", step)):
            raise Wrong(f"{part} is none of its values")
        listed |= set(range(start, end + 1, int(step or 1)))
    return listed


def _number(text: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not re.fullmatch(r"\d+", text):
        raise Wrong(f"{text or 'nothing'} is no number")
    return int(text)


def days_of_month(field: str) -> Callable[[datetime.date], bool]:
    """Whether a date is one of the days of a month that a field lists: `1,15`, `L`."""
    last = "L" in field.split(",")
    others = ",".join(part for part in field.split(",") if part != "L")
    days = numbers(others, range(1, 32), {}) if others else set()
    return lambda date: date.day in days or (last and date.day == calendar.monthrange(date.year, date.month)[1])


def days_of_week(field: str) -> Callable[[datetime.date], bool]:
    """Whether a date is one of the days of the week that a field lists: `2-6`, `MON#1`."""
    tests = [_day_of_week(part) for part in field.split(",")]
    return lambda date: any(test(date) for test in tests)


def _day_of_week(part: str) -> Callable[[datetime.date], bool]:
    """`2-6`, `MON`; `6#3`, the third Friday; `6L`, the last one; `L`, Saturday."""
    nth = re.fullmatch(r"(\w+)#([1-5])", part)
    if nth:
        day = _weekdays(nth[1])
        return lambda date: _weekday(date) in day and (date.day - 1) // 7 + 1 == int(nth[2])
    if part != "L" and part.endswith("L"):
        day = _weekdays(part[:-1])
        return lambda date: _weekday(date) in day and date.day + 7 > calendar.monthrange(date.year, date.month)[1]
    days = {7} if part == "L" else _weekdays(part)
    return lambda date: _weekday(date) in days


def _weekdays(field: str) -> set[int]:
    return numbers(field, range(1, 8), _DAYS)


def _weekday(date: datetime.date) -> int:
    """1 for Sunday to 7 for Saturday."""
    return date.isoweekday() % 7 + 1
