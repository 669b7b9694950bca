"""How often a canary runs.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_cron.html: `rate(5 minutes)`, and
`cron()` with the fields minutes, hours, day of the month, month, day of the week and year, of which the last is `*`.
"""

from __future__ import annotations

import itertools

from assay.scanner import lazy_re
from assay.scanner.facts.cron import Wrong, numbers
from assay.scanner.facts.secrets.schedules import schedule_days
from assay.scanner.sources.raw import Unknown

_RATE = lazy_re.pattern(r"rate\((\d+) (minute|hour)s?\)")
_CRON = lazy_re.pattern(r"cron\((\S+) (\S+)( .*)\)")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def seconds_apart(expression: object) -> float | Unknown:
    """Seconds between runs, the most of them where they vary; 0 of a canary that runs once, when it is started."""
    text = " ".join(str(expression).split())
    rate = _RATE.fullmatch(text)
    if rate:
        return int(rate[1]) * (_HOUR if rate[2] == "hour" else _MINUTE)
    cron = _CRON.fullmatch(text)
    days = schedule_days(f"cron(0 {cron[2]}{cron[3]})") if cron else None
    if cron is None or days is None or isinstance(days, Unknown):
        return Unknown(f"{text} is no schedule of a canary", "correct it, or use rate(… minutes)")
    try:
        minutes, hours = numbers(cron[1], range(60), {}), numbers(cron[2], range(24), {})
    except Wrong as wrong:
        return Unknown(f"{text} is no schedule of a canary: {wrong}", "correct it, or use rate(… minutes)")
    if days != 1:
        return days * _DAY
    times = sorted(hour * _HOUR + minute * _MINUTE for hour in hours for minute in minutes)
    return max(later - earlier for earlier, later in itertools.pairwise([*times, times[0] + _DAY]))
