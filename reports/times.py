"""Times of a run for formats that ask for one in each record: when something was seen, and where that is not known when the run ended.

No format reads a clock, so that the same run gives the same bytes.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime

from assay.scanner import lazy_re
from assay.scanner.results.model import Report, Result, Run

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where a report says no time that can be read."""
_TIME = lazy_re.pattern(r"(?:19[7-9]|2\d\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")
_DAY = lazy_re.pattern(r"(?:19[7-9]|2\d\d)\d-\d\d-\d\d")


@functools.lru_cache(maxsize=4_096)
def moment(text: str) -> datetime | None:
    """A time of RFC 3339 in UTC; None for what is none."""
    try:
        read = datetime.fromisoformat(text).astimezone(UTC) if _TIME.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None
    return read if read and read >= EPOCH else None


def end_of_day(text: str) -> datetime | None:
    """The last second of a day as `YYYY-MM-DD`, by UTC, by which waivers end; None for what is no day."""
    return moment(f"{text}T23:59:59Z") if _DAY.fullmatch(text) else None


def started(run: Run) -> datetime:
    """When a run began."""
    return moment(run.started) or moment(run.finished) or EPOCH


def finished(run: Run) -> datetime:
    """When a run ended; never before it began."""
    return max(moment(run.finished) or EPOCH, started(run))


def seen(result: Result, run: Run) -> datetime:
    """When the facts of a result were seen: the last call that told one; files are read while the run goes on."""
    places = [fact.location for fact in result.evidence] + [fact.location for fact in result.unknown]
    told = (moment(place.time) for place in places if place is not None and place.time)
    return max(filter(None, told), default=finished(run))


def first_known(result: Result, report: Report) -> datetime | None:
    """A time at which a finding is known to have been there already: when a history found it first, or the baseline was made that has it.
    None where no report says."""
    if result.course and (first := moment(result.course.first)) is not None:
        return first
    if result.standing != "known":
        return None
    made = [moment(comparison.made) for comparison in report.gate.comparisons if comparison.kind == "baseline" and not comparison.expired]
    return min(filter(None, made), default=None) if len(made) == 1 else None


def stamp(time: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


def milliseconds(time: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z."""
    since = time - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000
