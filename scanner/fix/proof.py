"""Proof of fixes: those of one pass are judged together, and collections tell apart those that are worse together.

Collections hardly know of each other, so that each has its own batch of fixes, and a judgement tries one batch of every collection. A batch
that is worse is parted: the fixes of what is worse from the others, else in halves. Where something is worse that no batch is part of, they
are tried one after the other. A fix in a file that many root modules share is tried first in the one that its finding is of: what
makes something worse there is left, and the rest is proven in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import TypeAlias

import msgspec

from assay.scanner.fix.edits import Edit
from assay.scanner.fix.files import Files
from assay.scanner.fix.interface import FixCandidate
from assay.scanner.fix.judging import Judging
from assay.scanner.fix.states import CollectionState, Failing, Key, Problem, State, worse
from assay.scanner.results.model import Result

USELESS = "no fix of its control mends it: its remediation says what to do"


class ProofItem(msgspec.Struct):
    """A candidate with the findings that it is for."""

    candidate: FixCandidate
    findings: list[Result]

    def removed(self) -> Iterator[tuple[str, str]]:
        """Files that are edited, with the addresses of what may be taken out there."""
        return ((edit.file, address) for edit in self.candidate.edits for address in self.candidate.removed)

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


Proof: TypeAlias = tuple[list[ProofItem], State, list[tuple[ProofItem, str]]]
"""Those of some fixes that are proven together, what is said with them, and why each of the others is left."""


def prove(judging: Judging, files: Files, before: State, items: list[ProofItem]) -> Proof:
    """Which of some fixes mend something, and make nothing worse, in all collections that they may be part of."""
    few, keys = _first(before, items), _keys(judging, before, items)
    if 2 * len(few) > len(keys) or any(input_ != "terraform" for input_, _ in keys):
        return _proven(judging, files, before, items)
    _, _, left = _proven(judging, files, before, items, few)
    worse_there = [(item, why) for item, why in left if why != USELESS]  # what mends nothing there may mend another
    likely = [item for item in items if all(item is not other for other, _ in worse_there)]
    accepted, state, left = _proven(judging, files, before, likely)
    return accepted, state, worse_there + left


def _first(state: State, items: Iterable[ProofItem]) -> set[Key]:
    """For each of some fixes, the first collection that a finding of it is of."""
    places: dict[str, Key] = {}
    for key, part in state.items():
        for result in part.results:
            places.setdefault(result.fingerprint, key)
    return {places[item.findings[0].fingerprint] for item in items}


def _keys(judging: Judging, state: State, items: Iterable[ProofItem]) -> set[Key]:
    return {key for item in items for edit in item.candidate.edits for key in judging.keys(edit.file, state)}


def _proven(judging: Judging, files: Files, before: State, items: list[ProofItem], among: Set[Key] | None = None) -> Proof:
    """`among`: as far as these collections show."""
    shares = _shares(judging, before, items, among)
    state, left, together = before, list[tuple[ProofItem, str]](), True
    while waiting := [share for share in shares if share.waiting]:
        tried = waiting if together else waiting[:1]
        batches = [share.waiting.pop(0) for share in tried]
        accepted = [item for share in shares for item in share.accepted]
        edited = edits_of([*(item for share in tried for item in share.accepted), *(item for batch in batches for item in batch)])
        edits = edits_of([*accepted, *(item for batch in batches for item in batch)])
        after = judging.again(state, files.with_edits(edits), {edit.file for edit in edited}, among)
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
    removed = [gone for item in (*share.accepted, *batch) for gone in item.removed()]
    silent = [(finding.control, finding.resource.address) for item in (*share.accepted, *batch) for finding in item.silenced()]
    problems = worse(before, after, removed, silent)
    if not problems and len(useful) == len(batch):
        share.accepted += batch
        return True
    if not problems:
        left += [(item, USELESS) for item in batch if item not in useful]
        share.waiting[:0] = [useful] if useful else []
    elif len(batch) == 1:
        left.append((batch[0], f"its fix was left: {problems[0].words}"))
    else:
        share.waiting[:0] = _parted(batch, problems)
    return False


def _parted(batch: list[ProofItem], problems: Iterable[Problem]) -> list[list[ProofItem]]:
    """The parts of a batch: the fixes of what is worse with it come last, in halves."""
    addresses = {problem.address for problem in problems}
    suspects = [item for item in batch if any(finding.resource.address in addresses for finding in item.findings)]
    if len(suspects) == len(batch):
        suspects = []
    others = [item for item in batch if item not in suspects]
    return [others, *_halves(suspects)] if suspects else _halves(others)


def _halves(batch: list[ProofItem]) -> list[list[ProofItem]]:
    middle = len(batch) // 2
    return [half for half in (batch[:middle], batch[middle:]) if half]


def _of(state: State, keys: Iterable[Key]) -> State:
    return {key: state.get(key) or CollectionState([], []) for key in keys}


def _shares(judging: Judging, state: State, items: list[ProofItem], among: Set[Key] | None) -> list[_Share]:
    """Fixes by the collections, or those `among` them, that they may be part of."""
    shares: list[_Share] = []
    for item in items:
        keys = _keys(judging, state, [item])
        keys = keys if among is None else keys & among
        share = _Share(keys, [[item]], [])
        for other in [other for other in shares if other.keys & keys]:
            shares.remove(other)
            share = _Share(share.keys | other.keys, [[*other.waiting[0], *share.waiting[0]]], [])
        shares.append(share)
    return shares
