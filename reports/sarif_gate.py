"""The SARIF side of the gate: what stands beside a baseline, and what somebody accepts (SARIF 2.1.0, 3.27.23, 3.27.24, 3.35)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from assay.reports.findings import accepted, is_known, opinions, used
from assay.reports.sarif_rules import Object, plain
from assay.scanner.results.model import Report, Result
from assay.scanner.words import visible

State = Literal["", "new", "unchanged"]
MOST = 1_000
"""Waivers, warnings and differences from other scanners that a log takes, of each."""


def is_compared(report: Report) -> bool:
    """Whether results say how they stand beside a baseline or another revision: all of a run do or none
    (https://github.com/oasis-tcs/sarif-spec/issues/284)."""
    return any(not comparison.expired for comparison in report.gate.comparisons)


def baseline_state(result: Result) -> State:
    """`unchanged` for what was there before; what is waived is compared with nothing, and counts as `new`."""
    return "unchanged" if is_known(result) else "new"


def suppressions(result: Result, physical: Callable[[str, int, int], Object]) -> list[Object]:
    """The waiver of a result that is waived. One that is over is none: consumers take every suppression for a valid one."""
    waiver = result.waiver
    if result.verdict != "waived":
        return []
    built: Object = {"kind": "external", "status": "accepted"}
    if waiver is not None:
        built["kind"] = "external" if waiver.by == "configuration" else "inSource"
        built["justification"] = plain(accepted(waiver))
        if waiver.file:
            built["location"] = {"physicalLocation": physical(waiver.file, waiver.line, waiver.line)}
    return [built]


def properties(report: Report) -> Object:
    """What the run was compared with, and the waivers that it met; how many findings are gone, since they are no results of it."""
    compared = [
        {
            **{name: visible(getattr(comparison, name)) for name in ("kind", "name", "made", "expires")},
            **{name: getattr(comparison, name) for name in ("expired", "new", "known")},
            "gone": len(comparison.gone),
        }
        for comparison in report.gate.comparisons
    ]
    waivers = [plain(used(waiver)) for waiver in report.gate.waivers[:MOST]]
    told = {"comparisons": compared, "waivers": waivers, "opinions": [plain(opinion) for opinion in opinions(report)[:MOST]]}
    return told if any(told.values()) else {}


def warnings(report: Report) -> list[str]:
    """What the gate warns of, as far as a log takes it."""
    told = report.gate.warnings
    left = len(told) - MOST
    return [*told[:MOST], *([f"and {left} more warnings of the gate; the json report has all"] if left > 0 else [])]
