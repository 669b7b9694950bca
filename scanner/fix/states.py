"""What is said of a tree of files, and whether one state of it is worse than another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Set
from typing import TypeAlias

import msgspec

from assay.scanner.fix.addresses import label
from assay.scanner.results.model import WORST, Result
from assay.scanner.results.telling import told
from assay.scanner.sources.coverage import Gap

Key: TypeAlias = tuple[str, str]
"""Input and name of a collection."""
_BAD = ("error", "fail", "unknown")


class CollectionState(msgspec.Struct):
    """What was said of the collections of one name."""

    results: list[Result] = []
    gaps: list[Gap] = []


State: TypeAlias = dict[Key, CollectionState]


def results_of(state: State) -> Iterator[Result]:
    """All results of a state."""
    return (result for part in state.values() for result in part.results)


class Problem(msgspec.Struct, frozen=True):
    """What is worse in one state than in another."""

    words: str
    address: str = ""
    """Of the resource that it is about; empty for what cannot be judged any more."""


def worse(before: State, after: State, removed: Iterable[tuple[str, str]] = (), silent: Iterable[tuple[str, str]] = ()) -> list[Problem]:
    """What is worse in one state than in another.

    `removed`: files with the addresses of what was taken out there, whichever modules call it. `silent`: controls with the addresses of
    which they may say nothing any more.
    """
    lost = Counter(_gap_key(gap) for part in after.values() for gap in part.gaps)
    lost.subtract(_gap_key(gap) for part in before.values() for gap in part.gaps)
    if unread := [key for key, count in lost.items() if count > 0]:
        return [Problem(f"{scope} could not be judged any more: {reason}") for scope, _, reason in unread]
    old, new = _by_fingerprint(before), _by_fingerprint(after)
    fresh = [result for key, result in new.items() if result.verdict in _BAD and _rank(result) < _rank(old.get(key))]
    gone = Counter((_alike(result), result.verdict) for key, result in old.items() if result.verdict in _BAD and key not in new)
    problems: list[Problem] = []
    for result in fresh:
        if result.fingerprint not in old and gone[_alike(result), result.verdict] > 0:
            gone[_alike(result), result.verdict] -= 1  # the same of an element whose content changed
            continue
        address = result.resource.address
        problems.append(Problem(f"{result.control} would {_WORDS[result.verdict]} on {address}: {told(result)}", address))
    return problems + list(_vanished(old.values(), new.values(), {(file, label(address)) for file, address in removed}, set(silent)))


_WORDS = {"error": "end with an error", "fail": "fail", "unknown": "be unknown"}


def _vanished(
    old: Iterable[Result], new: Collection[Result], removed: Set[tuple[str, str]], silent: Set[tuple[str, str]]
) -> Iterator[Problem]:
    """What nothing is said of any more; a control that had nothing against a resource need not say so again where others speak of it."""
    still = {(result.control, result.resource.root, result.resource.id) for result in new}
    seen = {(result.resource.root, result.resource.id) for result in new}
    for result in old:
        resource = result.resource
        if (result.control, resource.root, resource.id) in still or result.verdict == "not_applicable":
            continue
        if result.verdict == "pass" and (resource.root, resource.id) in seen:
            continue
        gone = {(block.file, label(resource.address)) for block in resource.blocks} & removed
        if not gone and (result.control, resource.address) not in silent:
            yield Problem(f"{result.control} would say nothing of {resource.address} any more", resource.address)


def _by_fingerprint(state: State) -> dict[str, Result]:
    worst: dict[str, Result] = {}
    for result in results_of(state):
        if _rank(result) < _rank(worst.get(result.fingerprint)):
            worst[result.fingerprint] = result
    return worst


def _rank(result: Result | None) -> int:
    return WORST.index(result.verdict) if result is not None else len(WORST)


def _alike(result: Result) -> tuple[str, str, str, str, str]:
    return result.control, result.resource.root, result.resource.id, result.element, told(result)


def _gap_key(gap: Gap) -> tuple[str, str, str]:
    return gap.scope, gap.code, gap.reason


class Failing:
    """What is wrong in a state, held against an earlier one."""

    def __init__(self, before: State, after: State) -> None:
        known = {result.fingerprint for result in results_of(before)}
        bad = [result for result in results_of(after) if result.verdict in _BAD]
        self._fingerprints = {result.fingerprint for result in bad}
        self._alike = {_alike(result) for result in bad if result.fingerprint not in known}

    def has(self, finding: Result) -> bool:
        """Whether a finding is still there: under its fingerprint, or under that of its element with another content."""
        return finding.fingerprint in self._fingerprints or _alike(finding) in self._alike
