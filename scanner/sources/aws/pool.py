"""Accounts side by side: each is collected by threads of its own, so that one that is slow or throttled costs no other its time.

A list that is paced (limits.py) holds a thread while it waits for its turn. Threads that all accounts shared would wait for the slowest.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from assay.scanner.sources.aws.accounts import AccountCandidate
from assay.scanner.sources.aws.asking import Stopped
from assay.scanner.sources.aws.collect import GRACE_SECONDS, THREADS
from assay.scanner.sources.aws.spool import Spool
from assay.scanner.sources.coverage import Gap

AT_ONCE = 16
"""Accounts. More of them ask for no more: one process makes about 300 calls a second, whatever it waits for."""
_FILES, _FILES_WANTED = 1000, 65_536
"""Files that one account may have open, connections among them: one or more for each of 40 services in 17 regions."""
_TICK = 0.2


def at_once() -> int:
    """How many accounts may be under way, by the files that this process may open: the limit is raised as far as it may be."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return AT_ONCE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(_FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (OSError, ValueError):  # macOS has a lower limit that it does not tell
            most = soft
    return max(1, min(AT_ONCE, max(soft, most) // _FILES))


class Pool:
    """Collects accounts, and gives each as it is done. Gaps name those that the end of the run came before."""

    def __init__(self, collect: Callable[[AccountCandidate], Spool | None], stop: threading.Event) -> None:
        """`collect` is called in a thread of its own; None where an account could not be entered. It may raise Stopped."""
        self._collect, self._stop = collect, stop
        self.gaps: list[Gap] = []

    def spools(self, candidates: Sequence[AccountCandidate]) -> Generator[Spool]:
        """What was collected, in the order in which it is done. No more wait on disk than are under way."""
        most = min(at_once(), len(candidates)) or 1
        threads = ThreadPoolExecutor(most, f"{THREADS} accounts")
        waiting, running = deque(candidates), dict[Future[Spool | None], AccountCandidate]()
        try:
            while (waiting and not self._stop.is_set()) or running:
                while waiting and len(running) < 2 * most and not self._stop.is_set():
                    candidate = waiting.popleft()
                    running[threads.submit(self._collect, candidate)] = candidate
                done = self._done(running)
                if not done:
                    break
                for future in done:
                    candidate = running.pop(future)
                    try:
                        spool = future.result()
                    except Stopped:
                        self._interrupted(candidate)
                    else:
                        if spool is not None:
                            yield spool
            for candidate in (*running.values(), *waiting):
                self._interrupted(candidate)
        finally:
            if running:  # whoever takes the spools has seen enough, or the run is to end
                self._stop.set()
            threads.shutdown(wait=not running, cancel_futures=True)

    def _done(self, running: dict[Future[Spool | None], AccountCandidate]) -> set[Future[Spool | None]]:
        """Those that are done next; none where the run is to end and they still wait for answers after the time that they are given."""
        until = None
        while True:
            done = wait(running, _TICK, FIRST_COMPLETED).done
            if done:
                return done
            if self._stop.is_set():
                until = until or time.monotonic() + 2 * GRACE_SECONDS
                if time.monotonic() > until:
                    return set()

    def _interrupted(self, candidate: AccountCandidate) -> None:
        reason = "the audit was stopped before it reached this account"
        self.gaps.append(Gap(f"aws:{candidate.id}", "interrupted", reason, "go on with --resume"))
