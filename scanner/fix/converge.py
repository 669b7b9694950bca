"""Fixes to a fixed point: those that do not meet are proven together, what is worse together is parted, and what is left is tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from assay.scanner.fix.candidates import candidates
from assay.scanner.fix.edits import Edit, conflict
from assay.scanner.fix.files import Files
from assay.scanner.fix.interface import Candidate, Proposal, Unfixed
from assay.scanner.fix.proof import Failing, Judging, State, results_of, worse
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Control

MAX_PASSES = 50
"""A fix makes others possible; this many times at most."""
_ORDER = {severity: at for at, severity in enumerate(("critical", "high", "medium", "low"))}


class _Item(msgspec.Struct):
    """A candidate with the findings that it is for."""

    candidate: Candidate
    findings: list[Result]

    def silenced(self) -> list[Result]:
        """Findings on resources of which their controls may have nothing to say afterwards."""
        return self.findings if self.candidate.silences else []


class Outcome(msgspec.Struct):
    """What a run of fixes came to."""

    files: dict[str, bytes]
    """Content of the files that were edited, by the names of reports."""
    fixed: list[Proposal]
    """In the order in which they were made; the offsets of each are those of the file before it."""
    unfixed: list[Unfixed]
    passes: int
    judgements: int


class Fixing:
    """Fixes of findings of one tree, proven one by one or together."""

    def __init__(self, judging: Judging, files: Files) -> None:
        self.judging, self.files = judging, files
        self.controls: dict[str, Control] = judging.rules.set.by_id()
        self.state: State = judging.state({})
        self.why: dict[str, str] = {}
        """Fingerprint of a finding to why the last fix that was tried is none."""

    def findings(self, wanted: Callable[[Result], bool]) -> list[Result]:
        """What fails now and is to be mended, each fingerprint once, the worst first."""
        failing = {result.fingerprint: result for result in results_of(self.state) if result.verdict == "fail" and wanted(result)}
        return sorted(failing.values(), key=lambda result: (_ORDER[result.severity], result.control, result.resource.address))

    def proven(self, findings: Iterable[Result], unsafe: bool = True) -> list[Proposal]:
        """For each finding by itself, the first of its fixes that is proven; nothing is kept."""
        found: list[Proposal] = []
        for finding in findings:
            for candidate in self._candidates(finding):
                item = _Item(candidate, [finding])
                if (unsafe or not candidate.review) and self._proof([item], self.state)[0] == [item]:
                    found.append(_proposal(finding, candidate))
                    break
        return found

    def run(self, wanted: Callable[[Result], bool], unsafe: bool = False) -> Outcome:
        """Fix what is wanted until nothing more can be. `unsafe`: with fixes that somebody has to decide on."""
        fixed: list[Proposal] = []
        rejected: set[tuple[str, str]] = set()
        passes, progress = 0, False
        while passes < MAX_PASSES:
            passes += 1
            items = self._chosen(self.findings(wanted), rejected, unsafe)
            if not items:
                if not progress or not rejected:
                    break
                rejected, progress = set(), False  # what was worse before may be none now
                continue
            for item in self._accepted(items, rejected):
                progress = True
                fixed += [_proposal(finding, item.candidate) for finding in item.findings]
        unfixed = [_unfixed(finding, self.why.get(finding.fingerprint, "")) for finding in self.findings(wanted)]
        return Outcome(self.files.edited, fixed, unfixed, passes, self.judging.judgements)

    def _candidates(self, finding: Result) -> list[Candidate]:
        found, refused = candidates(finding, self.controls[finding.control], self.files)
        if not found:
            self.why[finding.fingerprint] = "; ".join(refused)
        return found

    def _chosen(self, findings: Iterable[Result], rejected: set[tuple[str, str]], unsafe: bool) -> list[_Item]:
        """The first candidate of each finding that was not rejected, as far as they do not meet."""
        items: list[_Item] = []
        for finding in findings:
            for candidate in self._candidates(finding):
                if (finding.fingerprint, candidate.title) in rejected or (candidate.review and not unsafe):
                    continue
                equal = next((item for item in items if item.candidate.edits == candidate.edits), None)
                if equal is not None:
                    equal.findings.append(finding)
                elif not any(conflict(candidate.edits, item.candidate.edits) for item in items):
                    items.append(_Item(candidate, [finding]))
                break
        return items

    def _accepted(self, items: list[_Item], rejected: set[tuple[str, str]]) -> list[_Item]:
        """Those of some fixes that are proven; their edits are made."""
        accepted: list[_Item] = []
        before = state = self.state
        waiting = [items]
        while waiting:
            batch = waiting.pop(0)
            kept, after, why = self._proof(batch, before, accepted)
            if kept == batch:
                accepted += batch
                state = after
            elif kept:
                waiting.insert(0, kept)
                self._reject([item for item in batch if item not in kept], why, rejected)
            elif len(batch) == 1:
                self._reject(batch, why, rejected)
            else:
                middle = len(batch) // 2
                waiting[:0] = [batch[:middle], batch[middle:]]
        self.files.keep(self.files.with_edits(_edits(accepted)))
        self.state, failing = state, Failing(before, state)
        for item in accepted:  # what it does not mend has another remedy
            left = [finding for finding in item.findings if failing.has(finding)]
            rejected |= {(finding.fingerprint, item.candidate.title) for finding in left}
            item.findings = [finding for finding in item.findings if finding not in left]
        return accepted

    def _reject(self, items: Iterable[_Item], why: str, rejected: set[tuple[str, str]]) -> None:
        for item in items:
            for finding in item.findings:
                rejected.add((finding.fingerprint, item.candidate.title))
                self.why[finding.fingerprint] = why

    def _proof(self, batch: list[_Item], before: State, accepted: Iterable[_Item] = ()) -> tuple[list[_Item], State, str]:
        """Of some fixes together, on top of those that are accepted: all of them where they are proven, else those that mend something, as
        far as others do not, else none; and why."""
        edits = [*_edits(accepted), *_edits(batch)]
        after = self.judging.again(before, self.files.with_edits(edits), {edit.file for edit in edits})
        failing = Failing(before, after)
        useful = [item for item in batch if not all(map(failing.has, item.findings))]
        removed = [address for item in (*accepted, *batch) for address in item.candidate.removed]
        silent = [(finding.control, finding.resource.address) for item in (*accepted, *batch) for finding in item.silenced()]
        if problem := worse(before, after, removed, silent):
            return [], after, f"its fix was left: {problem}"
        return useful, after, "no fix of its control mends it: its remediation says what to do"


def _edits(items: Iterable[_Item]) -> list[Edit]:
    return [edit for item in items for edit in item.candidate.edits]


def _proposal(finding: Result, candidate: Candidate) -> Proposal:
    return Proposal(
        fingerprint=finding.fingerprint,
        control=finding.control,
        address=finding.resource.address,
        title=candidate.title,
        applicability="review" if candidate.review else "safe",
        because=candidate.review,
        edits=list(candidate.edits),
    )


def _unfixed(finding: Result, why: str) -> Unfixed:
    block = next(iter(finding.resource.blocks), None)
    return Unfixed(
        fingerprint=finding.fingerprint,
        control=finding.control,
        address=finding.resource.address,
        file=block.file if block else "",
        line=(block.start_line or 0) if block else 0,
        why=why,
    )
