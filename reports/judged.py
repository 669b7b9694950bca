"""The population of a run: one entry for each resource and control that was asked of it, with one verdict.

A report has a result for each assertion and each element that fails or is not known. Who draws a sample, or keeps a finding for each rule
and resource, needs them as one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import msgspec

from assay.reports.view import identity
from assay.scanner.results.model import Course, Report, ResourceRef, Result, Standing, Verdict, worst

NAMESPACE = uuid.UUID("6f0b2c1e-3f0c-5d0a-9d57-0a55a7a55a70")
"""Of the ids that formats give: version 5 of RFC 9562, the same for the same thing in every run."""


def stable_id(*parts: str) -> str:
    """A UUID that depends on these texts alone."""
    return str(uuid.uuid5(NAMESPACE, "\0".join(parts).encode("utf-8", "backslashreplace").decode()))


def resource_key(resource: ResourceRef) -> tuple[str, ...]:
    """What tells a resource from all others of a run."""
    return (resource.cloud, resource.account or "", resource.region or "", resource.root, resource.address, resource.id)


_NEWEST = ("new", "regressed", "known")


class JudgedPair(msgspec.Struct, frozen=True):
    """A resource and a control that was asked of it."""

    key: tuple[str, ...]
    """The control, and what tells the resource from others."""
    verdict: Verdict
    """The worst of the results."""
    results: list[Result]
    """All of them, in the order of the JSON report."""

    @property
    def deciding(self) -> list[Result]:
        """The results with the worst verdict, which is the verdict of the whole."""
        return [result for result in self.results if result.verdict == self.verdict]

    @property
    def standing(self) -> Standing:
        """`known` where all of what decides was known before, `new` where some of it is new."""
        standings = {result.standing for result in self.deciding}
        return "new" if "new" in standings else "known" if standings == {"known"} else ""

    @property
    def course(self) -> Course | None:
        """What a history knows of what decides: the newest state, the earliest times, how often it began. None where it knows nothing."""
        known = [result.course for result in self.deciding if result.course]
        if not known:
            return None
        newest = min(known, key=lambda course: _NEWEST.index(course.state))
        return Course(
            newest.state,
            min(course.first for course in known),
            min(course.since for course in known),
            max(course.times for course in known),
        )


def population(report: Report) -> list[JudgedPair]:
    """Everything that was judged, in a fixed order."""
    return [JudgedPair(key, worst(result.verdict for result in results), results) for key, results in _grouped(report.results).items()]


def _grouped(results: Iterable[Result]) -> dict[tuple[str, ...], list[Result]]:
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in sorted(results, key=identity):
        groups.setdefault((result.control, *resource_key(result.resource)), []).append(result)
    return groups
