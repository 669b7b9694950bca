"""What fixes are, as data: what may mend a finding, what was proven to, and why there is none."""

from __future__ import annotations

from typing import Literal

import msgspec

from assay.scanner.fix.edits import Edit

Applicability = Literal["safe", "review"]
"""`review`: somebody decides on it, since it may replace a resource, cost or cut traffic."""


class FixCandidate(msgspec.Struct, frozen=True):
    """Edits that may mend a finding."""

    title: str
    """What they do, as an instruction: `set enable_key_rotation in aws_kms_key.main`."""
    edits: tuple[Edit, ...]
    review: str = ""
    """Why somebody decides on it; empty for what is safe."""
    removed: tuple[str, ...] = ()
    """Addresses of blocks that they take out."""
    silences: bool = False
    """Whether they take out what was judged of a resource, so that the control may have nothing to say of it any more."""
    number: int = 0
    """Which of the remedies of its control it is of: titles of two may be the same."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A fix that was proven: with its edits the finding is gone, and no other verdict is worse."""

    fingerprint: str
    control: str
    address: str
    title: str
    applicability: Applicability
    because: str
    """Why it is for review; empty where it is safe."""
    edits: list[Edit]
    """Offsets are bytes of the files as they are read (Edit)."""


class Unfixed(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that no fix is offered for, and why."""

    fingerprint: str
    control: str
    address: str
    file: str
    line: int
    why: str
