"""The report for terminals, pipes and logs: what fails first, then what could not be told, then what was not seen."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assay.reports.page import Page
from assay.reports.view import (
    WORDS,
    FailingInput,
    accounts,
    calls,
    failing,
    in_force,
    nothing_unseen,
    outcome,
    place,
    remediation,
    severity_rank,
    tree,
    unsupported,
    verdicts,
)
from assay.scanner.results.formats import Context
from assay.scanner.results.ledger import told
from assay.scanner.results.model import Report, Result
from assay.scanner.sources.raw import Location
from assay.scanner.words import many, visible

LINES_BEFORE, LINES_SHOWN = 2, 6
ADDRESSES = 3
"""Addresses that are shown of each group of unknown verdicts."""


class FailuresAtPlace(msgspec.Struct):
    """The failures of one control at one place of one resource: elements of a list share their code."""

    first: Result
    place: Location | None
    messages: list[str]


def render(report: Report, context: Context) -> bytes:
    """UTF-8 text. With `context.quiet` only the failures and the outcome."""
    page = Page(context.width, context.color)
    _failures(page, report, context)
    if not context.quiet:
        _unknowns(page, [result for result in report.results if result.verdict == "unknown"])
        _errors(page, [result for result in report.results if result.verdict == "error"])
        _summary(page, report)
        _unseen(page, report)
    page.blank()
    said = outcome(report)
    page.prose(said.sentence, lead=f"{said.word.upper()}:", style=said.word)
    return page.encoded()


def _failures(page: Page, report: Report, context: Context) -> None:
    roots = {result.resource.root for result in report.results}
    explained: set[str] = set()
    inputs = failing(report)
    for heading, groups in _by_file(result for result in report.results if result.verdict == "fail"):
        page.blank()
        page.verbatim(heading, style="heading")
        for failures in groups:
            page.blank()
            _failures_at_place(page, failures, context, show_root=len(roots) > 1)
            _explanation(page, failures.first.control, inputs[failures.first.control], context, explained)


def _by_file(results: Iterable[Result]) -> list[tuple[str, list[FailuresAtPlace]]]:
    """Failures by file (or account, where there is none), the worst first in each, the file with the worst first."""
    files: dict[str, dict[object, FailuresAtPlace]] = {}
    for result in results:
        seen = place(result)
        resource = result.resource
        heading = seen.file if seen and seen.file else " ".join(filter(None, (resource.cloud, resource.account, resource.region)))
        key = (result.control, resource.root, resource.address, resource.id, seen)
        failures = files.setdefault(heading, {}).setdefault(key, FailuresAtPlace(result, seen, []))
        failures.messages.append(_message(result))
    grouped = [(heading, sorted(by_place.values(), key=_failures_order)) for heading, by_place in files.items()]
    return sorted(grouped, key=lambda file: (severity_rank(file[1][0].first.severity), file[0]))


def _failures_order(failures: FailuresAtPlace) -> tuple[int, int, str, str]:
    line = failures.place.line if failures.place else 0
    return severity_rank(failures.first.severity), line, failures.first.control, failures.first.resource.address


def _message(result: Result) -> str:
    message = result.message or result.title
    return f"{message} ({result.element})" if result.element and result.element not in message else message


def _failures_at_place(page: Page, failures: FailuresAtPlace, context: Context, show_root: bool) -> None:
    result = failures.first
    resource = result.resource
    page.prose(f"{result.control}: {result.title}", 2, result.severity.upper(), result.severity)
    page.verbatim(resource.address, 4)
    if show_root and resource.root:
        page.verbatim(f"in {resource.root}", 4, "dim")
    for block in resource.blocks:
        if resource.address.startswith(f"{block.address}."):  # the call of a module that was fetched
            page.verbatim(f"{block.address} is called in {block.file}:{block.start_line or ''}".rstrip(":"), 4, "dim")
    for message in failures.messages:
        page.prose(message, 4)
    if not _code(page, failures, context):
        _observed(page, failures)


def _code(page: Page, failures: FailuresAtPlace, context: Context) -> bool:
    """The lines around the evidence, within the block that they belong to. False where they cannot be read."""
    seen = failures.place
    if seen is None or not seen.file or not seen.line:
        return False
    first, last = 1, seen.line + LINES_SHOWN
    for block in failures.first.resource.blocks:
        if block.file == seen.file and block.start_line and block.end_line and block.start_line <= seen.line <= block.end_line:
            first, last = block.start_line, block.end_line
    first = max(first, seen.line - LINES_BEFORE)
    last = min(last, first + LINES_SHOWN - 1)
    lines = context.source(seen.file, first, last)[: last - first + 1]
    if lines:
        page.code(lines, first, seen.line, 4)
    return bool(lines)


def _observed(page: Page, failures: FailuresAtPlace) -> None:
    """What was seen, where there is no code to show."""
    if failures.place and (failures.place.operation or failures.place.line):
        page.prose(f"seen at {failures.place}", 4)
    for evidence in failures.first.evidence:
        page.prose(f"{evidence.fact} is {evidence.observed}, expected {evidence.expected}", 4)


def _explanation(page: Page, control: str, mended: FailingInput, context: Context, explained: set[str]) -> None:
    """Why it matters and what mends it, once for each control."""
    known = context.controls.get(control)
    if known is None:
        return
    if control in explained:
        page.prose("as above for this control", 4, "Fix:", "heading")
        return
    explained.add(control)
    tool, way = remediation(known, mended)
    page.instructions(known.why, 4, "Why:", "heading")
    if way.strip():
        page.instructions(way, 4, f"Fix ({tool}):", "heading")


def _unknowns(page: Page, results: list[Result]) -> None:
    """Verdicts that could not be told, by what would settle them."""
    if not results:
        return
    page.blank()
    page.prose(f"{len(results)} could not be told, by what would settle them", lead="Unknown:", style="unknown")
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in results:
        ways = tuple(dict.fromkeys(unknown.settles_it for unknown in result.unknown)) or ("no reason is recorded",)
        groups.setdefault(ways, []).append(result)
    for ways, group in sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        page.prose("; and ".join(ways), 2, f"{len(group)} x", "heading")
        _reasons(page, group)
        addresses = list(dict.fromkeys(result.resource.address for result in group))
        for address in addresses[:ADDRESSES]:
            page.verbatim(address, 6)
        if len(addresses) > ADDRESSES:
            page.prose(f"and {many(len(addresses) - ADDRESSES, 'more resource')}, all in the json report", 6)


def _reasons(page: Page, group: list[Result]) -> None:
    reasons = list(dict.fromkeys(unknown.reason for result in group for unknown in result.unknown))
    if reasons:
        page.prose(reasons[0] + (f" (and {many(len(reasons) - 1, 'more reason')}, all in the json report)" if reasons[1:] else ""), 4)


def _errors(page: Page, results: list[Result]) -> None:
    if not results:
        return
    page.blank()
    page.prose(f"{len(results)} could not be judged", lead="Errors:", style="error")
    for result in sorted(results, key=lambda result: (result.control, result.resource.address)):
        page.prose(_message(result), 2, f"{visible(result.control)}:", "heading")
        page.verbatim(result.resource.address, 4)


def _summary(page: Page, report: Report) -> None:
    page.blank()
    page.prose(", ".join(f"{number} {WORDS[verdict]}" for verdict, number in verdicts(report)), lead="Verdicts:", style="heading")
    page.prose(f"{many(report.summary.controls, 'control')}, {many(report.summary.resources, 'resource')}", lead="Judged:", style="heading")
    for heading, told_of in in_force(report.run.in_force):
        page.prose(told_of, lead=f"{heading}:", style="heading")
    for account, regions in accounts(report):
        page.prose(f"{account} in {', '.join(regions)}", lead="Scope:", style="heading")
    files, blocks = report.coverage.files, report.coverage.blocks
    read = [f"{files.parsed} of {files.found} files"] if files.found or not report.coverage.calls else []
    read += (
        [", ".join(f"{number:,} calls {outcome}" for outcome, number in calls(report).items() if number)] if report.coverage.calls else []
    )
    read.append(f"{blocks.evaluated - blocks.joined} of {blocks.found} resource blocks")
    read += [f"{blocks.joined} read for joins"] if blocks.joined else []
    page.prose(", ".join(read), lead="Read:", style="heading")
    if said := tree(report):
        page.prose(said, lead="Files:", style="heading")


def _unseen(page: Page, report: Report) -> None:
    """What the verdicts say nothing about."""
    coverage = report.coverage
    types = unsupported(report)
    if not (coverage.gaps or types or coverage.blocks.unsupported or coverage.blocks.template or coverage.files.failed):
        page.prose(nothing_unseen(report), lead="Not seen:", style="heading")
        _left_out(page, report)
        return
    page.prose("", lead="Not seen:", style="heading")
    if coverage.files.failed:
        page.prose(f"{many(coverage.files.failed, 'file')} failed to parse", 2)
    for sentence in told(coverage.gaps):
        page.prose(sentence, 2)
    if types or coverage.blocks.unsupported:
        listed = ", ".join(f"{type_}:{number}" for type_, number in types)  # one word, so that wrapping keeps them together
        page.prose(f"{many(coverage.blocks.unsupported, 'block')} of types without rules" + (f": {listed}" if listed else ""), 2)
    if coverage.blocks.template:
        page.prose(f"{many(coverage.blocks.template, 'block')} with a number of instances that is not known", 2)
    _left_out(page, report)


def _left_out(page: Page, report: Report) -> None:
    """Accounts and projects that are there and are no part of the run, by why."""
    by_reason: dict[str, list[str]] = {}
    for left_out in report.coverage.left_out:
        by_reason.setdefault(left_out.reason, []).append(f"{left_out.scope} ({left_out.name})" if left_out.name else left_out.scope)
    if by_reason:
        page.prose(f"{len(report.coverage.left_out)} that are there and are no part of the run", lead="Left out:", style="heading")
    for reason, scopes in by_reason.items():
        page.prose(f"{', '.join(scopes)}: {reason}", 2)
