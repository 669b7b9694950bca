"""Token buckets, with a clock of their own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.sources.aws import limits
from assay.scanner.sources.aws.limits import DEFAULT_RATE, RATES, RateLimits
from assay.scanner.sources.pace import BURST_SECONDS, GIVEN_UP_AFTER, SLOWEST, TokenBucket


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


RATE = st.floats(0.5, 200)
STEPS = st.lists(st.tuples(st.sampled_from(["ask", "pass", "throttled", "answered"]), st.floats(0, 3)), max_size=80)


@settings(deadline=None)
@given(RATE, st.integers(1, 300))
def test_no_more_calls_than_burst_and_rate_allow(rate: float, calls: int) -> None:
    """Whoever waits as long as it is told never goes over burst + rate x time."""
    clock = Clock()
    bucket = TokenBucket(rate, clock)
    for made in range(1, calls + 1):
        clock.now += bucket.wait()
        assert made <= max(1.0, rate * BURST_SECONDS) + rate * clock.now + 1e-6
    # and not much slower than that either
    assert clock.now <= max(0.0, calls - max(1.0, rate * BURST_SECONDS)) / rate + 1e-6


@settings(deadline=None)
@given(RATE, STEPS)
def test_the_rate_stays_within_its_bounds(rate: float, steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    bucket = TokenBucket(rate, clock)
    for step, seconds in steps:
        before = bucket.rate
        if step == "ask":
            assert bucket.wait() >= 0
        elif step == "pass":
            clock.now += seconds
        elif step == "throttled":
            bucket.throttled()
            assert bucket.rate <= max(SLOWEST, before / 2) + 1e-9
        else:
            bucket.answered()
            assert bucket.rate >= before
        assert SLOWEST <= bucket.rate <= rate or bucket.rate == rate


@given(RATE)
def test_a_throttled_answer_halves_and_answers_grow_it_back(rate: float) -> None:
    bucket = TokenBucket(rate, Clock())
    bucket.throttled()
    assert bucket.rate == max(SLOWEST, rate / 2)
    for _ in range(200):
        bucket.answered()
    assert bucket.rate == rate


def test_a_throttled_answer_takes_the_burst_away() -> None:
    bucket = TokenBucket(10, Clock())
    assert bucket.wait() == 0
    bucket.throttled()
    assert bucket.wait() > 0


def test_it_gives_up_after_throttled_answers_in_a_row_only() -> None:
    bucket = TokenBucket(10, Clock())
    for _ in range(GIVEN_UP_AFTER - 1):
        bucket.throttled()
    assert not bucket.exhausted
    bucket.answered()
    bucket.throttled()
    assert not bucket.exhausted
    for _ in range(GIVEN_UP_AFTER):
        bucket.throttled()
    assert bucket.exhausted


def test_each_account_region_service_and_operation_has_its_own() -> None:
    rates = RateLimits()
    one = rates.of("1", "us-east-1", "ec2", "DescribeVpcs")
    assert rates.of("1", "us-east-1", "ec2", "DescribeVpcs") is one
    others = [
        ("2", "us-east-1", "ec2", "DescribeVpcs"),
        ("1", "eu-west-1", "ec2", "DescribeVpcs"),
        ("1", "us-east-1", "ecs", "DescribeVpcs"),
        ("1", "us-east-1", "ec2", "DescribeSubnets"),
    ]
    one.throttled()
    for other in others:
        assert rates.of(*other) is not one
        assert rates.of(*other).rate == RATES.get(other[2], DEFAULT_RATE)


def test_published_quotas_are_used_by_half() -> None:
    assert limits.RATES["ec2"] <= 20 / 2
    assert limits.RATES["wafv2"] <= 5 / 2
