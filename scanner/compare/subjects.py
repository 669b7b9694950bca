"""The resources of one side, each with all that the run said of it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assay.scanner.results.model import Report, ResourceRef, Result

LIVE_ROOTS = ("aws:", "google:")
"""What the roots of live resources begin with."""


class Subject(msgspec.Struct, eq=False):
    """One resource under one kind: a role is a set of permissions and a trust policy."""

    ref: ResourceRef
    results: list[Result]

    def controls(self) -> dict[str, list[Result]]:
        """Control to its results."""
        found: dict[str, list[Result]] = {}
        for result in self.results:
            found.setdefault(result.control, []).append(result)
        return found


def subjects(report: Report) -> list[Subject]:
    """Every resource that has a result, in the order of the report."""
    found: dict[tuple[str, ...], Subject] = {}
    for result in report.results:
        ref = result.resource
        key = (ref.cloud, ref.kind, ref.root, ref.address, ref.id, ref.account or "", ref.region or "")
        if key not in found:
            found[key] = Subject(ref, [])
        found[key].results.append(result)
    return list(found.values())


def is_live(report: Report) -> bool:
    """Whether a report is of live accounts or projects: of an audit, a snapshot, or an asset export."""
    return bool(report.coverage.calls) or any(result.resource.root.startswith(LIVE_ROOTS) for result in report.results)


def by_kind(held: Iterable[Subject]) -> dict[tuple[str, str], list[Subject]]:
    """(cloud, kind) to its resources."""
    found: dict[tuple[str, str], list[Subject]] = {}
    for each in held:
        found.setdefault((each.ref.cloud, each.ref.kind), []).append(each)
    return found
