"""Conditions of Google's bindings whose time is over."""

from __future__ import annotations

import datetime

import pytest

from assay.scanner.facts.condition_times import is_over

NOW = datetime.datetime(2026, 11, 20, 8, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "condition",
    [
        'request.time < timestamp("2025-03-01T00:00:00Z")',
        "request.time <= timestamp('2026-11-20T07:59:59Z')",
        'timestamp("2025-03-01T00:00:00.000Z") > request.time',
        '!(request.time > timestamp("2025-03-01T00:00:00+02:00"))',
        'resource.name.startsWith("projects/_/buckets/orders") && request.time < timestamp("2025-03-01T00:00:00Z")',
        'false || request.time < timestamp("2025-03-01T00:00:00Z")',
        'false && request.time > timestamp("2025-03-01T00:00:00Z")',
        '!true || request.time < timestamp("2025-03-01T00:00:00Z")',
        'request.time < timestamp("2024-03-01T00:00:00Z") || request.time < timestamp("2025-03-01T00:00:00Z")',
    ],
)
def test_what_nobody_can_meet_any_more_is_over(condition: str) -> None:
    assert is_over(condition, NOW)


@pytest.mark.parametrize(
    "condition",
    [
        None,
        "",
        'request.time < timestamp("2026-11-20T08:00:01Z")',
        'request.time < timestamp("2026-11-20T08:00:00Z")',
        'request.time > timestamp("2025-03-01T00:00:00Z")',
        'request.time < timestamp("2025-03-01T00:00:00Z") || resource.type == "storage.googleapis.com/Bucket"',
        'request.time < timestamp("some day")',
        "request.time < timestamp(",
        "request.time.getFullYear() < 2025",
        'resource.name == "request.time"',
    ],
)
def test_what_somebody_may_still_meet_is_not(condition: str | None) -> None:
    assert not is_over(condition, NOW)
