"""What an account answered, on disk, until the account is done; and how it stands in a snapshot."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from scanner.sources.interface import CallCount

SHARED = "shared"


class Spool:
    """The answers of one account, by region."""

    def __init__(self, folder: str, account: str, name: str, caller: str) -> None:
        self.account, self.name, self.caller = account, name, caller
        self.regions: list[str] = []
        self.complete: set[str] = set()
        """Regions (and `global`) that were gone through to the end."""
        self.calls: list[CallCount] = []
        self._folder = os.path.join(folder, account)
        os.makedirs(self._folder, exist_ok=True)
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._files: dict[str, Any] = {}
        self._lock = threading.Lock()

    def write(self, section: str, record: Any) -> None:
        self.append(section, self._encode(record) + b"\n")

    def append(self, section: str, line: bytes) -> None:
        with self._lock:
            opened = self._files.get(section)
            if opened is None:
                opened = self._files[section] = open(os.path.join(self._folder, section), "ab")  # noqa: SIM115
            opened.write(line)

    def keep(self, wanted: Callable[[bytes], bool]) -> None:
        """Drop what other regions refer to, but for the lines that are wanted."""
        with self._lock:
            opened = self._files.pop(SHARED, None)
            if opened is None:
                return
            opened.close()
            path = os.path.join(self._folder, SHARED)
            os.replace(path, path + ".all")
            with open(path + ".all", "rb") as old:
                kept = [line for line in old if wanted(line)]
            os.unlink(path + ".all")
        for line in kept:
            self.append(SHARED, line)

    @property
    def done(self) -> bool:
        """Everything was gone through to the end."""
        return self.complete >= {"global", *self.regions}

    def lines(self) -> Iterator[bytes]:
        """The account's part of a snapshot: what other regions refer to, then region by region, then the ledger."""
        for opened in self._files.values():
            opened.close()
        head = {"record": "account", "account": self.account, "name": self.name, "caller": self.caller, "regions": self.regions}
        yield self._encode(head) + b"\n"
        yield from self._section(SHARED)
        for region in sorted(self._files.keys() - {SHARED} | self.complete):
            yield self._encode({"record": "region", "region": region, "complete": region in self.complete}) + b"\n"
            yield from self._section(region)
        for count in self.calls:
            yield self._encode({"record": "calls", **msgspec.structs.asdict(count)}) + b"\n"
        yield self._encode({"record": "account_end", "account": self.account, "complete": self.done}) + b"\n"

    def _section(self, section: str) -> Iterator[bytes]:
        if section in self._files:
            with open(os.path.join(self._folder, section), "rb") as opened:
                yield from opened

    def remove(self) -> None:
        for section in self._files:
            os.unlink(os.path.join(self._folder, section))
        os.rmdir(self._folder)
