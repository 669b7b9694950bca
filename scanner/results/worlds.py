"""Verdicts where conditions are open: every possible combination is judged, and what they do not agree on says when it is so."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

import msgspec

from assay.scanner.results.model import WORST, Result, Verdict
from assay.scanner.sources.interface import Collection, World

Judge = Callable[[Collection], Iterable[Result]]
_FINDINGS: tuple[Verdict, ...] = ("error", "fail", "unknown")
_MAX_NAMED = 2


def judged(collection: Collection, judge: Judge) -> Iterator[Result]:
    """The results of a collection; of several worlds, one for each finding, with the worlds that it is in."""
    if not collection.worlds:
        yield from judge(collection)
        return
    together: dict[tuple[str, str], list[tuple[World, Result]]] = {}
    for world in collection.worlds:
        for result in judge(msgspec.structs.replace(collection, items=world.items, context=world.context, worlds=[])):
            together.setdefault((result.control, result.resource.address), []).append((world, result))
    for outcomes in together.values():
        yield from _merged(outcomes)


def _merged(outcomes: list[tuple[World, Result]]) -> Iterator[Result]:
    """The results of one control on one resource: findings of any world, else what all have."""
    worlds = _distinct(world for world, _ in outcomes)
    findings: dict[str, list[tuple[World, Result]]] = {}
    for world, result in outcomes:
        if result.verdict in _FINDINGS:
            findings.setdefault(result.fingerprint, []).append((world, result))
    if not findings:
        yield min((result for _, result in outcomes), key=lambda result: WORST.index(result.verdict))
        return
    for seen in findings.values():
        verdict = next(verdict for verdict in _FINDINGS if any(result.verdict == verdict for _, result in seen))
        when = _when([world for world, result in seen if result.verdict == verdict], worlds)
        first = next(result for _, result in seen if result.verdict == verdict)
        yield msgspec.structs.replace(first, message=first.message + when) if when else first


def _distinct(worlds: Iterable[World]) -> list[World]:
    return list({id(world): world for world in worlds}.values())


def _when(meant: list[World], worlds: list[World]) -> str:
    """The fewest conditions that tell some worlds from the others; empty where all are meant."""
    meant = _distinct(meant)
    if len(meant) == len(worlds):
        return ""
    names = [name for name in worlds[0].holds if {world.holds.get(name) for world in worlds} == {True, False}]
    for count in range(1, _MAX_NAMED + 1):
        for chosen in itertools.combinations(names, count):
            wanted = [meant[0].holds.get(name) for name in chosen]
            matching = [world for world in worlds if [world.holds.get(name) for name in chosen] == wanted]
            if {id(world) for world in matching} == {id(world) for world in meant}:
                return f" when {_named(meant[0], chosen)}"
    return f", among others when {_named(meant[0], names)}"


def _named(world: World, names: Iterable[str]) -> str:
    return " and ".join(f"{name} is {'true' if world.holds.get(name) else 'false'}" for name in names)
