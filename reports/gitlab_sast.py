"""GitLab's security report of the kind SAST, for the vulnerability report and merge requests.

https://docs.gitlab.com/development/integrations/secure/#report; the schema is
https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/blob/v15.2.1/dist/sast-report-format.json. GitLab refuses a report
as a whole that does not follow it: a name of more than 255 characters is enough. It takes findings of one identifier at one place for one,
so that each has a control alone for an identifier (frameworks stand in the description) and its fingerprint for a signature.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from assay.reports import findings, history_view, opinions_view
from assay.reports.gitlab import line_of, path_of
from assay.reports.markdown_text import block, prose, span
from assay.reports.sarif_rules import Object
from assay.reports.view import BROKEN, remediation
from assay.scanner import lazy_re
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result
from assay.scanner.results.telling import place
from assay.scanner.rules.model import Control
from assay.scanner.words import defused_json, visible

VERSION = "15.2.1"
SCHEMA = f"https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v{VERSION}/dist/sast-report-format.json"
LONGEST_NAME = 255
SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}
_TIME = lazy_re.pattern(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d).*", re.DOTALL)
_NO_TIME = "1970-01-01T00:00:00"


def render(report: Report, context: Context) -> bytes:
    """JSON. Failures and what is not known are vulnerabilities; errors and what was not seen are messages of the scan."""
    results, rows = findings.counted(report, "fail", "unknown"), opinions_view.of_resources(report)
    scanner = {"id": "assay", "name": "Assay", "version": _text(report.tool.version) or "0", "vendor": {"name": "Assay"}}
    scan: Object = {
        "analyzer": scanner,
        "scanner": scanner,
        "type": "sast",
        "start_time": _time(report.run.started),
        "end_time": _time(report.run.finished),
        "status": "failure" if _is_broken(report) else "success",
        "messages": list(_messages(report)),
    }
    content = {
        "schema": SCHEMA,
        "version": VERSION,
        "scan": scan,
        "vulnerabilities": [
            _vulnerability(result, report, context, [opinions_view.beside(*row) for row in rows.get(opinions_view.of_result(result), ())])
            for result in results
        ],
    }
    return defused_json(msgspec.json.format(msgspec.json.encode(content), indent=1)) + b"\n"


def _is_broken(report: Report) -> bool:
    """Something was not read at all, or a rule failed: not what a scan looks like that went well."""
    errors = any(result.verdict == "error" for result in report.results)
    return errors or bool(report.coverage.files.failed) or any(gap.code in BROKEN for gap in report.coverage.gaps)


def _messages(report: Report) -> Iterator[Object]:
    yield {"level": "info", "value": _text("; ".join(findings.totals(report)))}
    for result in findings.counted(report, "error"):
        yield {"level": "warn", "value": _text(f"{result.control}: {findings.subject(result)}: {findings.said(result)}")}
    before = set(report.gate.known_gaps)
    for gap in report.coverage.gaps:
        known = " (known from before)" if gap in before else ""
        yield {"level": "info" if known else "warn", "value": _text(f"not judged{known}: {gap}")}
    for waiver in report.gate.waivers:
        yield {"level": "info", "value": _text(f"waiver: {findings.used(waiver)}")}
    for opinion in opinions_view.sentences(report):
        yield {"level": "info", "value": _text(opinion)}
    for change in history_view.sentences(report):
        yield {"level": "info", "value": _text(change)}
    for warning in (*report.gate.changes, *report.gate.warnings):
        yield {"level": "warn", "value": _text(warning)}


def _vulnerability(result: Result, report: Report, context: Context, opinions: Sequence[str]) -> Object:
    control, seen = context.controls.get(result.control), place(result)
    line = line_of(result)
    end = max(seen.end_line, line) if seen and seen.file and seen.line > 0 else line
    where: dict[str, Any] = {"file": path_of(result), "start_line": line, "end_line": end}
    built: Object = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, visible(result.fingerprint))),
        "name": findings.line(result.title, LONGEST_NAME),
        "description": _description(result, control, [*opinions, *_course(result, report)]),
        "severity": SEVERITIES.get(result.severity, "Unknown") if result.verdict == "fail" else "Unknown",
        "identifiers": [{"type": "assay_control", "name": f"Assay {_text(result.control)}", "value": _text(result.control) or "(none)"}],
        "location": {**where, "class": _text(result.resource.address) or "(none)"},
        "tracking": {"type": "source", "items": [{**where, "signatures": [{"algorithm": "hash", "value": visible(result.fingerprint)}]}]},
    }
    tool, way = remediation(control)
    if way.strip():
        built["solution"] = f"{span(tool, 100)}:\n\n{block(way)}"
    return built


def _course(result: Result, report: Report) -> list[str]:
    """What a history knows of a finding: the format has no times of one, which GitLab keeps itself."""
    course = result.course
    return [f"in the history: {history_view.age(result, report)}, first found {course.first}"] if course else []


def _description(result: Result, control: Control | None, told: Sequence[str]) -> str:
    """GitLab Flavored Markdown: what others wrote stands in code spans."""
    lines = [f"{span(findings.subject(result))}: {span(findings.said(result), 2_000)}"]
    lines += [
        f"- {span(fact.fact)} is {span(fact.observed)}" + (f", expected {span(fact.expected)}" if fact.expected else "")
        for fact in result.evidence[:20]
    ]
    lines += [f"- of {span(result.owner, 2_000)}"] if result.owner else []
    lines += [f"- {span(opinion, 2_000)}" for opinion in told]
    if result.waiver and result.waiver.expired:
        lines.append(span(findings.accepted(result.waiver)))
    if control is not None:
        lines += ["", prose(control.why)]
        sections = [f"{name} {', '.join(ids)}" for name, ids in sorted(control.frameworks.items())]
        lines += ["", f"Requirements: {span('; '.join(sections), 2_000)}"] if sections else []
    return "\n".join(lines)


def _time(text: str) -> str:
    """As the schema has it: UTC to the second, without a zone."""
    match = _TIME.fullmatch(text)
    return match[1] if match else _NO_TIME


def _text(text: str) -> str:
    return findings.line(text, 2_000)
