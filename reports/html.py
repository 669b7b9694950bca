"""One self-contained HTML file: it reads, prints and can be archived without scripts, network or other files."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from assay.reports import opinions_view
from assay.reports.findings import accepted, compared
from assay.reports.in_force import in_force
from assay.reports.view import (
    WORDS,
    accounts,
    failing,
    nothing_unseen,
    ordered,
    outcome,
    place,
    remediation,
    severity_rank,
    sums,
    unsupported,
    verdicts,
    where,
)
from assay.scanner.results.formats import Context
from assay.scanner.results.model import WORST, ControlOutcome, Report, Result
from assay.scanner.rules.model import Control
from assay.scanner.words import defused, many, shown

TEMPLATES = Path(__file__).parent / "templates"
BAR = 1000
"""Width of the bar of verdicts, in its own units."""

MOST_BLOCKS = 20
"""Blocks that are named of one resource: a thousand results on a resource of a thousand blocks would fill any disk."""


class FailedControl(msgspec.Struct):
    """A control that fails, with its failures and what its rule says about it."""

    id: str
    title: str
    severity: str
    why: str
    tool: str
    way: str
    results: list[Result]


class ControlRow(msgspec.Struct):
    """A control in the table of controls."""

    outcome: ControlOutcome
    frameworks: list[tuple[str, str]]
    """Framework to its sections, in one text."""
    counts: list[tuple[str, int]]


class Segment(msgspec.Struct):
    """A part of the bar of verdicts."""

    verdict: str
    word: str
    number: int
    start: float
    width: float


def render(report: Report, context: Context) -> bytes:
    """UTF-8. Every value is escaped; characters that could reorder or hide others are written out."""
    page = _template().render(
        style=asset("style.css"),
        script=asset("filter.js"),
        policy=policy(),
        report=report,
        known_gaps=frozenset(report.gate.known_gaps),
        outcome=outcome(report),
        in_force=in_force(report.run.in_force),
        verdicts=[(verdict, WORDS[verdict], number) for verdict, number in verdicts(report)],
        bar=_bar(report),
        sums=sums(report),
        accounts=accounts(report),
        calls=[call for call in report.coverage.calls if call.outcome != "answered"],
        unsupported=unsupported(report),
        seen=nothing_unseen(report),
        rows=_rows(report, context),
        failures=_failed_controls(report, context),
        unknowns=_with_verdict(report, "unknown"),
        errors=_with_verdict(report, "error"),
        waived=_with_verdict(report, "waived"),
        others=_with_verdict(report, "pass", "not_applicable"),
        beside=opinions_view,
    )
    return page.encode() + b"\n"


def _with_verdict(report: Report, *chosen: str) -> list[Result]:
    return ordered(result for result in report.results if result.verdict in chosen)


def _bar(report: Report) -> list[Segment]:
    """Verdicts that occurred, the worst first, as parts of a bar."""
    counts = dict(verdicts(report))
    total = sum(counts.values())
    segments: list[Segment] = []
    start = 0.0
    for verdict in WORST:
        if counts[verdict]:
            width = BAR * counts[verdict] / total
            segments.append(Segment(verdict, WORDS[verdict], counts[verdict], round(start, 2), round(width, 2)))
            start += width
    return segments


def _rows(report: Report, context: Context) -> list[ControlRow]:
    """Controls, the worst verdict first, then the worst severity."""
    counts: dict[str, dict[str, int]] = {}
    for result in report.results:
        by_verdict = counts.setdefault(result.control, {})
        by_verdict[result.verdict] = by_verdict.get(result.verdict, 0) + 1
    rows = []
    for control in sorted(report.controls, key=lambda control: (WORST.index(control.verdict), severity_rank(control.severity), control.id)):
        by_verdict = counts.get(control.id, {})
        numbers = [(WORDS[verdict], by_verdict[verdict]) for verdict in WORST if verdict in by_verdict]
        rows.append(ControlRow(control, _frameworks(context.controls.get(control.id)), numbers))
    return rows


def _frameworks(control: Control | None) -> list[tuple[str, str]]:
    return [(name, ", ".join(sections)) for name, sections in control.frameworks.items()] if control else []


def _failed_controls(report: Report, context: Context) -> list[FailedControl]:
    failed: dict[str, FailedControl] = {}
    inputs = failing(report)
    for result in _with_verdict(report, "fail"):
        if result.control not in failed:
            control = context.controls.get(result.control)
            why, (tool, way) = control.why if control else "", remediation(control, inputs[result.control])
            failed[result.control] = FailedControl(result.control, result.title, result.severity, why.strip(), tool, way.strip(), [])
        failed[result.control].results.append(result)
    return list(failed.values())


@cache
def environment() -> Environment:
    """The templates, with what all of them use. Every value is escaped."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=_safe, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals.update(
        place=place, where=where, many=many, words=WORDS, most_blocks=MOST_BLOCKS, accepted=accepted, compared=compared
    )
    return templates


@cache
def _template() -> Template:
    return environment().get_template("report.html.j2")


def _safe(value: Any) -> Any:
    """What every expression of the templates goes through before it is escaped."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = shown(value, keep="\n\t")
    if defused(text) == text:
        return text
    marked = escape(text).replace("##", Markup("#&#35;"))  # the page may be printed to a log
    return Markup("\n").join(line.replace("::", Markup("&#58;:"), 1) for line in marked.split("\n"))


@cache
def asset(name: str) -> str:
    """A style or script that pages carry in themselves."""
    return (TEMPLATES / name).read_text("utf-8")


@cache
def policy() -> str:
    """The content security policy: nothing but the style and the script of this very file."""
    script, style = (_digest(asset(name)) for name in ("filter.js", "style.css"))
    return f"default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; base-uri 'none'; form-action 'none'"


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
