"""Live accounts, and snapshots of them."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from scanner.sources.aws import records
from scanner.sources.discover import show
from scanner.sources.interface import Collection, Source


class SnapshotSource(Source):
    """A snapshot of AWS accounts."""

    readers = ("aws_api",)

    def __init__(self, path: str) -> None:
        self.path = path

    def collect(self) -> Iterator[Collection]:
        yield from records.read(self.path, show(self.path))


class AuditSource(Source):
    """Live accounts. What they answer goes to `out` where that is given, and is judged from there as any snapshot is."""

    readers = ("aws_api",)

    def __init__(self, request: Any, plan: Any, out: str | None = None, resume: Sequence[str] = ()) -> None:
        self.request, self.plan, self.out, self.resume = request, plan, out, resume
        self.stopping = threading.Event()
        self.progress: Any = None
        self.asker: Any = None

    def stop(self) -> None:
        """End with what is known."""
        self.stopping.set()

    def collect(self) -> Iterator[Collection]:
        """Raises CredentialsError before anything was collected."""
        from scanner.sources.aws.audit import run

        reader = records.Reader(self.out or "")
        with tempfile.TemporaryDirectory(prefix="assay-") as folder:
            yield from reader.collections(run(self, folder))


def from_snapshot(path: str) -> Source:
    return SnapshotSource(path)
