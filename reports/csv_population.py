"""The population as CSV (RFC 4180): one row for each resource and control that was asked of it, whatever its verdict.

An auditor who draws a sample draws rows: there are none here but what was judged. What was not seen, waivers and what was in force are in
`csv` and in the other formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assay.reports import csv_report, opinions_view
from assay.reports.judged import JudgedPair, population, stable_id
from assay.reports.requirements import sections
from assay.reports.times import seen, stamp
from assay.reports.view import where
from assay.scanner.results.formats import Context
from assay.scanner.results.model import ControlOutcome, Report, Run
from assay.scanner.results.opinion import Compared, Opinion
from assay.scanner.results.telling import message_of, place

COLUMNS = (
    "item", "control", "title", "severity", "verdict", "standing", "results", "message", "cloud", "account", "region", "kind", "type",
    "resource", "address", "root", "stands_for", "file", "line", "seen", "observed_at", "unknown", "settled_by", "waived_by", "owner",
    "reason", "ticket", "expires", "frameworks", "fingerprints", "other_scanners",
)  # fmt: skip
"""`item` is the same for the same control and resource in every run; `results` is how many results of the report it stands for. Where
a history is kept, its columns stand behind these (csv_report.py)."""


def render(report: Report, context: Context) -> bytes:
    """UTF-8, a line of headings first; every cell is in quotes, and lines end in CR LF."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same in parts of some rows."""
    return csv_report.written(csv_report.columns(report, COLUMNS), _rows(report))


def _rows(report: Report) -> Iterator[Mapping[str, object]]:
    outcomes, opinions = {control.id: control for control in report.controls}, opinions_view.of_resources(report)
    for judged in population(report):
        beside = opinions.get(opinions_view.of_result(judged.results[0]), ())
        yield _row(judged, outcomes.get(judged.results[0].control), report.run, beside)


def _row(judged: JudgedPair, outcome: ControlOutcome | None, run: Run, beside: Sequence[tuple[Opinion, Compared]]) -> Mapping[str, object]:
    deciding = judged.deciding
    first, resource = deciding[0], deciding[0].resource
    at, unknown = place(first), [fact for result in deciding for fact in result.unknown]
    served = sections(outcome.frameworks, {resource.cloud}) if outcome else []
    waivers = [result.waiver for result in deciding if result.waiver]
    return {
        "item": stable_id("item", *judged.key), "control": first.control, "title": first.title, "severity": first.severity,
        "verdict": judged.verdict, "standing": judged.standing, "results": len(judged.results),
        "message": csv_report.listed(map(message_of, deciding)), "cloud": resource.cloud, "account": resource.account or "",
        "region": resource.region or "", csv_report.OWNED_BY: first.owner or "",
        "kind": resource.kind, "type": resource.type, "resource": resource.id,
        "address": resource.address, "root": resource.root, "stands_for": resource.stands_for, "file": at.file if at else "",
        "line": at.line if at and at.line > 0 else "", "seen": where(at),
        "observed_at": stamp(max(seen(result, run) for result in judged.results)),
        "unknown": csv_report.listed(f"{fact.fact}: {fact.reason}" for fact in unknown),
        "settled_by": csv_report.listed(fact.settles_it for fact in unknown),
        **{column: csv_report.listed(getattr(waiver, name) for waiver in waivers) for column, name in _OF_WAIVERS.items()},
        "frameworks": csv_report.listed(f"{name} {section}" for name, section in served),
        "fingerprints": csv_report.listed(result.fingerprint for result in judged.results),
        "other_scanners": csv_report.listed(opinions_view.beside(*row) for row in beside),
        **csv_report.course(judged.course),
    }  # fmt: skip


_OF_WAIVERS = {"waived_by": "by", "owner": "owner", "reason": "reason", "ticket": "ticket", "expires": "expires"}
