"""Samples that anybody can draw again: what is drawn hangs on a seed and on the population alone.

Everything in the population is put in the order of sha256(SEED, a line feed, KEY), and the first N are the sample. A sample of more has
that of fewer in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from assay.scanner.results.model import Report, ResourceRef, Result
from assay.scanner.words import visible

Of = Literal["results", "resources"]


class Drawn(msgspec.Struct, frozen=True):
    """One of a sample."""

    order: str
    """The sha256 that it was put in order by."""
    key: str
    resource: ResourceRef
    result: Result | None = None
    """None where resources were drawn."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A sample with what it takes to draw it again."""

    of: Of
    seed: str
    population: int
    drawn: list[Drawn]


def draw(report: Report, of: Of, number: int, seed: str, verdicts: Sequence[str] = ()) -> Sample:
    """Draw so many of the results of a report, or of the resources that they speak of. `verdicts`: those of the results that make up the
    population; none for all."""
    population = _population(report, of, verdicts)
    ordered = sorted((hashlib.sha256(visible(f"{seed}\n{key}", keep="\n").encode()).hexdigest(), key) for key in population)
    drawn = [Drawn(order, key, *population[key]) for order, key in ordered[:number]]
    return Sample(of=of, seed=seed, population=len(population), drawn=drawn)


def _population(report: Report, of: Of, verdicts: Sequence[str]) -> dict[str, tuple[ResourceRef, Result | None]]:
    """Key to what it is the key of. Results that are the same in everything that identifies them are one."""
    population: dict[str, tuple[ResourceRef, Result | None]] = {}
    for result in report.results:
        if verdicts and result.verdict not in verdicts:
            continue
        resource = result.resource
        if of == "resources":
            population.setdefault(_key(resource.cloud, resource.root, resource.address, resource.id), (resource, None))
        else:
            key = _key(result.control, resource.root, resource.address, result.element, result.fingerprint)
            population.setdefault(key, (resource, result))
    return population


def _key(*parts: str) -> str:
    """As a table shows it, so that it can be hashed from there."""
    return visible(" | ".join(parts))
