"""Ways in steps: what they meet, and by what they go on from there."""

from __future__ import annotations

from collections.abc import Sequence

from assay.scanner.facts.model import Fact, Part
from assay.scanner.sources.raw import Location
from assay.scanner.sources.values import Value


class Step(Part, kw_only=True):
    """A step of a way, such as that of a request to what answers it. Of the last one, `by` is empty."""

    what: Fact[str]
    """What is there, in words; it was seen where that is declared."""
    by: Fact[str]
    """By what the way goes on to the next step, in words: `iam:PassRole`, `route 0.0.0.0/0`; it was seen where that is written."""


def step(what: str, declared: Sequence[Location] = (), by: str = "", written: Sequence[Location] = ()) -> Step:
    """A step. `declared`: where `what` is; `written`: where `by` is."""
    return Step(what=Value(what, declared), by=Value(by, written))
