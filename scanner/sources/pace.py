"""How fast calls are made: a token bucket that throttled answers slow down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BURST_SECONDS = 2.0
SLOWEST = 0.2
"""Calls a second."""
GIVEN_UP_AFTER = 20
"""Attempts in a row that were throttled, most of them at the slowest rate: what is throttled so hard stays so."""


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
        """An answer said that calls come too fast."""
        with self._lock:
            self._refused += 1
            self.rate = max(SLOWEST, self.rate / 2)
            self._tokens = min(self._tokens, 0.0)

    def answered(self) -> None:
        """An answer did not."""
        self._refused = 0
        if self.rate < self.highest:
            with self._lock:
                self.rate = min(self.highest, self.rate * 1.05)
