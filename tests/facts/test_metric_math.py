"""What metric math of CloudWatch divides by what."""

from __future__ import annotations

import pytest

from assay.scanner.facts.compute.scaling.metric_math import divides


@pytest.mark.parametrize(("expression", "expected"), [
    ("queue / tasks", True), ("tasks / queue", False), ("queue + tasks", False), ("1 / tasks", False),
    # `*` and `/` hold together what stands before: ids, calls, brackets
    ("queue * 60 / tasks", True), ("queue * FILL(ones, 1) / tasks", True), ("queue * (ones + 1) / tasks", True),
    ("queue + FILL(ones, 1) / tasks", False), ("queue + 1 / tasks", False), ("(queue + 1) / tasks", True), ("[queue] / tasks", True),
    # behind it stands one id, number, call or bracket
    ("queue / FILL(tasks, 1)", True), ("queue / (tasks + 1)", True), ("queue / -tasks", True), ("queue / 60 * tasks", False),
    ("queue / (tasks + queue)", False), ("queue / FILL(tasks", True), ("queue) / tasks", True),
    ("per / tasks", True), ("ones / per", False), ("'queue' / tasks", False),
])  # fmt: skip
def test_what_is_divided(expression: str, expected: bool) -> None:
    expressions = {"it": expression, "per": "queue * 2"}
    assert divides(expressions, {"queue"}, {"tasks"}) is expected
