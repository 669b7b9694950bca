"""What collecting from any cloud has in common."""

from __future__ import annotations

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.sources.interface import Gap


class CredentialsError(AssayError):
    """There are no credentials, or they do not work: says which and the way out."""


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
