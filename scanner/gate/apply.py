"""The gate of a run: between what was judged and whoever is told of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from assay.scanner.gate import waivers
from assay.scanner.gate.baseline import KnownBefore
from assay.scanner.gate.comments import Comments
from assay.scanner.gate.waivers import Waiver, Waivers
from assay.scanner.results import model
from assay.scanner.results.model import Result
from assay.scanner.sources.coverage import Gap


class Gate:
    """What findings mean: waived for a time, known from before, or what they are."""

    def __init__(
        self,
        accepted: Waivers | None = None,
        comments: Comments | None = None,
        beside: Sequence[KnownBefore] = (),
        digest: Callable[[str], str] = lambda _: "",
        changes: Iterable[str] = (),
        looks_for: Callable[[Waiver], bool] = lambda _: True,
        warnings: Iterable[str] = (),
        newly: Callable[[Result], str] = lambda _: "",
    ) -> None:
        """`comments`: None where they do not count. `beside`: comparisons, of which the last decides what is known. `digest`: file to a
        digest of its content, for gaps that are known. `changes`: of the configuration, by which more is let through than before.
        `looks_for`: whether a waiver may be for something that the run is over. `warnings`: of what the gate was given. `newly`: a
        finding that is waived to a sentence, where a change of the code waives it; else to empty text."""
        self._newly, self._waived_by_change = newly, dict[str, None]()
        self._waivers, self._comments, self._beside, self._digest = accepted, comments, beside, digest
        self.course: Callable[[Result], Result] = lambda result: result
        """Tells of a finding what a history knows of it; may be set until the run begins."""
        self.owner: Callable[[Result], Result] = lambda result: result
        """Tells of a result whose it is; may be set until the run begins."""
        self.changes, self._looks_for, self._warnings = list(changes), looks_for, list(warnings)

    def result(self, result: Result) -> Result:
        """A result as the gate leaves it."""
        if self._waivers is not None and result.verdict in waivers.WAIVABLE:
            result = self._waivers.applied(result, self._comments.of(result) if self._comments else ())
            if result.verdict == "waived" and (sentence := self._newly(result)):
                self._waived_by_change[sentence] = None
        for beside in self._beside:
            result = beside.standing(result)
        return self.course(self.owner(result))

    def is_known(self, gap: Gap) -> bool:
        """Whether a gap was there before, as it is now. As for findings, the last comparison decides: a change may add to the baseline."""
        return bool(self._beside) and self._beside[-1].is_known(gap, self._digest)

    def report(self, controls: Iterable[str]) -> model.GateReport:
        """What the gate did, once everything has passed it. `controls`: those of the run."""
        controls = list(controls)
        uses = self._waivers.uses() if self._waivers is not None else []
        out_of_reach = self._waivers.out_of_reach(self._looks_for) if self._waivers is not None else ()
        part = next((beside.baseline for beside in self._beside if beside.kind == "revision"), None)  # what a change touches alone
        comparisons = [beside.comparison(controls, part) for beside in self._beside]
        over = [f"{past.name}: the baseline ended on {past.expires}; everything counts" for past in comparisons if past.expired]
        warnings = [*self._warnings, *over, *waivers.told(uses, controls, out_of_reach)]
        changes = [*self.changes, *sorted(self._waived_by_change)]
        return model.GateReport(waivers=uses, comparisons=comparisons, changes=changes, warnings=warnings)


def relative_to(directory: str) -> Callable[[str], str]:
    """A function of a file to its path as a configuration in a directory names it, with `/`."""
    top = os.path.abspath(directory or os.curdir)
    return lambda file: os.path.relpath(os.path.abspath(file), top).replace(os.sep, "/")
