"""What an account answered, on disk, until the account is done; and how it stands in a snapshot."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.sources.coverage import CallCount

SHARED = "shared"
"""The section of what other regions refer to."""


class Spool:
    """The answers of one account, by region."""

    def __init__(self, folder: str, account: str, name: str, caller: str) -> None:
        self.account, self.name, self.caller = account, name, caller
        self.path = ""
        """The names of the organisational units that the account is in, from the root inwards; empty where that is not known."""
        self.regions: list[str] = []
        self.complete: set[str] = set()
        """Regions (and `global`) that were gone through to the end."""
        self.calls: list[CallCount] = []
        self._folder = tempfile.mkdtemp(dir=folder)  # names of accounts and regions may come from a file: none becomes a path
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._files: dict[str, Any] = {}
        self._closed = False
        self._lock = threading.Lock()

    def write(self, section: str, record: Any) -> None:
        """Append a record to a section: a region, `global`, or SHARED."""
        self.append(section, self._encode(record) + b"\n")

    def append(self, section: str, line: bytes) -> None:
        """Append a line that is encoded already."""
        with self._lock:
            if self._closed:
                return  # an answer that nobody waited for any more
            opened = self._files.get(section)
            if opened is None:
                opened = self._files[section] = open(os.path.join(self._folder, str(len(self._files))), "ab")  # noqa: SIM115
            opened.write(line)

    @property
    def done(self) -> bool:
        """Everything was gone through to the end."""
        return bool(self.regions) and self.complete >= {"global", *self.regions}

    def lines(self) -> Iterator[bytes]:
        """The account's part of a snapshot: the ledger, what other regions refer to, then region by region.

        The ledger comes first, so that a region that is whole in a snapshot has its part of it, wherever the snapshot is cut off.
        """
        with self._lock:
            self._closed = True
            for opened in self._files.values():
                opened.close()
        head = {"record": "account", "account": self.account, "name": self.name, "caller": self.caller, "regions": self.regions}
        if self.path:
            head["path"] = self.path
        yield self._encode(head) + b"\n"
        for count in self.calls:
            yield self._encode({"record": "calls", **msgspec.structs.asdict(count)}) + b"\n"
        yield from self._section(SHARED)
        for region in sorted(self._files.keys() - {SHARED} | self.complete):
            yield self._encode({"record": "region", "region": region, "complete": region in self.complete}) + b"\n"
            yield from self._section(region)
        yield self._encode({"record": "account_end", "account": self.account, "complete": self.done}) + b"\n"

    def _section(self, section: str) -> Iterator[bytes]:
        if section in self._files:
            with open(self._files[section].name, "rb") as opened:
                yield from opened

    def remove(self) -> None:
        """Delete its files."""
        for opened in self._files.values():
            os.unlink(opened.name)
        os.rmdir(self._folder)
