"""What a metric of CloudWatch is divided by."""

from __future__ import annotations

import pytest

from assay.scanner.facts.compute.scaling.metric_math import divides


@pytest.mark.parametrize(
    ("expressions", "expected"),
    [
        ({"e": "q / t"}, True),
        ({"e": "q/t"}, True),
        ({"e": "(a + q) / t"}, True),
        ({"e": "2 * q / t"}, True),
        ({"e": "SUM([q, a]) / t"}, True),
        ({"e": "FILL(q, 0) / MAX([t, 1])"}, True),
        ({"e": "all / each", "all": "q + a", "each": "IF(t > 0, t, 1)"}, True),
        ({"e": "IF(t > 0, q / t, q)"}, True),
        ({"e": "CEIL(q / t)"}, True),
        ({"e": "q"}, False),
        ({"e": "q / 10"}, False),
        ({"e": "t / q"}, False),
        ({"e": "q + a / t"}, False),
        ({"e": "q * t"}, False),
        ({"e": "q / (t / q)"}, False),
        ({"e": "'q / t'"}, False),
        ({"e": "q /"}, False),
        ({"e": "/ t"}, False),
        ({"e": ")) / (("}, False),
        ({"e": "e / t"}, False),
        ({}, False),
    ],
)
def test_what_waits_is_divided_by_another_metric(expressions: dict[str, str], expected: bool) -> None:
    assert divides(expressions, {"q"}, {"t"}) is expected
