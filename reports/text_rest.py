"""What the report for terminals tells beside the failures: what is not known, what is accepted, the gate, and what was not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assay.reports.history_text import history
from assay.reports.in_force import in_force
from assay.reports.opinions_text import opinions
from assay.reports.page import Page
from assay.reports.view import (
    WORDS,
    accounts,
    calls,
    nothing_unseen,
    oldest_unchanged,
    severities,
    shortly,
    through_callers,
    tree,
    unsupported,
    verdicts,
    where,
)
from assay.scanner.results.formats import Context
from assay.scanner.results.ledger import told
from assay.scanner.results.model import BaselineComparison, PastFinding, Report, Result, Waived
from assay.scanner.results.telling import message_of, place
from assay.scanner.words import many, visible

LISTED = 5
"""Resources of a group that are listed; `--verbose` lists all."""
TYPES_LISTED = 5
"""Lines of types that have no rules."""


_ALWAYS = ("pass", "fail", "unknown")
"""Verdicts whose count is told though it is 0."""


def rest(page: Page, report: Report, context: Context) -> None:
    """All sections behind the failures."""
    most = 0 if context.verbose else LISTED
    _unknowns(page, [result for result in report.results if result.verdict == "unknown" and result.standing != "known"], most)
    _errors(page, [result for result in report.results if result.verdict == "error" and result.standing != "known"])
    _accepted(page, report, most)
    _gate(page, report, most)
    opinions(page, report, most)
    _summary(page, report)
    _unseen(page, report, context.verbose)
    history(page, report, most)


def _listed(page: Page, lines: Sequence[str], most: int, what: str) -> None:
    """Lines of which each can be copied; of many, the first."""
    shown = lines[: most or len(lines)]
    for line in shown:
        page.verbatim(line, 6)
    if len(lines) > len(shown):
        page.prose(f"and {many(len(lines) - len(shown), f'more {what}')}; --verbose lists all", 6)


def _subject(result: Result) -> str:
    """A resource in one line, in code with the place of a finding on it: a call has the resource in its name already, and is long."""
    seen = place(result)
    return f"{where(seen)}: {result.resource.address}" if seen and not seen.operation else result.resource.address


def _unknowns(page: Page, results: list[Result], most: int) -> None:
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
        _by_reason(page, group, most)


def _by_reason(page: Page, group: list[Result], most: int) -> None:
    """Results that the same would settle, by control and by why they are not known."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for result in group:
        why = "; ".join(dict.fromkeys(unknown.reason for unknown in result.unknown)) or message_of(result)
        reasons.setdefault((result.control, why), []).append(f"{_subject(result)} [{shortly(result)}]")
    shown = list(reasons.items())[: most or len(reasons)]
    for (control, why), subjects in shown:
        page.prose(why, 4, f"{control}:")
        _listed(page, subjects, most, "resource")
    if len(reasons) > len(shown):
        page.prose(f"and {many(len(reasons) - len(shown), 'more reason')}; --verbose lists all", 4)


def _errors(page: Page, results: list[Result]) -> None:
    if not results:
        return
    page.blank()
    page.prose(f"{len(results)} could not be judged", lead="Errors:", style="error")
    for result in sorted(results, key=lambda result: (result.control, result.resource.address)):
        page.prose(message_of(result), 2, f"{visible(result.control)}:", "heading")
        page.verbatim(_subject(result), 4)


def _grouped(results: Iterable[Result], words: Callable[[Result], str]) -> list[tuple[tuple[str, str], list[Result]]]:
    """Results by control and by what is said of them."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.control, words(result)), []).append(result)
    return sorted(groups.items())


def _accepted(page: Page, report: Report, most: int) -> None:
    """What does not count: waived by somebody, or known from before."""
    waived = [result for result in report.results if result.verdict == "waived"]
    known = [result for result in report.results if result.standing == "known" and result.verdict != "waived"]
    if waived:
        page.blank()
        page.prose(f"{len(waived)} accepted", lead="Waived:", style="heading")
    for (control, words), group in _grouped(waived, lambda result: _by_whom(result.waiver) if result.waiver else ""):
        page.prose(f"{len(group)} {words}", 2, f"{control}:")
        _listed(page, [f"{_subject(result)} [{shortly(result)}]" for result in group], most, "resource")
    if known:
        page.blank()
        page.prose(f"{len(known)} from before, which do not count", lead="Known:", style="heading")
    for (control, words), group in _grouped(known, lambda result: WORDS[result.verdict]):
        page.prose(f"{len(group)} {words}, {group[0].severity}", 2, f"{control}:")
        if not most:
            _listed(page, [f"{_subject(result)} [{shortly(result)}]" for result in group], most, "resource")


def _by_whom(waiver: Waived) -> str:
    owner = f" by {waiver.owner}" if waiver.owner else ""
    until = f" until {waiver.expires}" if waiver.expires else ", without a last day"
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    at = f"{waiver.file}:{waiver.line}" if waiver.line else waiver.file
    return f"{owner.strip()}{until}: {waiver.reason}{ticket}{f', {at}' if at else ''}".strip(", ")


def _gate(page: Page, report: Report, most: int) -> None:
    """What the configuration lets through that it did not before, what the gate warns of, and what is gone."""
    gate = report.gate
    if gate.changes or gate.warnings:
        page.blank()
        changes = many(len(gate.changes), "change") + " of the gate" if gate.changes else ""
        warnings = many(len(gate.warnings), "warning") if gate.warnings else ""
        page.prose(", ".join(filter(None, (changes, warnings))), 0, "Gate:", "heading")
    for change in gate.changes:
        page.prose(change, 2, "fails the run:", "fail")
    for warning in gate.warnings:
        page.prose(warning, 2, "warning:", "unknown")
    for comparison in gate.comparisons:
        page.blank()
        _compared(page, comparison, most)


def _compared(page: Page, comparison: BaselineComparison, most: int) -> None:
    what = f"{comparison.kind} {comparison.name}"
    if comparison.expired:
        page.prose(f"the {what} ended on {comparison.expires}, and everything counts", lead="Compared:", style="heading")
        return
    until = f", which ends on {comparison.expires}" if comparison.expires else ""
    counts = f"{comparison.new} new, {comparison.known} known, {len(comparison.gone)} gone"
    page.prose(f"with the {what}{until}: {counts}", lead="Compared:", style="heading")
    by_control: dict[str, list[PastFinding]] = {}
    for past in comparison.gone:
        by_control.setdefault(past.control, []).append(past)
    for control, gone in sorted(by_control.items()):
        page.prose(f"{len(gone)} gone", 2, f"{control}:")
        _listed(page, [past.address + (f" ({past.element})" if past.element else "") for past in gone], most, "finding")


def _summary(page: Page, report: Report) -> None:
    page.blank()
    known = sum(result.verdict == "fail" and result.standing == "known" for result in report.results)
    parts = [f"{number} {severity}" for severity, number in severities(report)] + ([f"{known} known"] if known else [])
    by_severity = ", ".join(parts)
    counts = {verdict: f"{number} {WORDS[verdict]}" for verdict, number in verdicts(report) if number or verdict in _ALWAYS}
    counts["fail"] += f" ({by_severity})" if by_severity else ""
    page.prose(", ".join(counts.values()), lead="Verdicts:", style="heading")
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
    read += [f"verdicts on what was seen as of {oldest} or later"] if (oldest := oldest_unchanged(report)) else []
    read.append(f"{blocks.evaluated - blocks.joined} of {blocks.found} resource blocks")
    read += [f"{blocks.joined} read for joins"] if blocks.joined else []
    page.prose(", ".join(read), lead="Read:", style="heading")
    if said := tree(report):
        page.prose(said, lead="Files:", style="heading")


def _unseen(page: Page, report: Report, whole: bool) -> None:
    """What the verdicts say nothing about."""
    coverage = report.coverage
    types = unsupported(report)
    if not (coverage.gaps or types or coverage.blocks.unsupported or coverage.blocks.template or coverage.files.failed):
        page.prose(nothing_unseen(report), lead="Not seen:", style="heading")
        _left_out(page, report)
        _through_callers(page, report, whole)
        return
    page.prose("", lead="Not seen:", style="heading")
    if coverage.files.failed:
        page.prose(f"{many(coverage.files.failed, 'file')} failed to parse", 2)
    for sentence in told(coverage.gaps):
        page.prose(sentence, 2)
    if types or coverage.blocks.unsupported:
        _types(page, types, coverage.blocks.unsupported, whole)
    if coverage.blocks.template:
        page.prose(f"{many(coverage.blocks.template, 'block')} with a number of instances that is not known", 2)
    _left_out(page, report)
    _through_callers(page, report, whole)


def _types(page: Page, types: list[tuple[str, int]], blocks: int, whole: bool) -> None:
    """Types without rules, the most frequent first: as many as fit in a few lines, and how many more there are."""
    head = f"{many(blocks, 'block')} of types without rules"
    listed = [f"{type_}:{number}" for type_, number in types]  # one word each, so that wrapping keeps them together
    if not listed:
        page.prose(head, 2)
        return
    lines = page.wrapped(f"{head}: {', '.join(listed)}", 2)
    if whole or len(lines) <= TYPES_LISTED:
        page.prose(f"{head}: {', '.join(listed)}", 2)
        return
    shown = sum(word.endswith(",") for line in lines[: TYPES_LISTED - 1] for word in line.split())
    more = f"and {many(len(listed) - shown, 'more type')}; --verbose lists all"
    page.prose(f"{head}: {', '.join([*listed[:shown], more])}", 2)


def _left_out(page: Page, report: Report) -> None:
    """Accounts and projects that are there and are no part of the run, by why."""
    by_reason: dict[str, list[str]] = {}
    for left_out in report.coverage.left_out:
        by_reason.setdefault(left_out.reason, []).append(f"{left_out.scope} ({left_out.name})" if left_out.name else left_out.scope)
    if by_reason:
        page.prose(f"{len(report.coverage.left_out)} that are there and are no part of the run", lead="Left out:", style="heading")
    for reason, scopes in by_reason.items():
        page.prose(f"{', '.join(scopes)}: {reason}", 2)


def _through_callers(page: Page, report: Report, whole: bool) -> None:
    """Directories of Terraform code that could be applied by themselves and are judged as their callers use them."""
    directories = report.coverage.through_callers
    if not directories:
        return
    listed = directories if whole or len(directories) <= LISTED else [*directories[:LISTED], f"and {len(directories) - LISTED} more"]
    page.prose(f"{through_callers(report)}: {', '.join(map(visible, listed))}", lead="Through callers:", style="heading")
