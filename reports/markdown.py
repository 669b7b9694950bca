"""Markdown for a comment on a pull request or the summary of a step, within what GitHub takes.

A comment has at most 65,536 characters; a summary 1 MiB
(https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits). What does not fit is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from assay.reports import findings, history_view, opinions_view
from assay.reports.markdown_text import block, fenced, prose, span
from assay.reports.view import FailingInput, failing, remediation, unchanged, where
from assay.scanner.results.formats import Context
from assay.scanner.results.ledger import told
from assay.scanner.results.model import HistoryChange, PastFinding, Report, Result, WaiverUse
from assay.scanner.results.opinion import Compared
from assay.scanner.results.telling import place
from assay.scanner.rules.model import SEVERITIES, Control
from assay.scanner.words import defused, many, visible

T = TypeVar("T")
MARK = "<!-- assay -->"
"""The first line: how the comment of an earlier run is found again."""
FAILURES, OTHERS = 32_000, 2_800
"""Bytes of the list of failures, and of each other list. With the headings, all of them stay below 65,536."""

TOTALS, LONGEST_FIX = 4, 1_500
FIXES = 10_000
"""Bytes of what mends failures, which are those of the list of failures else."""


def render(report: Report, context: Context) -> bytes:
    """UTF-8; what others wrote stands in code spans alone."""
    lines = [MARK, f"## Assay: {_outcome(report)}", "", *_table(report)]
    lines += [f"- {span(sentence)}" for sentence in findings.totals(report)[1:][:TOTALS]]
    lines += _section("The gate lets more through than before", report.gate.changes, _sentence)
    mended = [result for result in findings.counted(report, "fail") if result.fingerprint in context.fixes]
    lines += _failures(report, context, FAILURES - (FIXES if mended else 0))
    lines += _fixes(mended, context)
    finding = partial(_finding, report=report)
    lines += _section("Errors of rules", findings.counted(report, "error"), finding)
    lines += _section("Not judged", told(findings.unseen(report)), _sentence)
    lines += _section("The gate", report.gate.warnings, _sentence)
    lines += _folded("Could not be told", findings.counted(report, "unknown"), finding)
    lines += _folded("Waivers", report.gate.waivers, _waiver)
    lines += _folded("Known from before", findings.known(report), finding)
    lines += _folded("Not judged, known from before", told(report.gate.known_gaps), _sentence)
    lines += _opinions(report)
    lines += _folded("Gone", [past for comparison in report.gate.comparisons for past in comparison.gone], _gone)
    lines += _folded("Without a result in this run", history_view.changes(report), partial(_past, report=report))
    lines += ["", f"Assay {span(report.tool.version)} on {span(', '.join(report.run.targets))}"]
    return ("\n".join(lines) + "\n").encode()


def _outcome(report: Report) -> str:
    """In a few words, whether anything is to be done: nothing that was not seen counts as passed."""
    failures, errors = len(findings.counted(report, "fail")), len(findings.counted(report, "error"))
    gaps = findings.unseen(report)
    new = "new " if any(not comparison.expired for comparison in report.gate.comparisons) else ""
    parts = [many(len(report.gate.changes), "change") + " of the gate"] if report.gate.changes else []
    parts += [many(failures, f"{new}failure")] if failures or not (parts or errors or gaps) else []
    parts += [many(errors, "error")] if errors else []
    parts += [f"incomplete, {many(len(gaps), 'gap')}"] if gaps else []
    return ", ".join(parts)


def _table(report: Report) -> list[str]:
    """Numbers alone: by severity, what fails, and what is accepted."""
    severities = [*SEVERITIES, *sorted({result.severity for result in report.results} - set(SEVERITIES))]
    columns = ("fail", "unknown", "waived", "known")
    rows = []
    for severity in severities:
        numbers = [sum(_column(result) == column for result in report.results if result.severity == severity) for column in columns]
        if any(numbers):
            rows.append(f"| {severity if severity in SEVERITIES else 'other'} | {' | '.join(map(str, numbers))} |")
    if not sum(report.summary.verdicts.values()):
        return [prose(f"Nothing was judged{unchanged(report)}."), ""]
    if not rows:
        return [f"{many(report.summary.verdicts.get('pass', 0), 'verdict')} of pass, none of fail.", ""]
    return ["| severity | fail | unknown | waived | known |", "| --- | ---: | ---: | ---: | ---: |", *rows, ""]


def _column(result: Result) -> str:
    return "known" if findings.is_known(result) and result.verdict in findings.FINDINGS else result.verdict


def _failures(report: Report, context: Context, room: int) -> list[str]:
    """By severity and control: where, and once for each control why and what mends it."""
    lines: list[str] = []
    control, results, inputs = "", findings.counted(report, "fail"), failing(report)
    for number, result in enumerate(results):
        entry = _finding(result, report)
        if result.control != control:
            control = result.control
            entry = f"{_heading(result, context.controls.get(control), inputs[control])}\n{entry}"
        room -= _size(entry)
        if room < 0:
            return [*lines, "", f"and {len(results) - number} more failures that do not fit here; the json report has all"]
        lines.append(entry)
    return lines


def _fixes(mended: Sequence[Result], context: Context) -> list[str]:
    """Diffs that mend failures, each shown when somebody opens it."""
    lines: list[str] = ["", "### Fixes, each judged before", ""] if mended else []
    room = FIXES
    for number, result in enumerate(mended):
        fix = context.fixes[result.fingerprint]
        because = [f"Somebody decides on it: {span(fix.because)}", ""] if fix.because else []
        told = f"- {span(result.control)} {span(fix.title)}: {span(findings.headed(result))}"
        diff = fenced(defused(visible(fix.diff, keep="\n\t")), "diff")
        entry = "\n".join([told, "", "<details><summary>Diff</summary>", "", *because, diff, "", "</details>", ""])
        room -= _size(entry)
        if room < 0:
            return [*lines, "", f"and {len(mended) - number} more that do not fit here: `assay fix` shows all"]
        lines.append(entry)
    return lines


def _heading(result: Result, control: Control | None, mended: FailingInput) -> str:
    severity = result.severity if result.severity in SEVERITIES else "other"
    parts = ["", f"### {severity}: {span(result.control)} {span(result.title)}", ""]
    if control is not None and control.why.strip():
        parts += [prose(" ".join(control.why.split()).partition(". ")[0].rstrip(".") + "."), ""]
    tool, way = remediation(control, mended)
    if way.strip():
        parts += [f"<details><summary>Fix ({prose(tool)})</summary>", "", block(way, LONGEST_FIX), "", "</details>", ""]
    return "\n".join(parts)


def _finding(result: Result, report: Report) -> str:
    seen = place(result)
    address = result.resource.address if seen and seen.file else findings.subject(result)
    waiver = f" ({span(findings.accepted(result.waiver))})" if result.waiver else ""
    owner = f", of {span(result.owner)}" if result.owner else ""
    said = history_view.aged(span(findings.said(result)), result, report)
    return f"- {span(where(seen)) + ' ' if seen else ''}{span(address)}: {said}{owner}{waiver}"


def _waiver(use: WaiverUse) -> str:
    return _sentence(findings.used(use))


def _gone(past: PastFinding) -> str:
    return f"- {span(past.control)} {span(past.address)}" + (f" {span(past.element)}" if past.element else "")


def _past(change: HistoryChange, report: Report) -> str:
    return f"- {history_view.event(change)}: {span(history_view.told(change, report))}"


def _opinions(report: Report) -> list[str]:
    """What other scanners say, as far as there is room: the counts, what differs, and what one alone finds."""
    lines = [span(opinions_view.counted(opinion)) for opinion in report.opinions]
    for opinion in report.opinions:
        lines += map(span, opinion.problems)
        lines += [
            _compared(opinion.scanner, row) for relation in opinions_view.HEADINGS for row in opinions_view.worth_showing(opinion, relation)
        ]
        lines += [
            f"{span(opinion.scanner)} alone: {span(f'{check.verdict}: {check.id} {check.reason} ({opinions_view.place(check)})')}"
            for check in opinions_view.findings(opinion)
        ]
    return _folded("Beside other scanners", lines, "- {}".format)


def _compared(scanner: str, row: Compared) -> str:
    said = f"ours {span(opinions_view.ours(row))}, {span(scanner)} {span(opinions_view.theirs(row))}"
    return f"{span(row.control)} {span(opinions_view.where(row))}: {said}"


def _sentence(text: str) -> str:
    return f"- {span(text)}"


def _section(heading: str, entries: Sequence[T], told_of: Callable[[T], str]) -> list[str]:
    return ["", f"### {heading}", "", *_fitting(entries, told_of)] if entries else []


def _folded(heading: str, entries: Sequence[T], told_of: Callable[[T], str]) -> list[str]:
    """A section that is shown when somebody opens it."""
    summary = f"<details><summary>{heading}: {len(entries)}</summary>"
    return ["", summary, "", *_fitting(entries, told_of), "", "</details>"] if entries else []


def _fitting(entries: Sequence[T], told_of: Callable[[T], str]) -> list[str]:
    """A line for each entry, as far as there is room, and how many there is none for."""
    lines: list[str] = []
    room = OTHERS
    for number, entry in enumerate(entries):
        line = told_of(entry)
        room -= _size(line)
        if room < 0:
            return [*lines, f"- and {len(entries) - number} more that do not fit here; the json report has all"]
        lines.append(line)
    return lines


def _size(text: str) -> int:
    return len(text.encode()) + 1
