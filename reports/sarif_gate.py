"""The SARIF side of the gate: what stands beside a baseline, and what somebody accepts (SARIF 2.1.0, 3.27.23, 3.27.24, 3.35)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from assay.reports import opinions_view
from assay.reports.findings import accepted, is_known, used
from assay.reports.sarif_rules import Object, plain
from assay.scanner.results.model import Report, Result
from assay.scanner.results.opinion import Compared, Opinion
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
    told = {"comparisons": compared, "waivers": waivers, "opinions": list(map(_opinion, report.opinions))}
    return told if any(told.values()) else {}


def _opinion(opinion: Opinion) -> Object:
    """What another scanner says beside the run. No run of its own: code scanning makes an alert of every result, whatever its kind
    (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning)."""
    rows = [row for relation in opinions_view.HEADINGS for row in opinions_view.worth_showing(opinion, relation)]
    checks = opinions_view.findings(opinion)
    return {
        **{name: visible(getattr(opinion, name)) for name in ("scanner", "version", "file")},
        "summary": plain(opinions_view.summary(opinion)),
        "problems": [plain(problem) for problem in opinion.problems],
        "rows": [{"relation": row.relation, "control": visible(row.control), "text": plain(opinions_view.sentence(opinion, row))}
                 for row in rows[:MOST]],
        "others": [plain(f"{check.verdict}: {check.id} {check.reason} ({opinions_view.place(check)})") for check in checks[:MOST]],
        "leftOut": max(len(rows) - MOST, 0) + max(len(checks) - MOST, 0),
    }  # fmt: skip


def opinions(rows: Iterable[tuple[Opinion, Compared]]) -> list[Object]:
    """What other scanners say of the resource of a result by the same control."""
    return [
        {
            **{name: visible(getattr(opinion, name)) for name in ("scanner", "version")},
            "relation": row.relation,
            "text": plain(opinions_view.beside(opinion, row)),
        }
        for opinion, row in rows
    ]


def warnings(report: Report) -> list[str]:
    """What the gate warns of, as far as a log takes it."""
    told = report.gate.warnings
    left = len(told) - MOST
    return [*told[:MOST], *([f"and {left} more warnings of the gate; the json report has all"] if left > 0 else [])]
