"""Rows of the tables that a report fills: (table, values by column). A column that is left out is NULL."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import msgspec

from assay.scanner.results.model import ControlOutcome, GateReport, Report, ResourceRef, Result, Run, Tool
from assay.scanner.results.telling import told
from assay.scanner.rules.judgement import UnknownFact
from assay.scanner.sources.coverage import CallCount, Coverage, Gap
from assay.scanner.sources.raw import Location
from assay.scanner.tables.columns import CALLS, CONTROLS, FACTS, GAPS, RESOURCES, RESULTS, RUNS, WAIVERS

Values: TypeAlias = dict[str, Any]
Row: TypeAlias = tuple[str, Values]
"""The name of a table, and what stands in its columns."""


class Begun(msgspec.Struct, frozen=True):
    """Where rows are from: the source as it is named, and the run."""

    source: str | None
    run: str | None
    """Its id; None of a snapshot, which has none."""

    def row(self, table: str, **values: Any) -> Row:
        """A row of it."""
        return table, {"source": self.source, "run": self.run, **values}


def of_report(report: Report, source: str | None, wanted: Iterable[str]) -> Iterator[Row]:
    """All rows of a report, of the tables that are wanted."""
    taking = RowWriter(Begun(source, report.run.id), wanted)
    for result in report.results:
        yield from taking.result(result)
    yield from taking.end(report.tool, report.run, report.controls, report.gate, report.coverage, report.summary.resources)


class RowWriter:
    """Takes a report result by result. Of each resource it knows that it was there, and keeps nothing else."""

    def __init__(self, begun: Begun, wanted: Iterable[str]) -> None:
        self._begun, self._wanted = begun, frozenset(wanted)
        self._seen = set[int]()
        self._verdicts = dict[str, int]()

    def result(self, result: Result) -> Iterator[Row]:
        """The rows of a result."""
        self._verdicts[result.verdict] = self._verdicts.get(result.verdict, 0) + 1
        if RESULTS.name in self._wanted:
            yield self._begun.row(RESULTS.name, **_result(result))
        if FACTS.name in self._wanted:
            yield from (self._begun.row(FACTS.name, **fact) for fact in _facts(result))
        if RESOURCES.name in self._wanted:
            ref = result.resource
            mark = hash((ref.cloud, ref.root, ref.id, ref.kind, ref.address, ref.account, ref.region))
            if mark not in self._seen:
                self._seen.add(mark)
                yield self._begun.row(RESOURCES.name, **_resource(ref))

    def counted(self, verdicts: dict[str, int]) -> bool:
        """Whether so many results were taken as the report counts."""
        return self._verdicts == {verdict: count for verdict, count in verdicts.items() if count}

    def end(
        self, tool: Tool, run: Run, controls: Iterable[ControlOutcome], gate: GateReport, coverage: Coverage, resources: int | None = None
    ) -> Iterator[Row]:
        """The rows of what a report says beside its results."""
        known = set(gate.known_gaps)
        verdicts = self._verdicts
        row = self._begun.row
        yield row(
            RUNS.name, series=" ".join(sorted(run.targets)), started=time(run.started), finished=time(run.finished), version=tool.version,
            rules=tool.policies, complete=not verdicts.get("error") and all(gap in known for gap in coverage.gaps),
            results=sum(verdicts.values()), resources=resources, open=verdicts.get("fail", 0), waived=verdicts.get("waived", 0),
            unknown=verdicts.get("unknown", 0),
        )  # fmt: skip
        for control in controls:
            yield row(
                CONTROLS.name, control=control.id, title=control.title, severity=control.severity, verdict=control.verdict,
                resources=control.resources, frameworks=_sorted(control.frameworks), reason=control.reason,
            )  # fmt: skip
        yield from (row(CALLS.name, **call_values(call)) for call in coverage.calls)
        yield from (row(GAPS.name, **gap_values(gap, gap in known)) for gap in coverage.gaps)
        for waiver in gate.waivers:
            yield row(
                WAIVERS.name, waived_by=waiver.by, control=waiver.control, resource=waiver.resource, owner=waiver.owner,
                reason=waiver.reason, ticket=waiver.ticket, expires=waiver.expires or None, file=waiver.file, line=waiver.line or None,
                findings=waiver.findings, expired=waiver.expired, refused=waiver.refused,
            )  # fmt: skip


def call_values(call: CallCount) -> Values:
    """An entry of the ledger of calls."""
    return {name: getattr(call, name) for name in call.__struct_fields__}


def gap_values(gap: Gap, known: bool) -> Values:
    """A gap. `known`: it was there before."""
    values = {"scope": gap.scope, "code": gap.code, "reason": gap.reason, "settles_it": gap.settles_it}
    return {**values, "line": gap.line or None, "known": known}


def time(text: str) -> str | None:
    """An RFC 3339 time in UTC, as DuckDB takes it for one without a zone; None for what is none."""
    if text.endswith("Z"):
        return text
    try:
        moment = datetime.datetime.fromisoformat(text)
        return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat() if moment.tzinfo else text
    except (ValueError, OverflowError):
        return None


def _result(result: Result) -> Values:
    ref, course, waiver = result.resource, result.course, result.waiver
    values = {
        "control": result.control, "title": result.title, "severity": result.severity, "verdict": result.verdict,
        "standing": result.standing, "fingerprint": result.fingerprint, "message": told(result), "element": result.element,
        "resource": ref.id, "kind": ref.kind, "type": ref.type, "name": ref.name, "cloud": ref.cloud, "account": ref.account,
        "region": ref.region, "address": ref.address, "root": ref.root, "tags": _sorted(ref.tags), **_lines(_place(result)),
    }  # fmt: skip
    if waiver is not None:
        values |= {
            "waived_by": waiver.by, "waiver_owner": waiver.owner, "waiver_reason": waiver.reason, "waiver_ticket": waiver.ticket,
            "waiver_expires": waiver.expires or None, "waiver_expired": waiver.expired,
        }  # fmt: skip
    if course:
        values |= {"course": course.state, "first_seen": time(course.first), "since": time(course.since), "times": course.times}
    return values


def _resource(ref: ResourceRef) -> Values:
    block = next((block for block in ref.blocks if block.file), None)
    values = {
        "resource": ref.id, "kind": ref.kind, "type": ref.type, "name": ref.name, "cloud": ref.cloud, "account": ref.account,
        "region": ref.region, "address": ref.address, "root": ref.root, "stands_for": ref.stands_for, "in_example": ref.in_example,
        "tags": _sorted(ref.tags),
    }  # fmt: skip
    return values | ({"file": block.file, "line": block.start_line, "end_line": block.end_line} if block else {})


def _facts(result: Result) -> Iterator[Values]:
    """The evidence of a result; what could not be told stands with it, or by itself where it is no evidence."""
    ref = result.resource
    of = {
        "control": result.control, "verdict": result.verdict, "fingerprint": result.fingerprint, "resource": ref.id,
        "account": ref.account, "region": ref.region, "root": ref.root,
    }  # fmt: skip
    unknown: dict[str, list[UnknownFact]] = {}
    for lacking in result.unknown:
        unknown.setdefault(lacking.fact, []).append(lacking)
    for fact in result.evidence:
        why = unknown.get(fact.fact)
        lacks = why.pop(0) if why else None
        yield {**of, "fact": fact.fact, "value": fact.observed, "expected": fact.expected, **_told(lacks, fact.location)}
    for left in unknown.values():
        yield from ({**of, "fact": fact.fact, **_told(fact, fact.location)} for fact in left)


def _told(lacking: UnknownFact | None, location: Location | None) -> Values:
    values: Values = {"known": lacking is None}
    if lacking is not None:
        values |= {"reason": lacking.reason, "settles_it": lacking.settles_it}
    if location is not None:
        values |= _lines(location)
        if location.operation:
            values |= {"operation": location.operation, "time": time(location.time), "caller": location.caller}
            values |= {"unchanged": time(location.unchanged)}
    return values


def _place(result: Result) -> Location | None:
    """Where to look: what decided, else the first block that has a file, as reports say it."""
    reasons = [unknown.location for unknown in result.unknown] if result.verdict == "unknown" else []
    for location in (*reasons, *(evidence.location for evidence in result.evidence)):
        if location is not None and location.file and location.line:
            return location
    blocks = (block for block in result.resource.blocks if block.file)
    return next((Location(block.file, block.start_line or 0, block.end_line or 0) for block in blocks), None)


def _sorted(said: dict[str, Any]) -> dict[str, Any]:
    """The same run gives the same rows, from memory or from a report."""
    return dict(sorted(said.items())) if len(said) > 1 else said


def _lines(location: Location | None) -> Values:
    if location is None or not location.file:
        return {}
    return {"file": location.file, "line": location.line or None, "end_line": location.end_line or None}
