"""OSCAL assessment results 1.2.1 (https://pages.nist.gov/OSCAL/reference/1.2.1/assessment-results/json-reference/).

An observation is a result, an inventory item a resource, a finding a control: satisfied where everything that was judged by it passes, not
satisfied where something fails or a failure is accepted. What is not known is an observation and gives no finding. OSCAL has no word for
it, and none of ours says `satisfied` by guessing. A section of a framework is found not satisfied where a control that serves it fails, and
never satisfied: our controls judge a part of a section.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from assay.reports import history_view, oscal_run
from assay.reports.findings import accepted, said
from assay.reports.json_report import encoded
from assay.reports.judged import resource_key
from assay.reports.oscal_text import (
    in_parts,
    markup,
    markup_line,
    oscal_id,
    prop,
    props,
    section_id,
    statement_id,
    token,
    without_empty,
)
from assay.reports.requirements import sections
from assay.reports.sarif_rules import Object
from assay.reports.times import end_of_day, seen, stamp
from assay.reports.view import identity
from assay.scanner.results.formats import Context
from assay.scanner.results.model import ControlOutcome, Evidence, Report, ResourceRef, Result, Run, Waived
from assay.scanner.results.telling import observed
from assay.scanner.words import many

METHODS = ["TEST"]
"""A mechanism compares what is with what has to be (NIST SP 800-53A)."""


def render(report: Report, context: Context) -> bytes:
    """One document with one result, the run."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same in parts: of a large estate the document is many times larger than the report in memory."""
    ids = _Ids(report)
    lists = {
        "observations": itertools.chain(ids.observations(), oscal_run.gaps(report), oscal_run.without_resources(report)),
        "risks": ids.risks(),
        "findings": itertools.chain(_findings(report, ids), _sections(report, ids)),
    }
    defined = in_parts({"assessment-assets": oscal_run.assets(report)}, {"inventory-items": ids.items()})
    before, _, after = encoded(oscal_run.document(report)).partition(b'"results":[]')
    yield b'{"assessment-results":' + before + b'"results":['
    yield from in_parts(oscal_run.result(report), lists, {"local-definitions": defined})
    yield b"]" + after + b"}\n"


class _Ids:
    """The results of a report in their order, with the identifiers of what is made of them.

    Results are told apart by their fingerprints; where two have the same, by a number.
    """

    def __init__(self, report: Report) -> None:
        self.run, self.by_control = report.run, dict[str, list[tuple[Result, str]]]()
        times: dict[str, int] = {}
        self._resources: dict[tuple[str, ...], tuple[ResourceRef, str]] = {}
        self._all: list[tuple[Result, str, str]] = []
        for result in sorted(report.results, key=identity):
            number = times[result.fingerprint] = times.get(result.fingerprint, 0) + 1
            name = result.fingerprint if number == 1 else f"{result.fingerprint} {number}"
            key = resource_key(result.resource)
            item = self._resources.setdefault(key, (result.resource, oscal_id("item", *key)))
            self._all.append((result, name, item[1]))
            self.by_control.setdefault(result.control, []).append((result, name))

    def items(self) -> Iterator[Object]:
        """The resources that were judged, as inventory items."""
        return (_item(resource, uuid) for resource, uuid in self._resources.values())

    def observations(self) -> Iterator[Object]:
        """An observation for each result."""
        return (_observation(result, name, item, self.run) for result, name, item in self._all)

    def risks(self) -> Iterator[Object]:
        """Failures that somebody accepts, and those that somebody accepted until a day that is over."""
        return (_risk(result, result.waiver, name) for result, name, _ in self._all if result.waiver is not None)


def _item(resource: ResourceRef, uuid: str) -> Object:
    named = {
        "asset-id": resource.id, "asset-type": resource.type or resource.kind, "cloud": resource.cloud, "account": resource.account,
        "region": resource.region, "kind": resource.kind, "name": resource.name, "address": resource.address, "root": resource.root,
        "stands-for": "" if resource.stands_for == "itself" else resource.stands_for,
    }  # fmt: skip
    return {"uuid": uuid, "description": markup(f"{resource.kind} {resource.address}"), "props": props(named)}


def _observation(result: Result, name: str, item: str, run: Run) -> Object:
    told = {
        "control-id": result.control, "verdict": result.verdict, "severity": result.severity, "fingerprint": result.fingerprint,
        "element": result.element, "standing": result.standing, **history_view.fields(result),
    }  # fmt: skip
    types = ["control-objective", *(["finding"] if result.verdict == "fail" else [])]
    return without_empty(
        {
            "uuid": oscal_id("observation", name),
            "title": markup_line(result.title),
            "description": markup(said(result)),
            "props": props(told),
            "methods": METHODS,
            "types": types,
            "origins": oscal_run.origins(),
            "subjects": [{"subject-uuid": item, "type": "inventory-item", "title": markup_line(result.resource.address)}],
            "relevant-evidence": [_evidence(fact) for fact in result.evidence],
            "collected": stamp(seen(result, run)),
            "remarks": _settles(result),
        }
    )


def _evidence(fact: Evidence) -> Object:
    told: dict[str, object] = {"fact": fact.fact, "observed": fact.observed, "expected": fact.expected}
    if (place := fact.location) is not None:
        told |= {"file": place.file, "line": place.line or "", "end-line": place.end_line or ""}
        told |= {"operation": place.operation, "time": place.time, "caller": place.caller, "unchanged": place.unchanged}
    return {"description": markup(observed(fact)), "props": props(told)}


def _settles(result: Result) -> str:
    """What would settle what is not known."""
    return markup("\n".join(dict.fromkeys(fact.settles_it for fact in result.unknown))) if result.unknown else ""


def _risk(result: Result, waiver: Waived, name: str) -> Object:
    """A risk that is accepted (`deviation-approved`) for as long as its waiver holds; open again after that."""
    until = end_of_day(waiver.expires)
    told = {
        "waived-by": waiver.by, "owner": waiver.owner, "reason": waiver.reason, "ticket": waiver.ticket, "expires": waiver.expires,
        "file": waiver.file, "line": waiver.line or "", "verdict-without-waiver": waiver.verdict,
    }  # fmt: skip
    return without_empty(
        {
            "uuid": oscal_id("risk", name),
            "title": markup_line(result.title),
            "description": markup(f"{result.resource.address}: {said(result)}"),
            "statement": markup(accepted(waiver)),
            "props": props(told),
            "status": "open" if waiver.expired else "deviation-approved",
            "origins": oscal_run.origins(),
            "deadline": stamp(until) if until else "",
            "related-observations": [{"observation-uuid": oscal_id("observation", name)}],
        }
    )


def _findings(report: Report, ids: _Ids) -> Iterator[Object]:
    """A finding for each control that failed somewhere, or of which everything is known and something passed or was waived."""
    for outcome in sorted(report.controls, key=lambda control: control.id):
        judged = ids.by_control.get(outcome.id, [])
        verdicts = {result.verdict for result, _ in judged}
        if "fail" in verdicts:
            yield _finding(outcome, judged, "fail", report)
        elif not verdicts & {"unknown", "error"} and verdicts & {"waived", "pass"}:
            yield _finding(outcome, judged, "waived" if "waived" in verdicts else "pass", report)


_STATES = {"fail": ("not-satisfied", "fail"), "waived": ("not-satisfied", "other"), "pass": ("satisfied", "pass")}


def _finding(outcome: ControlOutcome, judged: list[tuple[Result, str]], verdict: str, report: Report) -> Object:
    state, reason = _STATES[verdict]
    control = token(outcome.id)
    numbers = ", ".join(f"{number} {name}" for name, number in _counts(judged))
    told = f"{numbers}; {many(outcome.resources, 'resource')}"
    served = sections(outcome.frameworks, {result.resource.cloud for result, _ in judged})
    requirements = [prop("requirement", f"{name} {section}") for name, section in served]
    return without_empty(
        {
            "uuid": oscal_id("finding", outcome.id),
            "title": markup_line(outcome.title),
            "description": markup(f"{outcome.id}: {told}"),
            "props": [prop("severity", outcome.severity), prop("verdict", verdict), *requirements],
            "origins": oscal_run.origins(),
            "target": {
                "type": "statement-id",
                "target-id": statement_id(control),
                "title": markup_line(outcome.title),
                "status": without_empty({"state": state, "reason": reason, "remarks": oscal_run.seen_in_part(report)}),
            },
            "related-observations": _related(name for _, name in judged),
            "related-risks": [{"risk-uuid": oscal_id("risk", name)} for result, name in judged if result.waiver is not None],
        }
    )


def _counts(judged: list[tuple[Result, str]]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for result, _ in judged:
        counts[result.verdict] = counts.get(result.verdict, 0) + 1
    return sorted(counts.items())


def _related(names: Iterable[str]) -> list[Object]:
    return [{"observation-uuid": oscal_id("observation", name)} for name in names]


def _sections(report: Report, ids: _Ids) -> Iterator[Object]:
    """One for each section of a framework that a failing control serves."""
    failing: dict[tuple[str, str], dict[str, list[str]]] = {}
    for outcome in sorted(report.controls, key=lambda control: control.id):
        by_cloud: dict[str, list[str]] = {}
        for result, name in ids.by_control.get(outcome.id, ()):
            if result.verdict == "fail":
                by_cloud.setdefault(result.resource.cloud, []).append(name)
        for cloud, names in by_cloud.items():
            for served in sections(outcome.frameworks, {cloud}):
                failing.setdefault(served, {}).setdefault(outcome.id, []).extend(names)
    for (name, section), controls in sorted(failing.items()):
        yield {
            "uuid": oscal_id("finding", name, section),
            "title": markup_line(f"{name} {section}"),
            "description": markup(f"Controls that serve {name} {section} fail: {', '.join(controls)}"),
            "props": [prop("requirement", f"{name} {section}"), *(prop("control-id", control) for control in controls)],
            "origins": oscal_run.origins(),
            "target": {
                "type": "statement-id",
                "target-id": statement_id(section_id(name, section)),
                "status": {"state": "not-satisfied", "reason": "fail"},
            },
            "related-observations": _related(itertools.chain.from_iterable(controls.values())),
        }
