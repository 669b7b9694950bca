"""Functions of times: https://developer.hashicorp.com/terraform/language/functions/timeadd and what is beside it.

`timestamp()` and `plantimestamp()` are the time of the run, which is not known from code.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from assay.scanner import lazy_re
from assay.scanner.sources.terraform.functions.register import strict
from assay.scanner.sources.terraform.operators import EvaluationError, to_text

_TIME = lazy_re.pattern(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:(Z)|([+-])(\d\d):(\d\d))")
"""RFC 3339, as the language's functions take it: https://www.rfc-editor.org/rfc/rfc3339#section-5.6"""
_PART = lazy_re.pattern(r"(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}


def _time(text: str) -> datetime:
    match = _TIME.fullmatch(text)
    if match is None:
        raise EvaluationError(f"{text!r:.60} is no time of RFC 3339")
    year, month, day, hour, minute, second = (int(match[at]) for at in range(1, 7))
    zone = UTC if match[8] else timezone((1 if match[9] == "+" else -1) * timedelta(hours=int(match[10]), minutes=int(match[11])))
    return datetime(year, month, day, hour, minute, second, int(f"{match[7] or 0:0<6}"[:6]), zone)


def _duration(text: str) -> timedelta:
    """As Go spells one: `-1h30m` (https://pkg.go.dev/time#ParseDuration)."""
    sign, unsigned = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    parts = _PART.findall(unsigned)
    if unsigned != "0" and (not parts or "".join(number + unit for number, unit in parts) != unsigned):
        raise EvaluationError(f"{text!r:.60} is no duration")
    return sign * timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def _add(time: str, duration: str) -> str:
    return _written(_time(time) + _duration(duration))


def _compare(one: str, other: str) -> int:
    first, second = _time(one), _time(other)
    return (first > second) - (first < second)


_FIELDS = lazy_re.pattern(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")


def _format(spec: str, time: str) -> str:
    """https://developer.hashicorp.com/terraform/language/functions/formatdate"""
    at = _time(time)
    return "".join(_field(match[0], at) for match in _FIELDS.finditer(spec))


def _field(field: str, at: datetime) -> str:
    if field == "'":
        raise EvaluationError("a quote of the format does not end")
    if field.startswith("'"):
        return field[1:-1].replace("''", "'") or "'"
    if not field[0].isalpha():
        return field
    if field[0] == "Z" and len(field) > 1:
        return _zone(field, at)
    value = {
        "YYYY": f"{at.year:04}", "YY": f"{at.year % 100:02}", "MMMM": _MONTHS[at.month - 1], "MMM": _MONTHS[at.month - 1][:3],
        "MM": f"{at.month:02}", "M": str(at.month), "DD": f"{at.day:02}", "D": str(at.day), "EEEE": _DAYS[at.weekday()],
        "EEE": _DAYS[at.weekday()][:3], "hh": f"{at.hour:02}", "h": str(at.hour), "HH": f"{at.hour % 12 or 12:02}",
        "H": str(at.hour % 12 or 12), "AA": "AM" if at.hour < 12 else "PM", "aa": "am" if at.hour < 12 else "pm",
        "mm": f"{at.minute:02}", "m": str(at.minute), "ss": f"{at.second:02}", "s": str(at.second),
        "Z": "Z" if not at.utcoffset() else _offset(at, ":"),
    }.get(field)  # fmt: skip
    if value is None:
        raise EvaluationError(f"{field!r} is no part of a format for times")
    return value


def _zone(field: str, at: datetime) -> str:
    if field == "ZZZ" and not at.utcoffset():
        return "UTC"
    if field not in ("ZZZ", "ZZZZ", "ZZZZZ"):
        raise EvaluationError(f"{field!r} is no part of a format for times")
    return _offset(at, ":" if field == "ZZZZZ" else "")


def _offset(at: datetime, colon: str) -> str:
    return at.strftime("%z")[:3] + colon + at.strftime("%z")[3:5]


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip

strict("timeadd", _add, to_text)
strict("timecmp", _compare, to_text)
strict("formatdate", _format, to_text)
