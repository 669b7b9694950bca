"""How often a rotation schedule of Secrets Manager runs.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html: `rate(10 days)`, and `cron()` with the fields
minutes, hours, day of the month, month, day of the week and year, of which one of the two days is `?`. It is no crontab of Unix, for which
there are libraries: it has `L` and `#`, and counts the days of the week from Sunday, 1.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import re

from assay.scanner.facts.cron import MONTHS, Wrong, days_of_month, days_of_week, numbers
from assay.scanner.sources.raw import Unknown

# Every shape of year, leap years among them: the calendar begins anew after 28.
_FROM, _TO = datetime.date(2000, 1, 1), datetime.date(2028, 12, 31)
_WAY = "correct it, or use rate(… days)"


def schedule_days(expression: object) -> float | Unknown | None:
    """Days between runs, the most of them where they vary; None without an expression."""
    if expression is None or expression == "":
        return None
    return _days_between(str(expression).strip())


@functools.lru_cache(256)
def _days_between(text: str) -> float | Unknown:
    rate = re.fullmatch(r"rate\(([1-9]\d*) (hour|day)s?\)", text)
    if rate:
        return int(rate[1]) / (24 if rate[2] == "hour" else 1)
    fields = re.fullmatch(r"cron\(([^()]*)\)", text)
    try:
        return _longest(fields[1].upper().split()) if fields else _refused(text)
    except Wrong as wrong:
        return Unknown(f"{text} is no rotation schedule: {wrong}", _WAY)


def _refused(text: str) -> float:
    raise Wrong("it is neither rate(… days) nor cron(…)")


def _longest(fields: list[str]) -> float:
    """Days between the two runs of a cron expression that are farthest apart. Several runs in a day are one."""
    if len(fields) != 6:
        raise Wrong(f"cron() has six fields, and this {len(fields)}")
    minutes, hours, in_month, months, in_week, year = fields
    if minutes != "0" or year != "*":
        raise Wrong("the minutes are 0, and the year is *")
    numbers(hours, range(24), {})
    if "?" not in (in_month, in_week) or in_month == in_week:
        raise Wrong("one of the two days is ?")
    listed = numbers(months, range(1, 13), MONTHS)
    runs_on = days_of_week(in_week) if in_month == "?" else days_of_month(in_month)
    dates = (_FROM + datetime.timedelta(days=day) for day in range((_TO - _FROM).days + 1))
    runs = [date for date in dates if date.month in listed and runs_on(date)]
    if len(runs) < 2:
        raise Wrong("no day is like that")
    return float(max((later - earlier).days for earlier, later in itertools.pairwise(runs)))
