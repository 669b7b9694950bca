"""Live accounts, and snapshots of them."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.aws import records
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Source, Wanted
from assay.scanner.sources.live import Collected, LiveSource, SnapshotPart, Status
from assay.scanner.words import many


class SnapshotSource(Source):
    """A snapshot of AWS accounts."""

    input = "aws"

    def __init__(self, path: str) -> None:
        self.path = path

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        yield from records.read(self.path, show(self.path), wanted.listings)


class PartSource(Source):
    """What an audit collected of one account."""

    input = "aws"

    def __init__(self, part: SnapshotPart) -> None:
        self.part = part

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        yield from records.read_part(self.part, wanted.listings)


class AuditSource(LiveSource):
    """Live accounts. What they answer goes to `out` where that is given, and is judged from there as any snapshot is.

    `earlier` are snapshots to go on with: regions that they have to the end are not asked again.
    """

    input = "aws"

    def __init__(self, request: Any, plan: Any, out: str | None = None, earlier: Sequence[str] = ()) -> None:
        self.request, self.plan, self.out, self.earlier = request, plan, out, earlier
        self.notes: list[str] = []
        """What whoever audits may want to know, and what hides nothing."""
        self.stopping = threading.Event()
        self.collector: Any = None

    @property
    def scope(self) -> dict[str, Any]:
        """What it asks for, as the header of its snapshot keeps it."""
        return {
            "organization": self.request.organization,
            "roles": list(self.request.roles),
            "include": list(self.request.include),
            "exclude": list(self.request.exclude),
            "part": None if self.request.part is None else f"{self.request.part[0] + 1}/{self.request.part[1]}",
            "regions": list(self.request.regions) or "enabled",
            "calls": [call.label for call in self.plan.calls()],
            "shared": [listing.type for listing in self.plan.listings if listing.joined_across_regions],
            "left_out": [listing.type for listing in self.plan.left_out],
        }

    def stop(self) -> None:
        """End the audit soon; what was answered by then is judged."""
        self.stopping.set()

    def status(self) -> Status:
        """How far the audit is. May be asked from another thread."""
        if self.collector is None:
            return Status(0, 0, "logging in", "")
        progress, calls = self.collector.progress, self.collector.made
        told = f"{progress.accounts_done} of {many(progress.accounts, 'account')} done"
        count = f"regions; {told}, {progress.resources:,} resources, {calls:,} calls"
        return Status(progress.units_done, progress.units_expected, progress.at, count)

    @override
    def parts(self) -> Iterator[SnapshotPart]:
        with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as folder:
            file = os.path.join(folder, "part")
            for name, lines in self._run(folder):
                with open(file, "wb") as opened:
                    opened.writelines(lines)
                yield SnapshotPart("aws", file, name, self.out or "")

    def collect_only(self) -> Collected:
        """Collect without judging."""
        reader = records.SnapshotReader(self.out or "")
        with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as folder:
            lines = (line for _, part in self._run(folder) for line in part)
            gaps = [gap for collection in reader.collections(records.without_items(lines)) for gap in collection.coverage.gaps]
        progress = self.collector.progress
        return Collected(progress.accounts_done, progress.resources, self.collector.made, gaps)

    def _run(self, folder: str) -> Iterator[tuple[str, Iterable[bytes]]]:
        from assay.scanner.sources.aws.audit import run

        return run(self, folder)


def from_snapshot(path: str) -> Source:
    """The source of a snapshot file (see sources/snapshot.py)."""
    return SnapshotSource(path)
