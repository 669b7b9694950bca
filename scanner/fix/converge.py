"""Fixes to a fixed point: those that do not meet are proven together, what is worse together is parted, and what is left is tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from assay.scanner.fix.candidates import candidates
from assay.scanner.fix.edits import Edit, Taken
from assay.scanner.fix.files import Files
from assay.scanner.fix.interface import FixCandidate, Proposal, Unfixed
from assay.scanner.fix.judging import Judging
from assay.scanner.fix.proof import USELESS, ProofItem, edits_of, prove
from assay.scanner.fix.states import Failing, State, results_of
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Control

MAX_PASSES = 50
"""A fix makes others possible; this many times at most."""
Tried = tuple[str, int, str]
"""A finding by its fingerprint, with what was tried for it: its edits move with those of others."""
_ORDER = {severity: at for at, severity in enumerate(("critical", "high", "medium", "low"))}


class FixOutcome(msgspec.Struct):
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
        proposals: list[Proposal] = []
        for finding in findings:
            for candidate in self._candidates(finding):
                item = ProofItem(candidate, [finding])
                if (unsafe or not candidate.review) and prove(self.judging, self.files, self.state, [item])[0]:
                    proposals.append(_proposal(finding, candidate))
                    break
        return proposals

    def run(self, wanted: Callable[[Result], bool], unsafe: bool = False) -> FixOutcome:
        """Fix what is wanted until nothing more can be. `unsafe`: with fixes that somebody has to decide on."""
        fixed: list[Proposal] = []
        rejected: set[Tried] = set()
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
        return FixOutcome(self.files.edited, fixed, unfixed, passes, self.judging.judgements)

    def _candidates(self, finding: Result) -> list[FixCandidate]:
        tried, refused = candidates(finding, self.controls[finding.control], self.files)
        if not tried:
            self.why[finding.fingerprint] = "; ".join(refused)
        return tried

    def _chosen(self, findings: Iterable[Result], rejected: set[Tried], unsafe: bool) -> list[ProofItem]:
        """The first candidate of each finding that was not rejected, as far as they do not meet."""
        items: dict[tuple[Edit, ...], ProofItem] = {}
        taken = Taken()
        for finding in findings:
            for candidate in self._candidates(finding):
                if _tried(finding, candidate) in rejected or (candidate.review and not unsafe):
                    continue
                if candidate.edits in items:
                    items[candidate.edits].findings.append(finding)
                elif taken.take(candidate.edits):
                    items[candidate.edits] = ProofItem(candidate, [finding])
                break
        return list(items.values())

    def _accepted(self, items: list[ProofItem], rejected: set[Tried]) -> list[ProofItem]:
        """Those of some fixes that are proven; their edits are made."""
        before = self.state
        accepted, self.state, refused = prove(self.judging, self.files, before, items)
        self.files.keep(self.files.with_edits(edits_of(accepted)))
        for item, why in refused:
            self._reject(item, item.findings, why, rejected)
        failing = Failing(before, self.state)
        for item in accepted:  # what it does not mend has another remedy
            left = [finding for finding in item.findings if failing.has(finding)]
            self._reject(item, left, USELESS, rejected)
            item.findings = [finding for finding in item.findings if finding not in left]
        return accepted

    def _reject(self, item: ProofItem, findings: Iterable[Result], why: str, rejected: set[Tried]) -> None:
        for finding in findings:
            rejected.add(_tried(finding, item.candidate))
            self.why[finding.fingerprint] = why


def _tried(finding: Result, candidate: FixCandidate) -> Tried:
    return finding.fingerprint, candidate.number, candidate.title


def _proposal(finding: Result, candidate: FixCandidate) -> Proposal:
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
