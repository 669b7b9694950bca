"""What collecting from any cloud has in common."""

from __future__ import annotations

import abc
import importlib
from collections.abc import Iterator

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.interface import EVERYTHING, Collection, Source, Wanted
from assay.scanner.sources.snapshot import CLOUDS


class CredentialsError(AssayError):
    """There are no credentials, or they do not work: says which and the way out."""


class EarlierError(AssayError):
    """An earlier snapshot is none that an audit can go by: says why and the way out."""


class Status(msgspec.Struct):
    """How far a collection is, for people. `total` may grow while it goes on."""

    done: int
    total: int
    at: str
    count: str


class Collected(msgspec.Struct):
    """What a collection without judging gave. `accounts` are accounts or projects."""

    accounts: int
    resources: int
    calls: int
    gaps: list[Gap]


class SnapshotPart(msgspec.Struct, frozen=True):
    """What was collected of an account, or of all projects, in a file: the lines of a snapshot, the header first."""

    cloud: str
    """One of snapshot.CLOUDS."""
    file: str
    name: str
    """What it is of: `aws:111122223333`."""
    snapshot: str = ""
    """The snapshot that is written as well, which gaps name."""

    def source(self) -> Source:
        """What reads it."""
        source: Source = importlib.import_module(CLOUDS[self.cloud]).PartSource(self)
        return source


class LiveSource(Source):
    """Live accounts or projects, collected part by part: who collects, with threads and connections, need not be who judges."""

    @abc.abstractmethod
    def parts(self) -> Iterator[SnapshotPart]:
        """Collect, and give each part once it is whole. Its file is there until the next is asked for.

        Raises CredentialsError and EarlierError before anything was collected.
        """

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """Raises CredentialsError and EarlierError before anything was collected."""
        for part in self.parts():
            yield from part.source().collect(wanted)
