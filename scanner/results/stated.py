"""Statements of a run as its reports list them: who states what of which control until when, and what rests on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from assay.scanner.options import Attestation, Selector
from assay.scanner.results.model import Result, StatementUse
from assay.scanner.rules.statements import FACT, Statements, said


def uses(attestations: Sequence[Attestation], statements: Statements, results: Iterable[Result]) -> list[StatementUse]:
    """Each statement with how many results rest on it, in the order of the configuration."""
    resting = Counter(fact.observed for result in results for fact in result.evidence if fact.fact == FACT)
    return [
        StatementUse(
            control=attestation.control, resource=_selected(attestation.covers), statement=attestation.statement,
            holds=attestation.holds, owner=attestation.owner, date=attestation.date.isoformat(), expires=attestation.expires.isoformat(),
            link=attestation.link, file=attestation.file, line=attestation.line,
            results=resting[said(attestation)], refused=statements.refused(attestation),
        )
        for attestation in attestations
    ]  # fmt: skip


def _selected(covers: Selector) -> str:
    """What a statement speaks of, in words."""
    parts = [f"{name} {value}" for name, value in (("resource", covers.resource), ("type", covers.type)) if value != "*"]
    parts += [f"tag {key}={value}" for key, value in sorted(covers.tags.items())]
    return ", ".join(parts) or "every resource"
