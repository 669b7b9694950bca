"""One self-contained HTML file: it reads, prints and can be archived without scripts, network or other files.

What an auditor has to read is written out: the outcome, what was not seen, every control, failures with their evidence, what is not known.
All results, those that pass among them, are in a table that a script unpacks (html_data.py); lists that are written out end at a bound, and
say how many are left.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from assay.reports import history_view, opinions_view, scope
from assay.reports.findings import accepted, compared
from assay.reports.frameworks_view import chapters
from assay.reports.html_data import MOST_ON_A_PAGE, packed
from assay.reports.html_history import chapter
from assay.reports.html_lists import MOST_LISTED, answered, appendix, callers, excerpt, failed_controls, passes, settled, with_verdict
from assay.reports.html_rollup import groups
from assay.reports.html_sums import accounts_by_controls, asked, counted, heat
from assay.reports.in_force import in_force
from assay.reports.view import (
    WORDS,
    OverallOutcome,
    accounts,
    nothing_unseen,
    ordered,
    outcome,
    severity_rank,
    sums,
    through_callers,
    unsupported,
    verdicts,
    where,
)
from assay.scanner.results.formats import Context
from assay.scanner.results.model import WORST, ControlOutcome, InForce, Report
from assay.scanner.results.telling import place, told
from assay.scanner.rules.model import Control
from assay.scanner.words import defused, many, shown

IN_PASSES_AS_FOLDER = True
TEMPLATES = Path(__file__).parent / "templates"
BAR = 1000
"""Width of the bar of verdicts, in its own units."""

HISTORY = "// history"
"""Ends the lines of a script that only a page of a run with a history has."""
MOST_BLOCKS = 20
"""Blocks that are named of one resource: a thousand results on a resource of a thousand blocks would fill any disk."""


class ControlRow(msgspec.Struct):
    """A control in the table of controls."""

    outcome: ControlOutcome
    control: Control | None
    frameworks: list[tuple[str, str]]
    """Framework to its sections, in one text."""
    counts: list[tuple[str, int]]
    limits: list[tuple[str, str]]
    """Input to what it cannot show."""


class BarSegment(msgspec.Struct):
    """A part of the bar of verdicts."""

    verdict: str
    word: str
    number: int
    start: float
    width: float


def render(report: Report, context: Context) -> bytes:
    """UTF-8. Every value is escaped; characters that could reorder or hide others are written out."""
    return page(report, context)


def page(report: Report, context: Context, **beside: Any) -> bytes:
    """The same with what else it is of: `heading`, `outcome`, `comparison` and what the chapter of that needs (compare_html.py).

    `printed`: it is for paper alone, and has no scripts. `parts`, `pages`, `counts`, `index`: it is the index of a folder, or a page of it
    (html_folder.py).
    """
    alone: dict[str, Any] = {"heading": "Compliance report", "outcome": _outcome(report)}
    alone |= {"live": scope.is_live(report), "comparison": None, "printed": False, "parts": None, "index": "", "pages": {}}
    counts = beside.get("counts") or counted(report.results)
    failures, rows = failed_controls(report, context), _rows(report, context)
    foot = _foot(report)
    made = _template().render(
        **_assets(asset("report.js", history_view.is_kept(report)), foot),
        **(alone | beside),
        report=report,
        auditor=context.auditor,
        known_gaps=frozenset(report.gate.known_gaps),
        in_force=in_force(report.run.in_force),
        asked=asked(report, counts),
        heat=heat(counts),
        map=accounts_by_controls(counts),
        worst_words=[WORDS[verdict] for verdict in WORST],
        bar=_bar(report),
        rollup=groups(report, beside.get("pages", {})),
        sums=sums(report),
        accounts=accounts(report),
        beyond=max(0, len(report.results) - MOST_ON_A_PAGE),
        callers=callers(report),
        calls=[call for call in report.coverage.calls if call.outcome != "answered"],
        unsupported=unsupported(report),
        seen=nothing_unseen(report),
        through_callers=through_callers(report),
        revisions=scope.revisions(report),
        not_in_git=scope.NOT_IN_GIT,
        chapters=chapters(report, context.frameworks, context.controls),
        rows=rows,
        numbers={row.outcome.id: number for number, row in enumerate(rows, 1)},
        failures=failures,
        answers_to=answered(failures, context),
        source=partial(excerpt, context),
        unknowns=settled(report.results),
        unknown_results=dict(verdicts(report))["unknown"],
        errors=with_verdict(report.results, "error"),
        waived=with_verdict(report.results, "waived"),
        passes=passes(report) if context.auditor else [],
        beside=opinions_view,
        data=Markup(_data(report, beside)),  # noqa: S704  # base64
        age=partial(history_view.age, report=report),
        **chapter(report),
        **appendix(report),
    )
    return made.encode() + b"\n"


def folder(report: Report, context: Context, index: str = "index.html") -> Iterator[tuple[str, bytes]]:
    """The same as files of a folder, name and content: one, or an index and a page for each account where one page would be too large."""
    from assay.reports.html_folder import written

    return written(report, context, index)


def _data(report: Report, beside: Mapping[str, Any]) -> str:
    """The table of all results, packed; of too many the worst."""
    if beside.get("printed") or beside.get("parts"):
        return ""
    return packed(itertools.islice(ordered(report.results), MOST_ON_A_PAGE), history_view.is_kept(report))


def _outcome(report: Report) -> OverallOutcome:
    """In words, without what was in force, which the page says elsewhere."""
    return outcome(msgspec.structs.replace(report, run=msgspec.structs.replace(report.run, in_force=InForce())))


def _bar(report: Report) -> list[BarSegment]:
    """Verdicts that occurred, the worst first, as parts of a bar."""
    counts = dict(verdicts(report))
    total = sum(counts.values())
    segments: list[BarSegment] = []
    start = 0.0
    for verdict in WORST:
        if counts[verdict]:
            width = BAR * counts[verdict] / total
            segments.append(BarSegment(verdict, WORDS[verdict], counts[verdict], round(start, 2), round(width, 2)))
            start += width
    return segments


def _rows(report: Report, context: Context) -> list[ControlRow]:
    """Controls, the worst verdict first, then the worst severity."""
    counts: dict[str, dict[str, int]] = {}
    for result in report.results:
        by_verdict = counts.setdefault(result.control, {})
        by_verdict[result.verdict] = by_verdict.get(result.verdict, 0) + 1
    return [_row(outcome_, counts.get(outcome_.id, {}), context) for outcome_ in sorted(report.controls, key=_worst_first)]


def _worst_first(control: ControlOutcome) -> tuple[Any, ...]:
    return WORST.index(control.verdict), severity_rank(control.severity), control.id


def _row(outcome_: ControlOutcome, by_verdict: dict[str, int], context: Context) -> ControlRow:
    control = context.controls.get(outcome_.id)
    numbers = [(WORDS[verdict], by_verdict[verdict]) for verdict in WORST if verdict in by_verdict]
    frameworks = [(name, ", ".join(sections)) for name, sections in control.frameworks.items()] if control else []
    return ControlRow(outcome_, control, frameworks, numbers, list(control.judged.items()) if control else [])


@cache
def environment() -> Environment:
    """The templates, with what all of them use. Every value is escaped."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=_safe, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals.update(place=place, where=where, many=many, words=WORDS, accepted=accepted, compared=compared, told=told)
    templates.globals.update(most_blocks=MOST_BLOCKS, most_listed=MOST_LISTED)
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
def asset(name: str, history: bool = False) -> str:
    """A style or script that pages carry in themselves; without a history, the lines that end in HISTORY are left out."""
    text = (TEMPLATES / name).read_text("utf-8")
    kept = (line for line in text.splitlines(keepends=True) if history or not line.rstrip("\n").endswith(HISTORY))
    return "".join(kept)


def _assets(script: str, foot: str) -> dict[str, str]:
    return {"style": asset("style.css"), "foot": foot, "script": script, "policy": _policy(script, foot)}


def _policy(script: str, foot: str) -> str:
    """The content security policy: nothing but the two styles and the script of this very file."""
    scripts, style, own = _digest(script), _digest(asset("style.css")), _digest(foot)
    return f"default-src 'none'; script-src '{scripts}'; style-src '{style}' '{own}'; img-src data:; base-uri 'none'; form-action 'none'"


def _foot(report: Report) -> str:
    """The style that puts the run at the foot of each printed page: https://www.w3.org/TR/css-page-3/#margin-boxes

    What is no plain character is written as CSS escapes it, so that nothing ends the text, or the style.
    """
    said = f"{report.tool.name} {report.tool.version}, run {report.run.id}, finished {report.run.finished}"
    text = "".join(
        character if character.isascii() and (character.isalnum() or character in " .,-") else f"\\{ord(character):x} "
        for character in said[:300]
    )
    return f'@page {{ @bottom-left {{ content: "{text}"; font: 7.5pt system-ui, sans-serif; color: #444444; }} }}'


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
