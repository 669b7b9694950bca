"""The report for terminals, pipes and logs: what fails by severity and file, then what is not known, accepted, or not seen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

import msgspec

from assay.reports.alike import alike
from assay.reports.history_view import mark
from assay.reports.page import Page
from assay.reports.text_rest import rest
from assay.reports.view import FailingInput, failing, is_in, outcome, remediation, severity_rank
from assay.scanner import lazy_re
from assay.scanner.facts.model import BlockRef
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result
from assay.scanner.results.telling import message_of, observed, place
from assay.scanner.rules.model import Control
from assay.scanner.sources.raw import Location
from assay.scanner.words import many

LISTED = 3
"""Failures of one control at one place that are said as a list, from so many on."""
LINES_SHOWN = 2
"""Lines of code at a place: from the evidence on, with the line before it where the evidence is a line alone."""
WHY_LINES, FIX_LINES = 2, 5
"""Lines of Why, and of the code of a Fix that is shown rather than named. `--verbose` and `assay explain` tell all."""
_BLOCK = lazy_re.pattern(r"""^(?:resource|data|module)\s+"([\w.-]+)"|^\s*(?:Type|kind|type):\s*([\w:./-]+)""", re.MULTILINE)
"""The beginning of a block in a remedy."""


class FailingPlace(msgspec.Struct):
    """Where something fails in a resource: everything of a severity that fails there shares its code."""

    first: Result
    seen: Location | None
    failures: list[Result]


def render(report: Report, context: Context) -> bytes:
    """UTF-8 text. With `context.quiet` only the failures and the outcome."""
    page = Page(context.width, context.color)
    _failures(page, report, context)
    if not context.quiet:
        rest(page, report, context)
    page.blank()
    said = outcome(report)
    page.sentence(said.sentence, f"{said.word.upper()}:", said.word)
    return page.encoded()


def _failures(page: Page, report: Report, context: Context) -> None:
    """What fails and was not known before, by severity, then by file, and beneath each severity what its controls are for."""
    failures = [result for result in report.results if result.verdict == "fail" and result.standing != "known"]
    roots = len({result.resource.root for result in failures})
    inputs = failing(report)
    shown: set[tuple[str, int]] = set()
    told: set[str] = set()
    cut = False
    by_rank = sorted(failures, key=lambda result: severity_rank(result.severity))
    for _, group in itertools.groupby(by_rank, key=lambda result: severity_rank(result.severity)):
        results = list(group)
        page.blank()
        page.prose(many(len(results), "failure"), lead=f"{results[0].severity.upper()}:", style=results[0].severity)
        for heading, places in _by_file(results):
            page.verbatim(heading, style="heading")
            for spot in places:
                _place(page, spot, report, context, roots > 1, shown)
        page.blank()
        for control in sorted({result.control for result in results} - told):
            told.add(control)
            known = context.controls.get(control)
            if known is not None:
                cut = _explanation(page, known, inputs[control], context.verbose) or cut
    if cut:
        page.blank()
        page.prose("assay explain CONTROL has the rest of Why and Fix; --verbose shows it here", style="dim")


def _by_file(results: Iterable[Result]) -> Iterator[tuple[str, list[FailingPlace]]]:
    """Failures by file (or account, where there is none) and place, in the order of the lines."""
    files: dict[str, dict[object, FailingPlace]] = {}
    for result in results:
        seen, resource = place(result), result.resource
        heading = seen.file if seen and seen.file else " ".join(filter(None, (resource.cloud, resource.account, resource.region)))
        line = seen.line if seen else 0
        key = (resource.root, resource.address, resource.id, line)
        files.setdefault(heading, {}).setdefault(key, FailingPlace(result, seen, [])).failures.append(result)
    for heading, places in sorted(files.items()):
        yield heading, sorted(places.values(), key=_order)


def _order(spot: FailingPlace) -> tuple[int, str, str]:
    return spot.seen.line if spot.seen else 0, spot.first.resource.root, spot.first.resource.address


def _place(page: Page, spot: FailingPlace, report: Report, context: Context, show_root: bool, shown: set[tuple[str, int]]) -> None:
    resource, seen = spot.first.resource, spot.seen
    page.verbatim(f"{seen.line}: {resource.address}" if seen and seen.file and seen.line else resource.address, 2)
    if show_root and resource.root and not is_in(seen, resource.root):
        page.verbatim(f"in {resource.root}", 4, "dim")
    if spot.first.owner:
        page.verbatim(f"of {spot.first.owner}", 4, "dim")
    for block in resource.blocks:
        if resource.address.startswith(f"{block.address}."):  # the call of a module that was fetched
            page.verbatim(f"{block.address} is called in {block.file}:{block.start_line or ''}".rstrip(":"), 4, "dim")
    at = (seen.file, seen.line) if seen and seen.file and seen.line else None
    with_code = at in shown or _code(page, spot, context)
    if at and with_code:
        shown.add(at)
    in_order = sorted(spot.failures, key=lambda result: (result.control, result.element))
    for control, group in itertools.groupby(in_order, key=lambda result: result.control):
        results = list(group)
        listed = _listed(results, report) if with_code else ""
        if listed:
            page.prose(listed, 4, f"{control}:", "heading")
            continue
        for result in results:
            _failure(page, result, report)
            if not with_code:
                _observed(page, result, seen)


def _failure(page: Page, result: Result, report: Report) -> None:
    page.prose(f"{message_of(result)} [{mark(result, report)}]", 4, f"{result.control}:", "heading")
    if result.waiver is not None and result.waiver.expired and result.waiver.expires not in result.message:
        who = f" by {result.waiver.owner}" if result.waiver.owner else ""
        page.prose(f"its waiver{who} ended on {result.waiver.expires}", 6)


def _listed(results: list[Result], report: Report) -> str:
    """Failures of one control that differ in a name as one sentence, each with its mark. Empty where they are few, or differ in more."""
    if len(results) < LISTED or any(result.waiver is not None for result in results):
        return ""
    shared = alike([message_of(result) for result in results])
    if shared is None:
        return ""
    own = ", ".join(f"{words} [{mark(result, report)}]" for words, result in zip(shared.own, results, strict=True))
    return " ".join(filter(None, (shared.before, own, shared.after)))


def _code(page: Page, spot: FailingPlace, context: Context) -> bool:
    """The lines of the evidence, within the block that they belong to. False where they cannot be read."""
    seen = spot.seen
    if seen is None or not seen.file or not seen.line:
        return False
    block = _block(spot.first.resource.blocks, seen)
    start, end = block or (1, seen.line + LINES_SHOWN)
    last = min(end, max(seen.end_line or 0, seen.line + 1), seen.line + LINES_SHOWN - 1)
    first = max(start, min(seen.line, last - LINES_SHOWN + 1))
    if block and seen.line == start:  # what is wrong is nothing in the block, but the block
        last = first
    lines = context.source(seen.file, first, last)[: last - first + 1]
    if lines:
        page.code(lines, first, seen.line, 4)
    return bool(lines)


def _block(blocks: Iterable[BlockRef], seen: Location) -> tuple[int, int] | None:
    """First and last line of the block that a place is in; of several, the last."""
    spans = [(block.start_line, block.end_line) for block in blocks if block.file == seen.file and block.start_line and block.end_line]
    return next(((first, last) for first, last in reversed(spans) if first <= seen.line <= last), None)


def _observed(page: Page, result: Result, seen: Location | None) -> None:
    """What was seen, where there is no code to show."""
    if seen and (seen.operation or seen.line):
        page.prose(f"seen at {seen}", 6)
    for evidence in result.evidence:
        page.prose(observed(evidence), 6)


def _explanation(page: Page, control: Control, mended: FailingInput, whole: bool) -> bool:
    """What a control asks, why it matters and what mends it. Whether something of that is left out."""
    page.prose(control.title, 2, f"{control.id}:", "heading")
    tool, way = remediation(control, mended)
    cut = page.instructions(control.why, 4, "Why:", "heading", 0 if whole else WHY_LINES)
    lines = way.strip().splitlines()
    if whole or len(lines) <= FIX_LINES:
        if lines:
            page.instructions(way, 4, f"Fix ({tool}):", "heading")
        return cut
    named = list(dict.fromkeys(match[1] or match[2] for match in _BLOCK.finditer(way)))
    page.prose(f"{', '.join(named) or lines[0].strip()} …", 4, f"Fix ({tool}):", "heading")
    return True
