"""OCSF Compliance Findings (class 2003) as JSON Lines: https://schema.ocsf.io/1.5.0/classes/compliance_finding.

An event is a result. Times are milliseconds (the type `timestamp_t`), which no schema can tell from seconds. Version 1.5.0 is the oldest
in which the `cloud` profile is as it is today: an event is valid in 1.8.0 as well. The profile stands at events that have a cloud: what was
not seen, and what the gate says, have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.reports import findings, history_view, opinions_view
from assay.reports.json_report import encoded
from assay.reports.judged import stable_id
from assay.reports.requirements import sections
from assay.reports.sarif_rules import Object
from assay.reports.times import finished, first_known, milliseconds, moment, seen, started
from assay.reports.view import identity, outcome, remediation
from assay.scanner.results.formats import Context
from assay.scanner.results.model import BaselineComparison, Evidence, HistoryChange, PastFinding, Report, ResourceRef, Result
from assay.scanner.results.opinion import Compared, Opinion
from assay.scanner.results.telling import message_of
from assay.scanner.rules.model import Control
from assay.scanner.sources.coverage import Gap

VERSION = "1.5.0"
CREATE, UPDATE, CLOSE = 1, 2, 3
_ACTIVITIES = {CREATE: "Create", UPDATE: "Update", CLOSE: "Close"}
NEW, SUPPRESSED, RESOLVED = 1, 3, 4
_STATUSES = {NEW: "New", SUPPRESSED: "Suppressed", RESOLVED: "Resolved"}
COMPLIANCE = {"pass": (1, "Pass"), "unknown": (2, "Warning"), "fail": (3, "Fail"), "waived": (3, "Fail"), "error": (99, "Error"),
              "not_applicable": (99, "Not Applicable")}  # fmt: skip
"""Verdict to `compliance.status_id`. A warning is a check that `did not yield a result due to missing information`."""
SEVERITIES = {"critical": (5, "Critical"), "high": (4, "High"), "medium": (3, "Medium"), "low": (2, "Low")}
_UNKNOWN, _INFORMATIONAL = (0, "Unknown"), (1, "Informational")
_PROVIDERS = {"aws": "AWS", "google": "GCP"}
_ACCOUNTS = {"aws": (10, "AWS Account"), "google": (11, "GCP Project")}
_LONGEST = 4_000
_MOST = 200
"""Entries of a list of an event; the JSON report has all."""


def render(report: Report, context: Context) -> bytes:
    """An event a line."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same line by line: results, findings that are no more, what was not seen, and at last the run."""
    rows = opinions_view.of_resources(report)
    events = _Events(report, context)
    for result in sorted(report.results, key=identity):
        yield encoded(events.of_result(result, rows.get(opinions_view.of_result(result), ()))) + b"\n"
    for comparison in report.gate.comparisons:
        yield from (encoded(events.of_past(past, comparison)) + b"\n" for past in comparison.gone)
    told = {past.fingerprint for comparison in report.gate.comparisons for past in comparison.gone}
    over = (change for change in history_view.changes(report) if change.event in history_view.OVER and change.fingerprint not in told)
    yield from (encoded(events.of_change(change)) + b"\n" for change in over)
    yield from (encoded(events.of_gap(gap, known)) + b"\n" for gap, known in findings.gaps(report))
    yield encoded(events.of_run()) + b"\n"


class _Events:
    """Events of one run."""

    def __init__(self, report: Report, context: Context) -> None:
        self.report, self.context = report, context
        self._outcomes = {control.id: control for control in report.controls}
        self._started, self._finished = milliseconds(started(report.run)), milliseconds(finished(report.run))
        self._product = {"name": "Assay", "vendor_name": "Assay", "uid": "assay", "version": _text(report.tool.version) or "0"}

    def of_result(self, result: Result, rows: Sequence[tuple[Opinion, Compared]]) -> Object:
        """A result."""
        control, waiver = self.context.controls.get(result.control), result.waiver
        activity = UPDATE if result.standing == "known" or (result.course and result.course.state == "known") else CREATE
        time = milliseconds(seen(result, self.report.run))
        event = self._event(activity, result.fingerprint, result.control, result.title, message_of(result), _severity(result), time)
        event["metadata"]["profiles"] = ["cloud"]
        event["cloud"], event["resources"] = _cloud(result.resource), [_resource(result.resource)]
        status = SUPPRESSED if result.verdict == "waived" else RESOLVED if result.verdict in ("pass", "not_applicable") else NEW
        event |= {"status_id": status, "status": _STATUSES[status], "compliance": self._compliance(result, control)}
        if (since := first_known(result, self.report)) is not None:
            event["finding_info"]["first_seen_time"] = min(milliseconds(since), time)
            if result.course and result.course.times > 1:  # it stands for all that it was, the first of which began then
                event |= {"count": result.course.times, "start_time": min(milliseconds(since), self._started)}
        if waiver is not None:
            event["comment"] = event["status_detail"] = _text(findings.accepted(waiver))
        if result.evidence:
            event["evidences"] = [{"data": _evidence(fact)} for fact in result.evidence[:_MOST]]
        tool, way = remediation(control)
        if way.strip():
            event["remediation"] = {"desc": _text(f"{tool}: {way.strip()}")}
        event["unmapped"] = _unmapped(result, rows)
        return event

    def _compliance(self, result: Result, control: Control | None) -> Object:
        number, word = COMPLIANCE[result.verdict]
        if result.verdict == "waived" and result.waiver and result.waiver.verdict == "unknown":
            number, word = COMPLIANCE["unknown"]
        control_outcome = self._outcomes.get(result.control)
        served = sections(control_outcome.frameworks, {result.resource.cloud}) if control_outcome else []
        made: Object = {
            "control": _text(result.control), "status_id": number, "status": word, "status_code": result.verdict,
            "status_details": [_text(text) for text in (findings.said(result), *(fact.settles_it for fact in result.unknown))][:_MOST],
        }  # fmt: skip
        if control is not None:
            made["desc"] = _text(control.why)
        if served:
            made["standards"] = list(dict.fromkeys(_text(name) for name, _ in served))
            made["requirements"] = [_text(f"{name} {section}") for name, section in served]
        if assessments := _assessments(result):
            made["assessments"] = assessments
        return made

    def of_past(self, past: PastFinding, comparison: BaselineComparison) -> Object:
        """A finding that is not there any more: it is closed, and nobody says why."""
        message = f"{past.address} {past.element}".strip() + f": not found any more, beside the {comparison.kind} {comparison.name}"
        return self._closed(past.control, past.fingerprint, message, (99, "Gone", "gone"))

    def of_change(self, change: HistoryChange) -> Object:
        """A finding of a history that is no more: what is fixed, or is told now, passes."""
        because = history_view.why(change, self.report)
        message = f"{history_view.subject(change)}: {change.event}" + (f"; {because}" if because else "")
        status = (99, "Gone") if change.event == "gone" else COMPLIANCE["pass"]
        event = self._closed(change.control, change.fingerprint, message, (*status, change.event))
        if (since := moment(change.since)) is not None:
            event["finding_info"]["first_seen_time"] = min(milliseconds(since), self._finished)
        return event

    def _closed(self, control: str, uid: str, message: str, compliance: tuple[int, str, str]) -> Object:
        control_outcome, (number, word, code) = self._outcomes.get(control), compliance
        event = self._event(
            CLOSE, uid, control, control_outcome.title if control_outcome else control, message, _INFORMATIONAL, self._finished
        )
        told = {
            "control": _text(control),
            "status_id": number,
            "status": word,
            "status_code": code,
            "status_details": [_text(message)],
        }
        return event | {"status_id": RESOLVED, "status": _STATUSES[RESOLVED], "compliance": told}

    def of_gap(self, gap: Gap, known: bool) -> Object:
        """Something that was not judged: a check that gave no result."""
        message = f"not judged{' (known from before)' if known else ''}: {gap}"
        uid = stable_id("gap", gap.code, gap.scope, str(gap.line), gap.reason)
        activity = UPDATE if known else CREATE
        event = self._event(activity, uid, f"assay.{gap.code}", "Not judged", message, _UNKNOWN, self._finished)
        details = [_text(message)]
        return event | {
            "status_id": NEW, "status": _STATUSES[NEW],
            "compliance": {
                "control": _text(f"assay.{gap.code}"), "status_id": 2, "status": "Warning", "status_code": _text(gap.code),
                "status_details": details,
            },
            "unmapped": {"scope": _text(gap.scope), "line": gap.line, "settles_it": _text(gap.settles_it)},
        }  # fmt: skip

    def of_run(self) -> Object:
        """The run: what it comes to, its waivers, changes of the gate, controls that met no resource, what another scanner says."""
        report, said = self.report, outcome(self.report)
        number, word = {"fail": (3, "Fail"), "pass": (1, "Pass"), "error": (99, "Error")}.get(said.word, (2, "Warning"))
        told = [*findings.totals(report), *(f"{heading}: {text}" for heading, text in findings.of_run(report))]
        more = len(told) - 5 * _MOST
        shown = [*map(_text, told[: 5 * _MOST]), *([f"and {more} more; the json report has all"] if more > 0 else [])]
        uid = stable_id("run", *report.run.targets)
        event = self._event(UPDATE, uid, "assay.gate", "The run as a whole", said.sentence, _INFORMATIONAL, self._finished)
        return event | {
            "status_id": NEW, "status": _STATUSES[NEW],
            "compliance": {"control": "assay.gate", "status_id": number, "status": word, "status_code": said.word, "status_details": shown},
            "unmapped": {
                "verdicts": {verdict: count for verdict, count in sorted(report.summary.verdicts.items()) if verdict in COMPLIANCE},
                "arguments": [_text(argument) for argument in report.run.arguments[:_MOST]],
                "targets": [_text(target) for target in report.run.targets[:_MOST]], "policies": _text(report.tool.policies),
            },
        }  # fmt: skip

    def _event(self, activity: int, uid: str, control: str, title: str, message: str, severity: tuple[int, str], time: int) -> Object:
        """What every event has. `uid` is the same for the same finding in every run, that of `metadata` is of this event alone."""
        number, word = severity
        return {
            "activity_id": activity, "activity_name": _ACTIVITIES[activity], "category_uid": 2, "category_name": "Findings",
            "class_uid": 2003, "class_name": "Compliance Finding", "type_uid": 200300 + activity,
            "type_name": f"Compliance Finding: {_ACTIVITIES[activity]}", "time": time, "start_time": self._started,
            "end_time": self._finished, "severity_id": number, "severity": word, "message": _text(message) or "(none)",
            "metadata": {
                "version": VERSION, "product": self._product, "uid": stable_id("event", self.report.run.id, uid),
                "correlation_uid": _text(self.report.run.id), "event_code": _text(control), "profiles": [],
            },
            "finding_info": {
                "uid": _text(uid), "title": _text(title), "desc": _text(message), "last_seen_time": time,
                "analytic": {
                    "uid": _text(control) or "(none)", "name": _text(title), "type_id": 1, "type": "Rule",
                    "version": _text(self.report.tool.policies),
                },
            },
        }  # fmt: skip


def _severity(result: Result) -> tuple[int, str]:
    """The severity of the control where something is wrong or was accepted; else informational, or unknown."""
    if result.verdict in ("fail", "waived", "error"):
        return SEVERITIES.get(result.severity, _UNKNOWN)
    return _UNKNOWN if result.verdict == "unknown" else _INFORMATIONAL


def _cloud(resource: ResourceRef) -> Object:
    made: Object = {"provider": _PROVIDERS.get(resource.cloud, _text(resource.cloud) or "Unknown")}
    if resource.account:
        made["account"] = {"uid": _text(resource.account)}
        if resource.cloud in _ACCOUNTS:
            made["account"]["type_id"], made["account"]["type"] = _ACCOUNTS[resource.cloud]
    if resource.region:
        made["region"] = _text(resource.region)
    return made


def _resource(resource: ResourceRef) -> Object:
    made: Object = {
        "uid": _text(resource.id), "name": _text(resource.name), "type": _text(resource.type or resource.kind),
        "namespace": _text(resource.root),
        "data": {"address": _text(resource.address), "kind": _text(resource.kind), "stands_for": _text(resource.stands_for)},
    }  # fmt: skip
    if resource.region:
        made["region"] = _text(resource.region)
    if resource.tags:
        made["tags"] = [{"name": _text(name), "value": _text(value)} for name, value in sorted(resource.tags.items())[:_MOST]]
    return made


def _assessments(result: Result) -> list[Object]:
    """What was asked, with the values that answered it. Of what is not known, or could not be asked, there is no answer."""
    verdict = result.waiver.verdict if result.verdict == "waived" and result.waiver else result.verdict
    if verdict not in ("pass", "fail"):
        return []
    asked: dict[str, list[str]] = {}
    for fact in (fact for fact in result.evidence[:_MOST] if fact.expected):
        asked.setdefault(fact.expected, []).append(f"{fact.fact} is {fact.observed}")
    return [
        {"name": _text(expected) or "(none)", "desc": _text("; ".join(observed)), "meets_criteria": verdict == "pass"}
        for expected, observed in asked.items()
    ]


def _evidence(fact: Evidence) -> Mapping[str, Any]:
    told = {"fact": fact.fact, "observed": fact.observed, "expected": fact.expected}
    made: dict[str, Any] = {name: _text(text) for name, text in told.items()}
    if (place := fact.location) is not None:
        seen_at = {"file": place.file, "operation": place.operation, "time": place.time, "caller": place.caller}
        seen_at["unchanged"] = place.unchanged
        made |= {name: _text(text) for name, text in seen_at.items() if text}
        made |= {"line": place.line, "end_line": place.end_line} if place.line else {}
    return made


def _unmapped(result: Result, rows: Sequence[tuple[Opinion, Compared]]) -> Object:
    made: Object = {"verdict": result.verdict, "control_severity": _text(result.severity)}
    made |= {"element": _text(result.element)} if result.element else {}
    made |= {"standing": _text(result.standing)} if result.standing else {}
    made |= {"history": {name: _text(value) for name, value in history_view.fields(result).items()}} if result.course else {}
    if rows:
        made["opinions"] = [_text(opinions_view.beside(*row)) for row in rows[:_MOST]]
    if len(result.evidence) > _MOST:
        made["evidences_left_out"] = len(result.evidence) - _MOST
    return made


def _text(text: str) -> str:
    return findings.line(text, _LONGEST)
