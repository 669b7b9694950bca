"""What people state of controls that no input shows, or not in full: who, when, until when, and where the proof is.

A statement settles what is unknown for no other reason than that no input shows it (`attestable`). It never overrules what is seen, nor
takes the place of a value that another input would give.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from assay.scanner.errors import SelectionError
from assay.scanner.facts.model import ATTEST, Identity
from assay.scanner.facts.roles import covers, names_of
from assay.scanner.globs import matches
from assay.scanner.options import Attestation
from assay.scanner.rules.judgement import Evidence, Judgement, UnknownFact
from assay.scanner.rules.load import nearest
from assay.scanner.rules.model import Control
from assay.scanner.sources.raw import Location, Unknown

FACT = "statement"
"""What the evidence of a verdict calls the statement that it rests on."""
LONGEST_DAYS = 366
"""From the day on which something is stated to the last on which it counts."""


class Statements:
    """The statements of a run."""

    def __init__(self, attestations: Sequence[Attestation] = (), today: datetime.date | None = None) -> None:
        """`today`: by UTC where it is not given."""
        self._attestations = attestations
        self._today = today or datetime.datetime.now(datetime.UTC).date()

    def of(self, control: str, who: Identity) -> Attestation | str:
        """The statement that counts for a control and a resource; else why there is none. One that says no counts before others."""
        reasons: list[str] = []
        counting: list[Attestation] = []
        for attestation in self._attestations:
            covered = covers(attestation.covers, who, names_of(who)) if matches(attestation.control, control) else False
            if covered is False:
                continue
            reason = f"may be for others: {covered.reason}" if isinstance(covered, Unknown) else self.refused(attestation)
            if reason:
                reasons.append(f"the statement of {attestation.owner} ({attestation.file}:{attestation.line}) {reason}")
            else:
                counting.append(attestation)
        if counting:
            return min(counting, key=lambda attestation: attestation.holds)
        return "; ".join(reasons) or "nobody states it"

    def refused(self, attestation: Attestation) -> str:
        """Why a statement does not count on the day of the run; empty where it does."""
        if attestation.date > self._today:
            return f"is dated {attestation.date}, which is to come"
        if attestation.expires < self._today:
            return f"expired on {attestation.expires}"
        if (attestation.expires - attestation.date).days > LONGEST_DAYS:
            return f"does not count: its last day, {attestation.expires}, is more than a year after its date"
        return ""


def check(attestations: Iterable[Attestation], controls: Mapping[str, Control]) -> None:
    """Raises SelectionError for a statement on a control that is not there, or that no statement can settle."""
    for attestation in attestations:
        place = f"{attestation.file}:{attestation.line}: attestations"
        named = [control for id_, control in controls.items() if matches(attestation.control, id_)]
        if not named:
            way = nearest(attestation.control, controls) or "see assay controls list"
            raise SelectionError(f"{place}: there is no control {attestation.control!r}; {way}")
        if not any(control.attested for control in named):
            known = ", ".join(id_ for id_, control in controls.items() if control.attested)
            raise SelectionError(f"{place}: no statement settles {attestation.control}, which the inputs show; it does for {known}")


def is_open(judgement: Judgement) -> bool:
    """Whether a verdict is unknown for no other reason than that no input shows what it needs."""
    return judgement.verdict == "unknown" and bool(judgement.unknown) and all(fact.settles_it == ATTEST for fact in judgement.unknown)


def unstated(judgement: Judgement, reason: str) -> Judgement:
    """A verdict that stays unknown, with why no statement settles it."""
    unknown = [UnknownFact(fact.fact, f"{fact.reason}, and {reason}", fact.settles_it, fact.location) for fact in judgement.unknown]
    return msgspec.structs.replace(judgement, unknown=unknown)


def refuted(judgement: Judgement, attestation: Attestation) -> Judgement:
    """The failure that follows from a statement that says no."""
    message = f"{attestation.owner} states that this does not hold: {attestation.statement}"
    return msgspec.structs.replace(judgement, verdict="fail", message=message, evidence=[*told(judgement, attestation)], unknown=[])


def told(judgement: Judgement, attestation: Attestation) -> list[Evidence]:
    """The evidence of a verdict that rests on a statement: first that, then what else was seen."""
    place = Location(attestation.file, attestation.line) if attestation.file else None
    return [Evidence(FACT, said(attestation), judgement.control.attested, place), *judgement.evidence]


def said(attestation: Attestation) -> str:
    """A statement in one line, as evidence has it."""
    link = f" ({attestation.link})" if attestation.link else ""
    answer = "" if attestation.holds else "no: "
    return f"{answer}{attestation.statement}{link}, stated by {attestation.owner} on {attestation.date}, until {attestation.expires}"
