"""The resources of one side, each with all that the run said of it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assay.scanner.results.model import Report, ResourceRef, Result

LIVE_ROOTS = ("aws:", "google:")
"""What the roots of live resources begin with."""


class JudgedResource(msgspec.Struct, eq=False):
    """One resource under one kind: a role is a set of permissions and a trust policy."""

    ref: ResourceRef
    results: list[Result]


def judged_resources(report: Report) -> list[JudgedResource]:
    """Every resource that has a result, in the order of the report."""
    by_identity: dict[tuple[str, ...], JudgedResource] = {}
    for result in report.results:
        ref = result.resource
        key = (ref.cloud, ref.kind, ref.root, ref.address, ref.id, ref.account or "", ref.region or "")
        if key not in by_identity:
            by_identity[key] = JudgedResource(ref, [])
        by_identity[key].results.append(result)
    return list(by_identity.values())


def by_kind(resources: Iterable[JudgedResource]) -> dict[tuple[str, str], list[JudgedResource]]:
    """(cloud, kind) to its resources."""
    grouped: dict[tuple[str, str], list[JudgedResource]] = {}
    for resource in resources:
        grouped.setdefault((resource.ref.cloud, resource.ref.kind), []).append(resource)
    return grouped
