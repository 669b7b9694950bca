"""What the formats of a comparison share: the order of groups, what a row is called, and the outcome in words."""

from __future__ import annotations

import msgspec

from assay.reports.in_force import in_force_briefly
from assay.reports.view import OverallOutcome
from assay.scanner.compare.model import STATUSES, ComparedRow, Comparison, Half, Status
from assay.scanner.words import many

EXISTENCE: frozenset[Status] = frozenset({"live_without_code", "code_not_deployed", "ambiguous", "not_seen"})
"""Statuses that hold of a resource as a whole, whatever the control."""
WORDS = {
    "fails_live": "fail",
    "fails_live_code_unknown": "fail",
    "fails_both": "fail",
    "live_without_code": "unknown",
    "fails_code": "waived",
    "ambiguous": "unknown",
    "unknown": "unknown",
    "not_seen": "unknown",
    "code_not_deployed": "waived",
    "one_side": "not_applicable",
    "passes_both": "pass",
    "not_applicable": "not_applicable",
}
"""Status to the verdict whose colour it has."""


class StatusRows(msgspec.Struct):
    """The rows of one status."""

    status: Status
    title: str
    meaning: str
    rows: list[ComparedRow]


def sections(comparison: Comparison) -> list[StatusRows]:
    """The statuses that occurred, the worst first."""
    by_status: dict[str, list[ComparedRow]] = {}
    for row in comparison.rows:
        by_status.setdefault(row.status, []).append(row)
    return [StatusRows(status, *STATUSES[status], by_status[status]) for status in STATUSES if status in by_status]


def by_resource(rows: list[ComparedRow]) -> list[list[ComparedRow]]:
    """Rows of the same resources together."""
    grouped: dict[object, list[ComparedRow]] = {}
    for row in rows:
        key = (
            row.kind,
            row.reason,
            *((resource.root, resource.address, resource.id) for resource in (*row.code.resources, *row.live.resources)),
        )
        grouped.setdefault(key, []).append(row)
    return list(grouped.values())


def places(half: Half, side: str) -> list[str]:
    """How the resources of one side are called: by address in code, by id live."""
    several = len({resource.root for resource in half.resources}) > 1
    if side == "live":
        return [resource.id for resource in half.resources]
    return [f"{resource.address} ({resource.root})" if several else resource.address for resource in half.resources]


def outcome(comparison: Comparison) -> OverallOutcome:
    """The whole in a word and a sentence. Nothing that was not seen counts as agreed."""
    said = _outcome(comparison)
    parts = (("", comparison), (" in code", comparison.code), (" live", comparison.live))
    by = [f"in force{where}: {briefly}" for where, part in parts if (briefly := in_force_briefly(part.in_force))]
    return OverallOutcome(said.word, "; ".join([said.sentence, *by]))


def _outcome(comparison: Comparison) -> OverallOutcome:
    counts = comparison.summary.statuses
    if not comparison.rows:
        return OverallOutcome("incomplete", "nothing was compared")
    said = [f"{counts[status]} {STATUSES[status][0]}" for status in STATUSES if counts.get(status) and status != "not_applicable"]
    failing = sum("fail" in (row.live.verdict,) for row in comparison.rows)
    doubtful = any(counts.get(status) for status in ("ambiguous", "unknown", "not_seen"))
    gaps = len(comparison.code.gaps) + len(comparison.live.gaps) + len(comparison.gaps)
    differs = any(counts.get(status) for status in ("live_without_code", "fails_code", "code_not_deployed"))
    word = "fail" if failing else "incomplete" if gaps else "unknown" if doubtful or differs else "pass"
    return OverallOutcome(
        word, ", ".join([*said, *([many(gaps, "gap")] if gaps else [])]) + f"; {many(len(comparison.rows), 'row')} in all"
    )
