"""Proof of fixes: those of one pass are judged together, and collections tell apart those that are worse together.

Collections hardly know of each other, so that each has its own batch of fixes, and a judgement tries one batch of every collection. A batch
that is worse is halved. Where something is worse that no batch is part of, they are tried one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assay.scanner.fix.edits import Edit
from assay.scanner.fix.files import Files
from assay.scanner.fix.interface import FixCandidate
from assay.scanner.fix.judging import Judging
from assay.scanner.fix.states import CollectionState, Failing, Key, State, worse
from assay.scanner.results.model import Result

USELESS = "no fix of its control mends it: its remediation says what to do"


class ProofItem(msgspec.Struct):
    """A candidate with the findings that it is for."""

    candidate: FixCandidate
    findings: list[Result]

    def silenced(self) -> list[Result]:
        """Findings on resources of which their controls may have nothing to say afterwards."""
        return self.findings if self.candidate.silences else []


class _Share(msgspec.Struct):
    """Fixes that may be part of the same collections."""

    keys: set[Key]
    waiting: list[list[ProofItem]]
    accepted: list[ProofItem]


def edits_of(items: Iterable[ProofItem]) -> list[Edit]:
    """The edits of some fixes."""
    return [edit for item in items for edit in item.candidate.edits]


def prove(
    judging: Judging, files: Files, before: State, items: list[ProofItem]
) -> tuple[list[ProofItem], State, list[tuple[ProofItem, str]]]:
    """Those of some fixes that are proven together, what is said with them, and why each of the others is left."""
    shares = _shares(judging, before, items)
    state, left, together = before, list[tuple[ProofItem, str]](), True
    while waiting := [share for share in shares if share.waiting]:
        tried = waiting if together else waiting[:1]
        batches = [share.waiting.pop(0) for share in tried]
        accepted = [item for share in shares for item in share.accepted]
        edited = edits_of([*(item for share in tried for item in share.accepted), *(item for batch in batches for item in batch)])
        edits = edits_of([*accepted, *(item for batch in batches for item in batch)])
        after = judging.again(state, files.with_edits(edits), {edit.file for edit in edited})
        claimed = set[Key]().union(*(share.keys for share in tried))
        strange = {key for key in state.keys() | after.keys() if key not in claimed and state.get(key) is not after.get(key)}
        if len(tried) > 1 and worse(_of(before, strange), _of(after, strange)):
            together = False
            for share, batch in zip(tried, batches, strict=True):
                share.waiting.insert(0, batch)
            continue
        for share, batch in zip(tried, batches, strict=True):
            keys = share.keys if len(tried) > 1 else share.keys | strange
            if _settle(share, batch, _of(before, keys), _of(after, keys), left):
                state = {**state, **_of(after, keys)}
    return [item for share in shares for item in share.accepted], state, left


def _settle(share: _Share, batch: list[ProofItem], before: State, after: State, left: list[tuple[ProofItem, str]]) -> bool:
    """Accept a batch, or part it; whether it is accepted."""
    failing = Failing(before, after)
    useful = [item for item in batch if not all(map(failing.has, item.findings))]
    removed = [address for item in (*share.accepted, *batch) for address in item.candidate.removed]
    silent = [(finding.control, finding.resource.address) for item in (*share.accepted, *batch) for finding in item.silenced()]
    problem = worse(before, after, removed, silent)
    if not problem and len(useful) == len(batch):
        share.accepted += batch
        return True
    if not problem:
        left += [(item, USELESS) for item in batch if item not in useful]
        share.waiting[:0] = [useful] if useful else []
    elif len(batch) == 1:
        left.append((batch[0], f"its fix was left: {problem}"))
    else:
        middle = len(batch) // 2
        share.waiting[:0] = [batch[:middle], batch[middle:]]
    return False


def _of(state: State, keys: Iterable[Key]) -> State:
    return {key: state.get(key) or CollectionState([], []) for key in keys}


def _shares(judging: Judging, state: State, items: list[ProofItem]) -> list[_Share]:
    """Fixes by the collections that they may be part of."""
    shares: list[_Share] = []
    for item in items:
        keys = set[Key]().union(*(judging.keys(edit.file, state) for edit in item.candidate.edits))
        share = _Share(keys, [[item]], [])
        for other in [other for other in shares if other.keys & keys]:
            shares.remove(other)
            share = _Share(share.keys | other.keys, [[*other.waiting[0], *share.waiting[0]]], [])
        shares.append(share)
    return shares
