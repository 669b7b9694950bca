"""Limits of a process: what reading and judging one collection may take, by the kernel's own means.

They grow with the bytes that are read, unless the user sets them. Where they are exceeded, memory is refused (MemoryError, or the end of a
library that cannot do without), and a signal ends the process: no code of the process has to run for that.
"""

from __future__ import annotations

import resource
import signal
import time
from typing import Any

from assay.scanner.options import Limits

MEMORY, MEMORY_PER_BYTE = 1_500_000_000, 40
"""Bytes, and bytes for each byte of input: 6,000 resources in 2 MB take 150 MB, a plan of 100 MB about 2 GB."""
SECONDS, SECONDS_PER_BYTE = 60.0, 20 / 1_000_000
"""Of the processor: ten thousand times what a small root module takes, ten times what a large one does."""
PATIENCE = 10
"""Times as long as the processor may be used, a worker may take by the clock: others use the processor too."""
_STEP = 1_000_000
"""Bytes of input after which limits are set again."""


class Enforced:
    """Limits of this process, for one collection after the other."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._entered: set[str] = set()
        self._size = self._set_for = 0
        self._memory_before, self._seconds_before = _address_space(), 0.0
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        for signal_ in (signal.SIGXCPU, signal.SIGALRM):
            signal.signal(signal_, signal.SIG_DFL)

    def begin(self) -> None:
        """The next collection begins: it has the whole allowance of time. Memory that others keep is not counted against it."""
        self._memory_before, self._seconds_before = _address_space(), time.process_time()
        self._set()

    def entered(self, name: str, size: int) -> None:
        """A file of so many bytes is read: the limits grow with it, once."""
        if size and name not in self._entered:
            self._entered.add(name)
            self._size += size
            if self._size >= self._set_for + _STEP:
                self._set()

    def sending(self) -> None:
        """What has been judged is on its way to the parent, which may take its time."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _set(self) -> None:
        self._set_for = self._size
        if (memory := memory_of(self.limits, self._size)) is not None:
            _soft(resource.RLIMIT_AS, self._memory_before + memory)
        if (seconds := seconds_of(self.limits, self._size)) is not None:
            _soft(resource.RLIMIT_CPU, int(self._seconds_before + seconds) + 1)
            signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)


def memory_of(limits: Limits, size: int) -> int | None:
    """Bytes that a collection may take for an input of so many bytes; None for no limit."""
    if limits.memory is not None:
        return limits.memory or None
    return MEMORY + MEMORY_PER_BYTE * size


def seconds_of(limits: Limits, size: int) -> float | None:
    """Seconds of the processor that a collection may take for an input of so many bytes; None for no limit."""
    if limits.seconds is not None:
        return limits.seconds or None
    return SECONDS + SECONDS_PER_BYTE * size


def _soft(kind: Any, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _address_space() -> int:
    """Bytes of address space that this process has."""
    with open("/proc/self/statm", "rb") as opened:
        return int(opened.read().split()[0]) * resource.getpagesize()
