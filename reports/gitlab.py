"""GitLab's code quality report: one array, whose entries merge requests show beside the code.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. Paths are relative to the repository, so a scan is to be
started there. The fingerprint has no line in it, so that moved code is no new finding. What is waived or known from before is left out;
waivers and settings are `info`. What another scanner says of a finding ends its description; the array has no place for what is no finding
of the run. The age of a finding in a history and who owns it stand behind what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from assay.reports import findings, history_view, opinions_view
from assay.reports.in_force import in_force_briefly
from assay.reports.sarif_rules import Object
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result, WaiverUse
from assay.scanner.results.opinion import Compared, Opinion
from assay.scanner.results.telling import place
from assay.scanner.sources.coverage import Gap
from assay.scanner.words import defused_json, visible

SEVERITIES = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}
NOT_JUDGED = "major"
"""What could not be read or judged; what is not known is `info`."""
LONGEST = 4_000


def render(report: Report, context: Context) -> bytes:
    """JSON without a byte order mark, which GitLab's parser does not take."""
    rows = opinions_view.of_resources(report)
    entries = [
        _entry(result, report, rows.get(opinions_view.of_result(result), ())) for result in findings.counted(report, *findings.FINDINGS)
    ]
    entries += [_of_gap(gap) for gap in findings.unseen(report)]
    entries += [_of_change(change, report) for change in report.gate.changes]
    entries += [_of_waiver(waiver) for waiver in report.gate.waivers if waiver.findings]
    entries += [_of_settings(settings, report)] if (settings := in_force_briefly(report.run.in_force)) else []
    return defused_json(msgspec.json.format(msgspec.json.encode(entries), indent=1)) + b"\n"


def _entry(result: Result, report: Report, rows: Iterable[tuple[Opinion, Compared]]) -> Object:
    severity = SEVERITIES.get(result.severity, "major") if result.verdict == "fail" else NOT_JUDGED
    said = history_view.aged(findings.headed(result), result, report) + (f"; of {result.owner}" if result.owner else "")
    return {
        "description": _text("; ".join([said, *(opinions_view.beside(opinion, row) for opinion, row in rows)])),
        "check_name": visible(result.control),
        "fingerprint": visible(result.fingerprint),
        "severity": "info" if result.verdict == "unknown" else severity,
        "location": {"path": path_of(result), "lines": {"begin": line_of(result)}},
    }


def _of_gap(gap: Gap) -> Object:
    return {
        "description": _text(f"not judged: {gap}"),
        "check_name": f"assay.{visible(gap.code)}",
        "fingerprint": _digest(gap.code, gap.scope, gap.reason),
        "severity": NOT_JUDGED,
        "location": {"path": _relative(gap.scope), "lines": {"begin": max(gap.line, 1)}},
    }


def _of_change(change: str, report: Report) -> Object:
    return {
        "description": _text(change),
        "check_name": "assay.configuration",
        "fingerprint": _digest("configuration", change),
        "severity": "blocker",
        "location": {"path": _relative(report.run.in_force.configuration or "assay.yaml"), "lines": {"begin": 1}},
    }


def _of_waiver(waiver: WaiverUse) -> Object:
    """Beside its waiver: a merge request shows one that the target branch does not have, and who accepts what."""
    return {
        "description": _text(f"accepted: {findings.used(waiver)}"),
        "check_name": "assay.waiver",
        "fingerprint": _digest("waiver", waiver.control, waiver.resource, waiver.owner, waiver.reason, waiver.expires, waiver.file),
        "severity": "info",
        "location": {"path": _relative(waiver.file or "assay.yaml"), "lines": {"begin": max(waiver.line, 1)}},
    }


def _of_settings(told: str, report: Report) -> Object:
    return {
        "description": _text(f"in force: {told}"),
        "check_name": "assay.settings",
        "fingerprint": _digest("settings", told),
        "severity": "info",
        "location": {"path": _relative(report.run.in_force.configuration or "assay.yaml"), "lines": {"begin": 1}},
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def path_of(result: Result) -> str:
    """The file to show a result at; what is in no file, as a live resource, at its name, so that it does not get lost."""
    seen = place(result)
    return _relative(seen.file if seen and seen.file else findings.subject(result))


def line_of(result: Result) -> int:
    """The line to show a result at: the first where none is known."""
    seen = place(result)
    return max(seen.line if seen and seen.file else 1, 1)


def _relative(path: str) -> str:
    return findings.line(path.removeprefix("./"), LONGEST) or "(none)"


def _text(text: str) -> str:
    return findings.line(text, LONGEST)
