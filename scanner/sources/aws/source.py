"""Live accounts, and snapshots of them."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.sources.aws import records
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Source, Wanted
from assay.scanner.sources.live import Collected, Status


class SnapshotSource(Source):
    """A snapshot of AWS accounts."""

    input = "aws"

    def __init__(self, path: str) -> None:
        self.path = path

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        yield from records.read(self.path, show(self.path), wanted.listings)


class AuditSource(Source):
    """Live accounts. What they answer goes to `out` where that is given, and is judged from there as any snapshot is.

    `earlier` are snapshots to go on with: regions that they have to the end are not asked again.
    """

    input = "aws"

    def __init__(self, request: Any, plan: Any, out: str | None = None, earlier: Sequence[str] = ()) -> None:
        self.request, self.plan, self.out, self.earlier = request, plan, out, earlier
        self.stopping = threading.Event()
        self.collector: Any = None

    def stop(self) -> None:
        """End with what is known."""
        self.stopping.set()

    def status(self) -> Status:
        if self.collector is None:
            return Status(0, 0, "logging in", "")
        now, calls = self.collector.progress, self.collector.asker.made
        count = f"regions of {now.accounts} accounts, {now.resources:,} resources, {calls:,} calls"
        return Status(now.units_done, now.units, now.at, count)

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """Raises CredentialsError before anything was collected."""
        yield from records.Reader(self.out or "", wanted.listings).collections(self._lines())

    def collect_only(self) -> Collected:
        """Collect without judging."""
        reader = records.Reader(self.out or "")
        gaps = [gap for collection in reader.collections(self._lines()) for gap in collection.coverage.gaps]
        now = self.collector.progress
        return Collected(now.accounts_done, now.resources, self.collector.asker.made, gaps)

    def _lines(self) -> Iterator[bytes]:
        from assay.scanner.sources.aws.audit import run

        with tempfile.TemporaryDirectory(prefix="assay-") as folder:
            yield from run(self, folder)


def from_snapshot(path: str) -> Source:
    return SnapshotSource(path)
