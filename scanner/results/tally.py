"""The counts of a run, put together from its collections as they come: what its outcome needs, without the results themselves."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

import msgspec

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.results.model import VERDICTS, ControlOutcome, Result, Summary, Verdict, worst
from assay.scanner.rules.load import CompiledControl
from assay.scanner.sources.coverage import Coverage
from assay.scanner.words import many


class _Count(msgspec.Struct):
    verdicts: set[Verdict]
    resources: int = 0


class Tally:
    """Counts by verdict and by control, and the ledger."""

    def __init__(self, controls: Sequence[CompiledControl]) -> None:
        self.verdicts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        self.resources = 0
        self._controls = {compiled.control.id: (compiled, _Count(set())) for compiled in controls}
        self._parts: list[Coverage] = []

    def take(self, results: Iterable[Result], coverage: Coverage, resources: int) -> None:
        """Enter one collection; `resources`: how many a control was asked of."""
        self.add(coverage)
        self.resources += resources
        judged: dict[str, set[str]] = {}
        for result in results:
            self.verdicts[result.verdict] += 1
            self._controls[result.control][1].verdicts.add(result.verdict)
            judged.setdefault(result.control, set()).add(result.resource.address)
        for control, addresses in judged.items():
            self._controls[control][1].resources += len(addresses)

    def add(self, coverage: Coverage) -> None:
        """Enter more in the ledger."""
        self._parts.append(coverage)

    @property
    def coverage(self) -> Coverage:
        """The ledger of all that was entered."""
        self._parts = [Coverage.merged(self._parts)]
        return self._parts[0]

    @property
    def saw_nothing(self) -> bool:
        """There was no file, no answer of a cloud, and nothing that could not be read."""
        coverage = self.coverage
        return not (coverage.files.found or coverage.calls or coverage.gaps)

    @property
    def incomplete(self) -> bool:
        """Something could not be read or judged."""
        return bool(self.verdicts["error"] or self.coverage.gaps)

    def summary(self) -> Summary:
        """The number of results by verdict, of resources that were judged, and of controls."""
        return Summary({**self.verdicts}, self.resources, len(self._controls))

    def outcomes(self) -> list[ControlOutcome]:
        """Every control with its worst verdict; `not_applicable` where it met no resource."""
        return [_outcome(compiled, count) for compiled, count in self._controls.values()]


def _outcome(compiled: CompiledControl, count: _Count) -> ControlOutcome:
    control, verdict = compiled.control, worst(count.verdicts)
    reason = _why_not_applicable(compiled, count.resources) if verdict == "not_applicable" else ""
    return ControlOutcome(control.id, control.title, control.severity, verdict, count.resources, control.frameworks, reason)


@functools.cache
def _of_estate() -> frozenset[str]:
    return frozenset(name for name, kind in catalogue().kinds.items() if kind.of_estate)


def _why_not_applicable(compiled: CompiledControl, resources: int) -> str:
    if not resources and compiled.kind in _of_estate():
        return (
            "nothing describes the deployment as a whole: estate in assay.yaml (docs/estate.md), or there is none of what it holds together"
        )
    if not resources:
        return f"nothing of the kind that it asks of ({compiled.source_type or compiled.kind}) is in what was judged"
    return f"its condition ({compiled.control.when}) is false for all of {many(resources, 'resource')}"
