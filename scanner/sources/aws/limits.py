"""How fast an account's APIs are called: a token bucket for each account, region and operation, slowed down by every throttled answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# Calls a second that are asked for at most: half of the published quotas, so that an audit never stands in the way of what runs in the
# account. EC2 20/s sustained (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html), WAFv2 5/s for each Get and List
# (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html), Secrets Manager GetResourcePolicy 50/s
# (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html). IAM, S3 and CloudFront publish none.
RATES = {"ec2": 10.0, "wafv2": 2.5, "cloudfront": 5.0, "iam": 10.0, "organizations": 5.0, "apigateway": 5.0, "secretsmanager": 25.0}
DEFAULT_RATE = 50.0
BURST_SECONDS = 2.0
SLOWEST = 0.2
GIVEN_UP_AFTER = 20  # attempts in a row that were throttled, most of them at the slowest rate: what is throttled so hard stays so


class TokenBucket:
    """Calls a second, with a burst of two seconds' worth. Halved by each throttled answer, grown again by those that are not."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.highest = self.rate = rate
        self._clock = clock
        self._tokens = max(1.0, rate * BURST_SECONDS)
        self._refused = 0
        self._updated = clock()
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Take a token; gives the seconds to wait until it is there."""
        with self._lock:
            now = self._clock()
            self._tokens = min(max(1.0, self.rate * BURST_SECONDS), self._tokens + (now - self._updated) * self.rate)
            self._updated = now
            self._tokens -= 1
            return max(0.0, -self._tokens / self.rate)

    @property
    def exhausted(self) -> bool:
        """Nothing but throttled answers came for so long that no more are asked for."""
        return self._refused >= GIVEN_UP_AFTER

    def throttled(self) -> None:
        with self._lock:
            self._refused += 1
            self.rate = max(SLOWEST, self.rate / 2)
            self._tokens = min(self._tokens, 0.0)

    def answered(self) -> None:
        self._refused = 0
        if self.rate < self.highest:
            with self._lock:
                self.rate = min(self.highest, self.rate * 1.05)


class Limits:
    """The buckets of one run."""

    def __init__(self, factor: float = 1.0) -> None:
        self._factor = factor
        self._buckets: dict[tuple[str, str, str, str], TokenBucket] = {}

    def of(self, account: str, region: str, service: str, operation: str) -> TokenBucket:
        key = (account, region, service, operation)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets.setdefault(key, TokenBucket(RATES.get(service, DEFAULT_RATE) * self._factor))
        return bucket
