"""JUnit XML, for build servers that show tests: a suite for each control, a case for each of its results.

As Jenkins reads it (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd), which GitLab and Azure Pipelines read too: a failure that
counts is a failure, what could not be told or judged is an error, what is waived, known from before or does not apply is skipped, each
with its reason. Gaps are errors of a suite of their own: a run that did not see everything is not green.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from assay.reports import findings, history_view, opinions_view
from assay.reports.view import identity, where
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Course, Report, Result
from assay.scanner.results.opinion import Compared, Opinion
from assay.scanner.results.telling import observed, place
from assay.scanner.sources.coverage import Gap
from assay.scanner.words import defused, shown

CONFIGURATION, NOT_SEEN, GATE = "assay.configuration", "assay.coverage", "assay.gate"
LONGEST = 2_000
"""Characters of a name or a message, which build servers show in one line."""


class TestCase(msgspec.Struct, frozen=True):
    """One case of a suite. `outcome` is failure, error, skipped or empty."""

    name: str
    outcome: str = ""
    type: str = ""
    message: str = ""
    details: str = ""


def render(report: Report, context: Context) -> bytes:
    """UTF-8. Whatever a name holds, the document is XML 1.0: characters that it does not allow are written out."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same suite by suite."""
    suites, known = list(_suites(report)), _known(report)
    total = Element("testsuites", {"name": "assay", **_counts([case for _, cases in suites for case in cases], ("failures", "errors"))})
    opening = tostring(total, "unicode", short_empty_elements=False).removesuffix("</testsuites>")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}\n'.encode()
    for name, cases in suites:
        yield tostring(_suite(name, cases, report, known.get(name, {})), "utf-8", xml_declaration=False) + b"\n"
    yield tostring(_gate(report), "utf-8", xml_declaration=False) + b"\n"
    yield b"</testsuites>\n"


def _suites(report: Report) -> Iterator[tuple[str, list[TestCase]]]:
    by_control: dict[str, list[Result]] = {control.id: [] for control in report.controls}
    for result in sorted(report.results, key=identity):
        by_control.setdefault(result.control, []).append(result)
    rows = opinions_view.of_resources(report)
    for control, results in sorted(by_control.items()):
        if results:
            yield control, list(_apart(_case(result, report, rows.get(opinions_view.of_result(result), ())) for result in results))
    if report.gate.changes:
        yield CONFIGURATION, list(_apart(TestCase(change, "failure", "configuration", change) for change in report.gate.changes))
    if report.coverage.gaps:
        before = set(report.gate.known_gaps)
        yield NOT_SEEN, list(_apart(_of_gap(gap, gap in before) for gap in report.coverage.gaps))


def _suite(name: str, cases: list[TestCase], report: Report, known: Mapping[str, str] = {}) -> Element:
    suite = Element("testsuite", {"name": _line(name), **_counts(cases, ("failures", "errors", "skipped"))})
    if report.run.started:
        suite.set("timestamp", _line(report.run.started))
    properties = SubElement(suite, "properties")
    for key, value in (
        ("policies", report.tool.policies),
        ("run", report.run.id),
        ("targets", ", ".join(report.run.targets)),
        *known.items(),
    ):
        SubElement(properties, "property", {"name": key, "value": _line(value)})
    for case in cases:
        made = SubElement(suite, "testcase", {"classname": _line(name), "name": case.name})
        if case.outcome:
            told = SubElement(made, case.outcome, {"type": case.type, "message": _line(case.message)})
            told.text = defused(shown(case.details, keep="\n")) or None
    return suite


def _known(report: Report) -> dict[str, dict[str, str]]:
    """Control to what a history knows of its findings, as properties: how many are in which state, and since when one of them is."""
    courses: dict[str, list[Course]] = {}
    for result in report.results:
        if result.course:
            courses.setdefault(result.control, []).append(result.course)
    return {
        control: {
            **{f"history.{state}": str(sum(course.state == state for course in of_control)) for state in ("new", "regressed", "known")},
            "history.since": min(course.since for course in of_control),
        }
        for control, of_control in courses.items()
    }


def _gate(report: Report) -> Element:
    """What the run comes to and what is accepted in it, as the output of a suite without cases."""
    told_of = history_view.summary(report)
    suite = _suite(GATE, [], report, {"history": told_of} if told_of else {})
    waivers = [f"waiver: {findings.used(waiver)}" for waiver in report.gate.waivers]
    told = [*findings.totals(report), *waivers, *report.gate.warnings, *opinions_view.sentences(report), *history_view.sentences(report)]
    SubElement(suite, "system-out").text = "\n".join(map(_line, told))
    return suite


def _counts(cases: list[TestCase], kinds: Iterable[str]) -> dict[str, str]:
    outcomes = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    numbers = {kind: str(sum(case.outcome == outcomes[kind] for case in cases)) for kind in kinds}
    return {"tests": str(len(cases)), **numbers}


def _case(result: Result, report: Report, rows: Sequence[tuple[Opinion, Compared]]) -> TestCase:
    name = findings.subject(result) + (f" [{result.element}]" if result.element else "")
    message, details = findings.said(result), _details(result, report, rows)
    if findings.is_known(result):
        return TestCase(name, "skipped", "known", f"known from before: {result.verdict}: {message}", details)
    if result.verdict == "waived":
        why = findings.accepted(result.waiver) if result.waiver else "waived"
        return TestCase(name, "skipped", "waived", f"{why}; {message}", details)
    if result.verdict == "fail":
        return TestCase(name, "failure", _line(result.severity), message, details)
    if result.verdict in ("unknown", "error"):
        return TestCase(name, "error", result.verdict, message, details)
    return TestCase(name) if result.verdict == "pass" else TestCase(name, "skipped", result.verdict, message)


def _of_gap(gap: Gap, known: bool) -> TestCase:
    name = f"{gap.code}: {gap.scope}:{gap.line}" if gap.line else f"{gap.code}: {gap.scope}"
    if known:
        return TestCase(name, "skipped", "known", f"known from before: {gap.reason}", gap.settles_it)
    return TestCase(name, "error", _line(gap.code), gap.reason, gap.settles_it)


def _details(result: Result, report: Report, rows: Iterable[tuple[Opinion, Compared]]) -> str:
    """Where to look, what was seen there, what other scanners say of it, and what a history knows."""
    lines = [f"{result.severity} {result.control}: {result.title}", where(place(result))]
    lines += map(observed, result.evidence)
    lines += [f"owner: {result.owner}"] if result.owner else []
    lines += [opinions_view.beside(opinion, row) for opinion, row in rows]
    lines += [f"in the history: {age}"] if (age := history_view.age(result, report)) else []
    return "\n".join([*filter(None, lines), f"fingerprint {result.fingerprint}"])


def _apart(cases: Iterable[TestCase]) -> Iterator[TestCase]:
    """Cases of one name get a number: build servers tell cases apart by their names."""
    met: dict[str, int] = {}
    for case in cases:
        name = _line(case.name)
        met[name] = met.get(name, 0) + 1
        yield msgspec.structs.replace(case, name=name if met[name] == 1 else f"{name} #{met[name]}")


def _line(text: str) -> str:
    return findings.line(text, LONGEST) or "(none)"
