"""CSV (RFC 4180) for spreadsheets: everything that was judged, one result a row, and what was not judged.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, whoever wrote it
(https://owasp.org/www-community/attacks/CSV_Injection). Such a cell begins with an apostrophe here. So does what follows a semicolon within
a cell, since a spreadsheet of another language splits cells there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assay.reports import findings, history_view, opinions_view
from assay.reports.view import identity, where
from assay.scanner.results.formats import Context
from assay.scanner.results.model import ControlOutcome, Course, HistoryChange, Report, Result, WaiverUse
from assay.scanner.results.opinion import Opinion
from assay.scanner.results.telling import observed, place, told
from assay.scanner.sources.coverage import Gap
from assay.scanner.words import spreadsheet_cell

COLUMNS = (
    "record", "control", "title", "severity", "verdict", "standing", "message", "element", "cloud", "account", "region", "kind", "type",
    "resource", "address", "root", "file", "line", "seen", "evidence", "unknown", "settled_by", "waived_by", "owner", "reason", "ticket",
    "expires", "frameworks", "fingerprint", "scanner", "relation", "theirs", "checks",
)  # fmt: skip
"""`record` is `run` (its counts), `result`, `control` (one that met no resource), `gap` (what was not judged), `waiver`, `opinion`
(what another scanner says of a control on a resource, or by a check that no control asks for, or lacks), `configuration` (a change of it
that lets more through) or `history` (a finding of earlier runs that this one has no result of: `verdict` is what became of it)."""
OF_HISTORY = ("state", "first_seen", "since", "times")
"""The last columns, where a history is kept: what it knows of a finding."""
OWNED_BY = "owned_by"
"""The column of who owns a resource; `owner` is who accepts a finding."""
LONGEST = 32_000
"""Characters of a cell: Excel takes 32,767."""
_AT_ONCE = 1_000


def render(report: Report, context: Context) -> bytes:
    """UTF-8, a line of headings first; every cell is in quotes, and lines end in CR LF."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same in parts of some rows."""
    return written(columns(report, COLUMNS), _rows(report))


def columns(report: Report, plain: Sequence[str]) -> Sequence[str]:
    """The columns of a report, with that of owners where somebody says who owns what, and those of a history where one is kept."""
    owned = (OWNED_BY,) if any(result.owner for result in report.results) else ()
    return (*plain, *owned, *(OF_HISTORY if history_view.is_kept(report) else ()))


def written(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """Rows under headings, in parts: each is what it has for each column, and empty for what it does not have."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(str(row.get(column, ""))) for column in columns])
        if not number % _AT_ONCE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _rows(report: Report) -> Iterator[Mapping[str, object]]:
    yield {"record": "run", "message": "; ".join(findings.totals(report)), "file": report.run.in_force.configuration or ""}
    outcomes = {control.id: control for control in report.controls}
    for result in sorted(report.results, key=identity):
        yield _of_result(result, outcomes.get(result.control))
    for control in sorted(report.controls, key=lambda control: control.id):
        if not control.resources:
            yield _of_control(control)
    before = set(report.gate.known_gaps)
    yield from (_of_gap(gap, "known" if gap in before else "") for gap in report.coverage.gaps)
    yield from map(_of_waiver, report.gate.waivers)
    for opinion in report.opinions:
        yield from _of_opinion(opinion)
    yield from ({"record": "configuration", "verdict": "fail", "message": change} for change in report.gate.changes)
    yield from (_of_past(change, outcomes.get(change.control), report) for change in history_view.changes(report))


def _of_result(result: Result, outcome: ControlOutcome | None) -> Mapping[str, object]:
    resource, seen, waiver = result.resource, place(result), result.waiver
    return {
        "record": "result", "control": result.control, "title": result.title, "severity": result.severity, "verdict": result.verdict,
        "standing": result.standing, "message": told(result), "element": result.element, "cloud": resource.cloud,
        "account": resource.account or "", "region": resource.region or "", "kind": resource.kind, "type": resource.type,
        "resource": resource.id, "address": resource.address, "root": resource.root, "file": seen.file if seen else "",
        "line": seen.line if seen and seen.line > 0 else "", "seen": where(seen),
        "evidence": listed(map(observed, result.evidence)),
        "unknown": listed(f"{fact.fact}: {fact.reason}" for fact in result.unknown),
        "settled_by": listed(fact.settles_it for fact in result.unknown), "waived_by": waiver.by if waiver else "",
        "owner": waiver.owner if waiver else "", "reason": waiver.reason if waiver else "", "ticket": waiver.ticket if waiver else "",
        "expires": waiver.expires if waiver else "", "frameworks": frameworks(outcome), "fingerprint": result.fingerprint,
        OWNED_BY: result.owner or "", **course(result.course or None),
    }  # fmt: skip


def course(known: Course | None) -> Mapping[str, str]:
    """What a history knows of a finding, by its columns."""
    return dict(zip(OF_HISTORY, history_view.course_fields(known).values(), strict=False))


def _of_past(change: HistoryChange, outcome: ControlOutcome | None, report: Report) -> Mapping[str, object]:
    return {
        "record": "history", "control": change.control, "title": outcome.title if outcome else "", "severity": change.severity,
        "verdict": change.event, "message": history_view.why(change, report), "element": change.element, "account": change.account,
        "region": change.region, "address": change.address, "root": change.root, "file": change.file, "frameworks": frameworks(outcome),
        "fingerprint": change.fingerprint, "since": change.since,
    }  # fmt: skip


def _of_control(control: ControlOutcome) -> Mapping[str, object]:
    return {
        "record": "control", "control": control.id, "title": control.title, "severity": control.severity, "verdict": control.verdict,
        "message": control.reason, "frameworks": frameworks(control),
    }  # fmt: skip


def _of_waiver(waiver: WaiverUse) -> Mapping[str, object]:
    return {
        "record": "waiver", "control": waiver.control, "verdict": "refused" if waiver.refused else "expired" if waiver.expired else "",
        "message": findings.used(waiver), "waived_by": waiver.by, "owner": waiver.owner, "reason": waiver.reason, "ticket": waiver.ticket,
        "expires": waiver.expires, "file": waiver.file, "line": waiver.line or "",
    }  # fmt: skip


def _of_opinion(opinion: Opinion) -> Iterator[Mapping[str, object]]:
    """Its counts, what it lacks, each row, and the results that `--all` asks for. `verdict` is that of the run alone."""
    named = {"record": "opinion", "scanner": opinions_view.title(opinion)}
    for text in (opinions_view.summary(opinion), *opinion.problems):
        yield {**named, "message": text}
    for row in opinion.rows:
        file, line = opinions_view.seen(row)
        yield {
            **named, "control": row.control, "title": row.title, "severity": row.severity, "verdict": row.ours or "",
            "message": row.our_reason, "address": row.address, "root": row.root, "file": file, "line": line or "",
            "relation": row.relation, "theirs": row.theirs or "",
            "checks": listed(f"{check.id} {check.verdict}: {check.reason}" for check in row.checks),
        }  # fmt: skip
    for check in opinion.others:
        yield {
            **named, "address": check.resource, "file": check.file, "line": check.line or "", "theirs": check.verdict,
            "checks": f"{check.id} {check.verdict}: {check.reason}",
        }  # fmt: skip


def _of_gap(gap: Gap, standing: str) -> Mapping[str, object]:
    return {
        "record": "gap", "verdict": gap.code, "standing": standing, "message": gap.reason, "settled_by": gap.settles_it, "file": gap.scope,
        "line": gap.line or "",
    }  # fmt: skip


def frameworks(outcome: ControlOutcome | None) -> str:
    """The requirements that a control serves, in one cell."""
    sections = outcome.frameworks if outcome else {}
    return listed(f"{name} {', '.join(ids)}" for name, ids in sorted(sections.items()))


def listed(texts: Iterable[str]) -> str:
    """Several texts in one cell, each of them once."""
    return " | ".join(dict.fromkeys(texts))


def _cell(text: str) -> str:
    if not text:
        return text
    return spreadsheet_cell(findings.line(text, LONGEST))
