"""What a rule says of a resource. Nothing here knows of runs, fingerprints or reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from assay.scanner.rules.model import Control
from assay.scanner.sources.raw import Location

Verdict = Literal["pass", "fail", "unknown", "not_applicable", "waived", "error"]
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "unknown", "not_applicable", "waived", "error")
# The verdict of a whole is the worst of its parts.
WORST: tuple[Verdict, ...] = ("error", "fail", "unknown", "waived", "pass", "not_applicable")


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """A fact that the assertion read. `observed` and `expected` are text; `location` is where the fact was seen."""

    fact: str
    observed: str
    expected: str
    location: Location | None


class UnknownFact(msgspec.Struct, frozen=True, gc=False):
    """A fact that an assertion needs and that is not known: why, and what would settle it."""

    fact: str
    reason: str
    settles_it: str
    location: Location | None


class Step(msgspec.Struct, frozen=True, gc=False):
    """A step of the way that a finding stands on: what is there, and by what it goes on to the next; of the last one, `by` is empty."""

    what: str
    location: Location | None
    """Where that is declared, as far as the input has it."""
    by: str
    by_location: Location | None
    """Where `by` is written."""


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """The verdict of one control on one resource, or on one element of a list of it."""

    control: Control
    verdict: Verdict
    message: str
    assertion: str
    """The number of the assertion, from 0; `when` for the condition of the control; empty for the control as a whole."""
    element_key: str
    """What the list element is known by, as JSON with sorted keys, `#2` behind the second of equal ones; empty for the resource itself."""
    element: str
    """What the element is called in a report; empty for the resource itself, and for an element without a name."""
    evidence: list[Evidence]
    unknown: list[UnknownFact]
    steps: list[Step] = []
    """The way that a finding stands on, from its start; empty for one that stands on none, and where it is not known."""


def worst(verdicts: Iterable[str]) -> Verdict:
    """The verdict of a whole by those of its parts; `not_applicable` where there are none."""
    present = set(verdicts)
    return next((verdict for verdict in WORST if verdict in present), "not_applicable")
