"""What the formats for build servers share: which results they speak of, in which words, and what is accepted beside them."""

from __future__ import annotations

from collections.abc import Iterator

from assay.reports import history_view, opinions_view
from assay.reports.in_force import in_force_briefly
from assay.reports.view import ordered, waived_at
from assay.scanner.results.model import BaselineComparison, Report, Result, Waived, WaiverUse
from assay.scanner.results.telling import message_of, place
from assay.scanner.sources.coverage import Gap
from assay.scanner.words import defused, many, visible

FINDINGS = ("fail", "unknown", "error")
"""Verdicts that somebody has to look at."""


def counted(report: Report, *verdicts: str) -> list[Result]:
    """The results with one of some verdicts that were not there before, the worst severity first."""
    return ordered(result for result in report.results if result.verdict in verdicts and not is_known(result))


def known(report: Report) -> list[Result]:
    """The findings that were there before, the worst severity first."""
    return ordered(result for result in report.results if result.verdict in FINDINGS and is_known(result))


def unseen(report: Report) -> list[Gap]:
    """What was not judged, and was not so before."""
    before = set(report.gate.known_gaps)
    return [gap for gap in report.coverage.gaps if gap not in before]


def gaps(report: Report) -> list[tuple[Gap, bool]]:
    """What was not judged, in an order that depends on nothing but what it says, and whether it was so before."""
    before = set(report.gate.known_gaps)
    ordered_ = sorted(report.coverage.gaps, key=lambda gap: (gap.scope, gap.line, gap.code, gap.reason, gap.settles_it))
    return [(gap, gap in before) for gap in ordered_]


def of_run(report: Report) -> Iterator[tuple[str, str]]:
    """What is said of a run beside its results and gaps, each with a heading: what lets more through than before, warnings, waivers,
    controls that met no resource, accounts that were left out, directories that are judged as their callers use them, what another scanner
    says, and findings of a history without a result."""
    yield from (("the gate lets more through", change) for change in report.gate.changes)
    yield from (("warning", warning) for warning in report.gate.warnings)
    yield from (("waiver", used(waiver)) for waiver in report.gate.waivers)
    yield from (("another scanner", sentence) for sentence in opinions_view.sentences(report))
    nowhere = (control for control in report.controls if not control.resources)
    yield from (("not applicable", f"{control.id}: {control.reason}") for control in nowhere)
    yield from (("left out", f"{left.scope} {left.name}: {left.reason}") for left in report.coverage.left_out)
    yield from (("judged through callers alone", directory) for directory in report.coverage.through_callers)
    yield from ((history_view.event(change), history_view.told(change, report)) for change in history_view.changes(report))


def is_known(result: Result) -> bool:
    """Whether a finding was there before: in the baseline, or in the revision that the run is compared with."""
    return result.standing == "known"


def said(result: Result) -> str:
    """A result in words: what is so, and for what is not known why not and what settles it. Not which resource it is about."""
    message = message_of(result)
    if result.verdict == "unknown":
        message += "".join(f"; {fact.fact}: {fact.reason}; {fact.settles_it}" for fact in result.unknown)
    return message


def subject(result: Result) -> str:
    """Which resource a result is about, in one text: its address, and below which root where that is not the working directory."""
    resource = result.resource
    return resource.address if resource.root in ("", ".") else f"{resource.root}: {resource.address}"


def headed(result: Result) -> str:
    """A result in words after its resource; without the root where a file is shown beside it."""
    seen = place(result)
    return f"{result.resource.address if seen and seen.file else subject(result)}: {said(result)}"


def accepted(waiver: Waived) -> str:
    """Who accepts a finding, why, how long, and where that is written."""
    who = f" by {waiver.owner}" if waiver.owner else ""
    until = f" until {waiver.expires}" if waiver.expires else ""
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    place = f", {waiver.file}:{waiver.line}" if waiver.line else f", {waiver.file}" if waiver.file else ""
    over = ", which is over" if waiver.expired else ""
    return f"waived{who}{until}{over}: {waiver.reason}{ticket}{place}"


def compared(comparison: BaselineComparison) -> str:
    """A comparison in a sentence."""
    what = f"baseline {comparison.name}" if comparison.kind == "baseline" else f"revision {comparison.name}"
    if comparison.expired:
        return f"the {what} ended on {comparison.expires}, and everything counts"
    until = f", which ends on {comparison.expires}" if comparison.expires else ""
    return f"beside the {what}{until}: {comparison.new} new, {comparison.known} known, {len(comparison.gone)} gone"


def totals(report: Report) -> list[str]:
    """What the run comes to, as short sentences: what counts, what does not and why, what was not seen, and by what it was judged."""
    counts = {verdict: len(counted(report, verdict)) for verdict in FINDINGS}
    waived = sum(result.verdict == "waived" for result in report.results)
    parts = [f"{counts['fail']} fail", f"{counts['unknown']} unknown"]
    parts += [f"{counts['error']} error"] if counts["error"] else []
    parts += [f"{report.summary.verdicts.get('pass', 0)} pass"]
    parts += [f"{waived} waived{waived_at(report)}"] if waived else []
    before = len(known(report))
    parts += [f"{before} known from before"] if before else []
    gaps = unseen(report)
    parts += [many(len(gaps), "gap")] if gaps else []
    left = len(report.coverage.gaps) - len(gaps)
    parts += [f"{many(left, 'gap')} known from before"] if left else []
    by = in_force_briefly(report.run.in_force)
    beside = map(opinions_view.counted, report.opinions)
    told = history_view.summary(report)
    since = [f"history: {told}"] if told else []
    return [", ".join(parts), *since, *map(compared, report.gate.comparisons), *([f"in force: {by}"] if by else []), *beside]


def used(waiver: WaiverUse) -> str:
    """A waiver of the run: for what it is, by whom, how long, and what became of it."""
    state = "over" if waiver.expired else f"for {many(waiver.findings, 'finding')}"
    what = f"{waiver.control} for {waiver.resource}"
    written = Waived(
        waiver.by, waiver.owner, waiver.reason, waiver.ticket, waiver.expires, waiver.file, waiver.line, "fail", waiver.expired
    )  # fmt: skip
    return f"{what}: {accepted(written)}; {f'does not count: {waiver.refused}' if waiver.refused else state}"


def line(text: str, most: int) -> str:
    """A text in one line of at most `most` characters, which commands no build server: what is not visible is written out."""
    shown = shortened(visible(text[: most + 1]), most)
    # Each command has one of the two, and most texts neither. What takes a command its effect makes the text longer.
    return shortened(defused(shown), most) if "::" in shown or "##" in shown else shown


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters; where it was cut, it ends in a mark."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
