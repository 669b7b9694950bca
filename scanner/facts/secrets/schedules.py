"""How often a rotation schedule of Secrets Manager runs.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html: `rate(10 days)`, and `cron()` with the fields
minutes, hours, day of the month, month, day of the week and year, of which one of the two days is `?`. It is no crontab of Unix, for which
there are libraries: it has `L` and `#`, and counts the days of the week from Sunday, 1.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import re
from collections.abc import Callable

from assay.scanner.sources.raw import Unknown

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if number}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
# Every shape of year, leap years among them: the calendar begins anew after 28.
_FROM, _TO = datetime.date(2000, 1, 1), datetime.date(2028, 12, 31)
_WAY = "correct it, or use rate(… days)"


class _Wrong(ValueError):
    """A schedule expression that Secrets Manager does not take."""


def schedule_days(expression: object) -> float | Unknown | None:
    """Days between runs, the most of them where they vary; None without an expression."""
    if expression is None or expression == "":
        return None
    text = str(expression).strip()
    rate = re.fullmatch(r"rate\(([1-9]\d*) (hour|day)s?\)", text)
    if rate:
        return int(rate[1]) / (24 if rate[2] == "hour" else 1)
    fields = re.fullmatch(r"cron\(([^()]*)\)", text)
    try:
        return _longest(fields[1].upper().split()) if fields else _refused(text)
    except _Wrong as wrong:
        return Unknown(f"{text} is no rotation schedule: {wrong}", _WAY)


def _refused(text: str) -> float:
    raise _Wrong("it is neither rate(… days) nor cron(…)")


def _longest(fields: list[str]) -> float:
    """Days between the two runs of a cron expression that are farthest apart. Several runs in a day are one."""
    if len(fields) != 6:
        raise _Wrong(f"cron() has six fields, and this {len(fields)}")
    minutes, hours, in_month, months, in_week, year = fields
    if minutes != "0" or year != "*":
        raise _Wrong("the minutes are 0, and the year is *")
    _numbers(hours, range(24), {})
    if "?" not in (in_month, in_week) or in_month == in_week:
        raise _Wrong("one of the two days is ?")
    listed = _numbers(months, range(1, 13), _MONTHS)
    runs_on = _days_of_week(in_week) if in_month == "?" else _days_of_month(in_month)
    dates = (_FROM + datetime.timedelta(days=day) for day in range((_TO - _FROM).days + 1))
    runs = [date for date in dates if date.month in listed and runs_on(date)]
    if len(runs) < 2:
        raise _Wrong("no day is like that")
    return float(max((later - earlier).days for earlier, later in itertools.pairwise(runs)))


def _numbers(field: str, allowed: range, names: dict[str, int]) -> set[int]:
    """The numbers that a field lists: `*`, `5`, `1-5`, `JAN,APR`, `1/3`, `*/2`."""
    numbers: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            first, last = str(allowed[0]), str(allowed[-1])
        start = _number(first, names)
        end = _number(last, names) if last else allowed[-1] if step else start
        if start not in allowed or end not in allowed or start > end or (step and not re.fullmatch(r"[1-9]\d*", step)):
            raise _Wrong(f"{part} is none of its values")
        numbers |= set(range(start, end + 1, int(step or 1)))
    return numbers


def _number(text: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not re.fullmatch(r"\d+", text):
        raise _Wrong(f"{text or 'nothing'} is no number")
    return int(text)


def _days_of_month(field: str) -> Callable[[datetime.date], bool]:
    last = "L" in field.split(",")
    others = ",".join(part for part in field.split(",") if part != "L")
    days = _numbers(others, range(1, 32), {}) if others else set()
    return lambda date: date.day in days or (last and date.day == calendar.monthrange(date.year, date.month)[1])


def _days_of_week(field: str) -> Callable[[datetime.date], bool]:
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
    return _numbers(field, range(1, 8), _DAYS)


def _weekday(date: datetime.date) -> int:
    """1 for Sunday to 7 for Saturday."""
    return date.isoweekday() % 7 + 1
