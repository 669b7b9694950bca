"""When something was read, and what that has been after: times that are over."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value

PAST = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
"""A day that is over for whoever runs this. Code does not say when it is applied, so that what it says must not hang on today's date: what
ended before this day is over, and of what ends later it is not said."""


def moment(seen: Iterable[Location]) -> datetime.datetime:
    """When what was seen at some places was read, of what is live; of code, PAST."""
    for location in seen:
        told = instant(location.time) if location.time else None
        if told is not None:
            return told
    return PAST


def instant(text: Any) -> datetime.datetime | None:
    """A time as ISO 8601 has it, of UTC unless it says otherwise; None of what is none."""
    try:
        told = datetime.datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return told if told is None or told.tzinfo else told.replace(tzinfo=datetime.UTC)


def has_passed(time: Value[Any]) -> Value[bool]:
    """Whether a time, as text, has come; False where none is set."""

    def passed(text: Any) -> bool | Unknown:
        if text in (None, ""):
            return False
        told = instant(text)
        return Unknown(f"{text} is not a time", "correct it") if told is None else told <= moment(time.seen)

    return time.then(passed)


_UNTIL = ("datelessthan", "datelessthanequals", "dateequals", "numericlessthan", "numericlessthanequals", "numericequals")
CLOCKS = ("aws:currenttime", "aws:epochtime")
"""Condition keys of AWS that are the time of a request, in lower case."""


def clock_has_passed(operator: str, values: list[Any], now: datetime.datetime) -> bool:
    """Whether a comparison of the time, of which one value has to match, is with times that are all over. `operator`: in lower case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime
    """
    if operator not in _UNTIL or not values:
        return False
    return all(told is not None and told < now for told in map(_clock, values))


def _clock(written: Any) -> datetime.datetime | None:
    """A time as text, or in seconds since 1970."""
    seconds = str(written)
    if isinstance(written, bool) or not isinstance(written, (int, float, str)):
        return None
    if seconds.isdigit() and len(seconds) < 12:
        return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
    return instant(written)
