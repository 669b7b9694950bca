"""All of one finding, for people at a terminal."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator

from assay.scanner.cli.story import Story
from assay.scanner.control_pages import remedies
from assay.scanner.results.model import BaselineComparison, PastFinding, Report, Result
from assay.scanner.rules.model import Control
from assay.scanner.sources.raw import Location

_LINES = 12
"""Lines of code that are shown at a place."""
_LIVE = {"aws:": "aws", "google:": "gcloud"}
_AHEAD = datetime.timedelta(days=90)
"""The last day of a waiver that is shown as an example."""


def of_finding(result: Result, report: Report, control: Control | None, source: Callable[[str, int, int], list[str]]) -> Story:
    """The verdict, the resource, every fact with its place, what would change the verdict, and what the gate makes of it."""
    story = Story()
    story.prose(f"{result.control}: {result.title}")
    element = f" ({result.element})" if result.element and result.element not in result.message else ""
    story.prose(f"{result.verdict.upper().replace('_', ' ')}, {result.severity}: {result.message or result.title}{element}", 2)
    story.prose(f"fingerprint {result.fingerprint}", 2)
    _resource(story, result)
    _steps(story, result, source)
    _facts(story, result, source)
    story.heading("What would change the verdict")
    for sentence in _changing(result):
        story.prose(sentence, 2)
    story.heading("What counts")
    for sentence in _standing(result, report):
        story.prose(sentence, 2)
    if control is not None:
        story.heading("Why")
        story.text(control.why, 2)
        if result.verdict not in ("pass", "not_applicable"):
            _fix(story, result, control)
    story.heading(f"assay explain {result.control} has all of the control.")
    return story


def of_past(past: PastFinding, comparison: BaselineComparison) -> Story:
    """A finding that is not there any more."""
    story = Story()
    story.prose(f"{past.control}: {past.address}" + (f" ({past.element})" if past.element else ""))
    story.prose(f"fingerprint {past.fingerprint}", 2)
    story.prose(f"gone: it is in the {comparison.kind} {comparison.name} ({comparison.made}), and this run did not find it", 2)
    return story


def _resource(story: Story, result: Result) -> None:
    resource = result.resource
    story.heading("Resource")
    story.code(resource.address, 2)
    story.prose(f"{resource.kind}, {resource.cloud}" + (f", {resource.type}" if resource.type else ""), 4)
    if resource.id != resource.address:
        story.code(resource.id, 4)
    for what, value in (("in", resource.root), ("account", resource.account), ("region", resource.region)):
        if value:
            story.prose(f"{what} {value}", 4)
    for block in resource.blocks:
        lines = f":{block.start_line}-{block.end_line}" if block.start_line else ""
        story.code(f"{block.file}{lines} {block.address}", 4)


def _steps(story: Story, result: Result, source: Callable[[str, int, int], list[str]]) -> None:
    if result.steps:
        story.heading("How it is reached")
    shown: set[tuple[str, int]] = set()
    for number, step in enumerate(result.steps or (), 1):
        story.prose(f"{number}. {step.what}", 2)
        _place(story, step.location, source, shown)
        if step.by:
            story.prose(f"goes on by {step.by}", 4)
        if step.by_location != step.location:
            _place(story, step.by_location, source, shown)


def _facts(story: Story, result: Result, source: Callable[[str, int, int], list[str]]) -> None:
    if result.evidence:
        story.heading("Facts")
    shown: set[tuple[str, int]] = set()
    for expected, facts in itertools.groupby(result.evidence, key=lambda evidence: evidence.expected):
        story.prose(f"expected: {expected}" if expected else "beside that:", 2)
        for evidence in facts:
            story.prose(f"{evidence.fact} is {evidence.observed}", 4)
            _place(story, evidence.location, source, shown)
    if result.unknown:
        story.heading("Not known")
    for unknown in result.unknown:
        story.prose(f"{unknown.fact}: {unknown.reason}", 2)
        story.prose(f"settled by: {unknown.settles_it}", 4)
        _place(story, unknown.location, source, shown)


def _place(story: Story, seen: Location | None, source: Callable[[str, int, int], list[str]], shown: set[tuple[str, int]]) -> None:
    if seen is None:
        return
    story.prose(f"seen at {seen}" + (f" by {seen.caller}" if seen.operation and seen.caller else ""), 6)
    if not seen.file or not seen.line or (seen.file, seen.line) in shown:
        return
    shown.add((seen.file, seen.line))
    last = min(max(seen.end_line or seen.line, seen.line), seen.line + _LINES - 1)
    for number, line in enumerate(source(seen.file, seen.line, last), seen.line):
        story.code(f"{number:>5} | {line[:400]}", 6)


def _changing(result: Result) -> Iterator[str]:
    verdict = result.waiver.verdict if result.verdict == "waived" and result.waiver else result.verdict
    if verdict == "unknown":
        yield from dict.fromkeys(f"it is known after this: {unknown.settles_it}" for unknown in result.unknown)
    elif verdict == "fail":
        for expected in dict.fromkeys(evidence.expected for evidence in result.evidence if evidence.expected):
            facts = [evidence for evidence in result.evidence if evidence.expected == expected]
            now = "; ".join(dict.fromkeys(f"{evidence.fact} is {evidence.observed}" for evidence in facts))
            yield f"it passes where this holds: {expected}"
            yield f"now {now}"
        if not result.evidence:
            yield f"it passes where this is not so: {result.message or result.title}"
    elif verdict == "error":
        yield "the rule could not be evaluated: it has to be corrected, the resource can be as it is"
    elif verdict == "not_applicable":
        yield result.message or "the control asks nothing of this resource"
    else:
        yield from dict.fromkeys(
            f"it fails where this does not hold: {evidence.expected}" for evidence in result.evidence if evidence.expected
        )
        if not result.evidence:
            yield "it fails where an assertion of the control does not hold"


def _standing(result: Result, report: Report) -> Iterator[str]:
    """What the gate makes of it."""
    waiver = result.waiver
    if waiver is not None:
        who = f" by {waiver.owner}" if waiver.owner else ""
        ticket = f" ({waiver.ticket})" if waiver.ticket else ""
        at = f"{waiver.file}:{waiver.line}" if waiver.line else waiver.file
        until = f"{'until' if not waiver.expired else 'which ended on'} {waiver.expires}" if waiver.expires else "without a last day"
        yield f"waived{who}, {until}: {waiver.reason}{ticket}, {at}; without the waiver it is {waiver.verdict}"
    for comparison in report.gate.comparisons:
        if comparison.expired:
            yield f"the {comparison.kind} {comparison.name} ended on {comparison.expires}, and nothing is known by it"
    if result.standing:
        beside = " and ".join(f"{comparison.kind} {comparison.name}" for comparison in report.gate.comparisons)
        yield f"{result.standing} beside the {beside}: " + ("it does not count" if result.standing == "known" else "it counts")
    if waiver is None and not result.standing:
        yield (
            "it is not waived, and nothing it was compared with has it"
            if report.gate.comparisons
            else "it is not waived, and was not compared"
        )
    if result.verdict in ("fail", "unknown"):
        last = datetime.datetime.now(datetime.UTC).date() + _AHEAD
        yield f'to accept it for a time, above its block: # assay:waive {result.control} until={last} reason="…"'


def _fix(story: Story, result: Result, control: Control) -> None:
    """The remedy for the input that the resource was read from; all that there are where it has none."""
    resource = result.resource
    tool = "cloudformation" if resource.address.startswith("AWS::") else "terraform"
    tool = next((name for start, name in _LIVE.items() if resource.root.startswith(start)), tool)
    ways = list(remedies(control))
    for title, _, way in [entry for entry in ways if entry[1] == tool] or ways:
        story.heading(f"Fix in {title}")
        story.code(way, 2)
