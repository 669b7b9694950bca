"""Both sides of a comparison as one report: what a page, or a sample, of a comparison is of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from assay.scanner.compare.model import ComparedRow, Comparison
from assay.scanner.results.model import (
    ControlOutcome,
    FrameworkOutcome,
    GateReport,
    Report,
    ResourceRef,
    Result,
    Run,
    Summary,
    Tool,
    worst,
)
from assay.scanner.sources.coverage import Coverage

T = TypeVar("T", bound=msgspec.Struct)
NAMESPACE = uuid.UUID("5a1b9cf0-6f0e-5c64-9d2e-0b6f4f6a7c11")
"""Of ids of merged runs, which are the same for the same two (version 5 of https://www.rfc-editor.org/rfc/rfc9562)."""


def merged(comparison: Comparison, code: Report, live: Report) -> Report:
    """One report of the results of both, those of the code first. Each side keeps its roots, so that no two results are one."""
    results = [*code.results, *live.results]
    verdicts: dict[str, int] = {}
    for result in results:
        verdicts[result.verdict] = verdicts.get(result.verdict, 0) + 1
    controls = _controls([*code.controls, *live.controls])
    policies = dict.fromkeys((code.tool.policies, live.tool.policies))
    return Report(
        tool=Tool("assay", comparison.version, " and ".join(policies)),
        run=Run(
            id=str(uuid.uuid5(NAMESPACE, f"{code.run.id} {live.run.id} {comparison.compared}")),
            started=min(code.run.started, live.run.started), finished=comparison.compared,
            arguments=["compare", *_shown(code), *_shown(live)], targets=[*code.run.targets, *live.run.targets],
            in_force=comparison.in_force,
            revisions=_together([*code.run.revisions, *live.run.revisions], "targets"),
        ),
        summary=Summary(verdicts, code.summary.resources + live.summary.resources, len(controls)),
        controls=controls,
        frameworks=_frameworks([*code.frameworks, *live.frameworks]),
        results=results,
        gate=_gate(code.gate, live.gate),
        opinions=[*code.opinions, *live.opinions],
        coverage=Coverage.merged([code.coverage, live.coverage, Coverage(gaps=list(comparison.gaps))]),
    )  # fmt: skip


def _shown(report: Report) -> list[str]:
    return list(report.run.targets) or ["(live)"]


def _controls(outcomes: Iterable[ControlOutcome]) -> list[ControlOutcome]:
    by_id: dict[str, list[ControlOutcome]] = {}
    for outcome in outcomes:
        by_id.setdefault(outcome.id, []).append(outcome)
    made = []
    for id_, several in sorted(by_id.items()):
        verdict = worst(outcome.verdict for outcome in several)
        reason = "; ".join(dict.fromkeys(outcome.reason for outcome in several if outcome.reason)) if verdict == "not_applicable" else ""
        first = several[0]
        resources = sum(outcome.resources for outcome in several)
        made.append(ControlOutcome(id_, first.title, first.severity, verdict, resources, first.frameworks, reason))
    return made


def _frameworks(outcomes: Iterable[FrameworkOutcome]) -> list[FrameworkOutcome]:
    """A side may have been judged by fewer controls: of each framework, the one of which more is judged."""
    by_id: dict[str, FrameworkOutcome] = {}
    for outcome in outcomes:
        before = by_id.get(outcome.id)
        if before is None or before.judged < outcome.judged:
            by_id[outcome.id] = outcome
    return [by_id[id_] for id_ in sorted(by_id)]


def _gate(code: GateReport, live: GateReport) -> GateReport:
    return GateReport(
        waivers=_together([*code.waivers, *live.waivers], "findings"),
        attestations=_together([*code.attestations, *live.attestations], "results"),
        comparisons=[*code.comparisons, *live.comparisons],
        changes=[*code.changes, *live.changes],
        known_gaps=[*code.known_gaps, *live.known_gaps],
        warnings=[*code.warnings, *live.warnings],
    )


def _together(entries: list[T], name: str) -> list[T]:
    """What both sides have is one entry, with both values of the field of this name added up."""
    by_rest: dict[bytes, T] = {}
    for entry in entries:
        key = msgspec.json.encode(msgspec.structs.replace(entry, **{name: type(getattr(entry, name))()}))
        before = by_rest.get(key)
        total = getattr(entry, name) if before is None else getattr(before, name) + getattr(entry, name)
        by_rest[key] = msgspec.structs.replace(entry, **{name: total})
    return list(by_rest.values())


def of_rows(comparison: Comparison) -> Report:
    """What a comparison alone says of both sides, without the evidence, which it does not hold."""
    results = [result for row in comparison.rows for result in _of_row(row)]
    outcomes = []
    for control in sorted({row.control for row in comparison.rows}):
        own = [result for result in results if result.control == control]
        met = len({(result.resource.root, result.resource.address, result.resource.id) for result in own})
        first = next(row for row in comparison.rows if row.control == control)
        outcomes.append(ControlOutcome(control, first.title, first.severity, worst(result.verdict for result in own), met))
    return Report(
        tool=Tool("assay", comparison.version, " and ".join(dict.fromkeys((comparison.code.policies, comparison.live.policies)))),
        run=Run(
            id=str(uuid.uuid5(NAMESPACE, f"{comparison.code.finished} {comparison.live.finished} {comparison.compared}")),
            started=min(comparison.code.started, comparison.live.started), finished=comparison.compared, arguments=["compare"],
            targets=[*comparison.code.targets, *comparison.live.targets], in_force=comparison.in_force,
        ),
        summary=Summary(
            {verdict: sum(result.verdict == verdict for result in results) for verdict in {result.verdict for result in results}},
            comparison.code.resources + comparison.live.resources,
            len(outcomes),
        ),
        controls=outcomes,
        results=results,
        coverage=Coverage(gaps=[*comparison.code.gaps, *comparison.live.gaps, *comparison.gaps]),
    )  # fmt: skip


def _of_row(row: ComparedRow) -> Iterable[Result]:
    for half in (row.code, row.live):
        for finding in half.findings:
            ref = next(
                (candidate for candidate in half.resources if (candidate.root, candidate.address) == (finding.root, finding.address)), None
            )
            resource = ResourceRef(
                id=ref.id if ref else finding.address, kind=row.kind, name=ref.name if ref else finding.address, cloud=row.cloud,
                account=ref.account if ref else None, region=ref.region if ref else None, address=finding.address, root=finding.root,
                blocks=[], type=ref.type if ref else "",
            )  # fmt: skip
            yield Result(
                control=row.control, title=row.title, severity=row.severity, verdict=finding.verdict, fingerprint=finding.fingerprint,
                message=finding.message, element=finding.element, resource=resource, evidence=[], unknown=[],
            )  # fmt: skip
