"""Annotations: what a build server shows beside the code, as far as it shows any.

GitHub and Azure Pipelines keep ten of a kind for each step, and say nothing of the others. So the last of ten says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from assay.reports import findings, opinions_view
from assay.scanner.results.model import Report, Result
from assay.scanner.results.telling import place
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Location

Kind = Literal["error", "warning", "notice"]
KINDS: tuple[Kind, ...] = ("error", "warning", "notice")
MOST = 10
LONGEST, LONGEST_TITLE = 4_000, 200
"""Characters of a message and of a title: names of resources may be as long as their author likes."""
_OF_SEVERITY: dict[str, Kind] = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}


class Annotation(msgspec.Struct, frozen=True):
    """One annotation, in plain text: what is not visible is written out, and nothing is escaped yet. `line` and `column` are 0 for none."""

    kind: Kind
    title: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    code: str = ""


def annotated(report: Report) -> Iterator[Annotation]:
    """What counts, what was not seen and what the gate warns of, the worst of each kind first. What is waived or known is in `totals`."""
    for change in report.gate.changes:
        yield Annotation("error", "Assay: the configuration", findings.line(change, LONGEST))
    for result in findings.counted(report, "error"):
        yield _of_result(result, "error")
    for result in findings.counted(report, "fail"):
        yield _of_result(result, _OF_SEVERITY.get(result.severity, "warning"))
    yield from map(_of_gap, findings.unseen(report))
    for warning in report.gate.warnings:
        yield Annotation("warning", "Assay: the gate", findings.line(warning, LONGEST))
    for result in findings.counted(report, "unknown"):
        yield _of_result(result, "notice")


def opinions(report: Report) -> Iterator[Annotation]:
    """Where another scanner differs, and what it alone finds: notices, since they are no verdicts of the run."""
    for opinion, row in opinions_view.news(report):
        title = findings.line(f"{opinion.scanner}: {row.control}", LONGEST_TITLE)
        told = Annotation("notice", title, findings.line(opinions_view.sentence(opinion, row), LONGEST))
        file, line = opinions_view.seen(row)
        yield _at(Location(file, line, line) if line else None, told)
    for opinion in report.opinions:
        for problem in opinion.problems:
            yield Annotation("notice", findings.line(opinion.scanner, LONGEST_TITLE), findings.line(problem, LONGEST))


def totals(report: Report) -> Annotation:
    """The counts of a run, as a notice."""
    return Annotation("notice", "Assay", findings.line("; ".join(findings.totals(report)), LONGEST))


def bounded(annotations: list[Annotation], most: int = MOST) -> list[Annotation]:
    """Annotations of one kind; where there are more than `most`, the last says how many are left out."""
    if len(annotations) <= most:
        return annotations
    left = len(annotations) - most + 1
    more = Annotation(annotations[0].kind, "Assay", f"and {left} more that a build server would not show; the json report has all")
    return [*annotations[: most - 1], more]


def _of_result(result: Result, kind: Kind) -> Annotation:
    heading = result.severity.upper() if result.verdict == "fail" else result.verdict
    title, code = findings.line(f"{heading} {result.control}", LONGEST_TITLE), findings.line(result.control, LONGEST_TITLE)
    return _at(place(result), Annotation(kind, title, findings.line(findings.headed(result), LONGEST), code=code))


def _of_gap(gap: Gap) -> Annotation:
    """What was not judged makes the run incomplete, as an error does."""
    told = Annotation("error", "Assay: not judged", findings.line(str(gap), LONGEST), code=findings.line(gap.code, LONGEST_TITLE))
    return _at(Location(gap.scope, gap.line, gap.line) if gap.line else None, told)


def _at(seen: Location | None, annotation: Annotation) -> Annotation:
    if seen is None or not seen.file:
        return annotation
    return msgspec.structs.replace(annotation, file=findings.line(seen.file, LONGEST), line=max(seen.line, 0), column=max(seen.column, 0))


def escaped(text: str, replacements: Iterable[tuple[str, str]]) -> str:
    """A text with every replacement made, in their order."""
    for written, replacement in replacements:
        text = text.replace(written, replacement)
    return text
