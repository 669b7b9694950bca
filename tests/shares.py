"""Shares of the fixtures, for tests of what holds of any input."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tests.scans import ROOT


def number(text: str) -> int:
    """A number below 2^64 that hangs on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def share(paths: Iterable[str], one_in: int) -> list[str]:
    """One in so many of the paths. Which these are hangs on each one alone, so that a new fixture adds itself and leaves the others."""
    return [path for path in paths if number(str(Path(path).relative_to(ROOT))) % one_in == 0]
