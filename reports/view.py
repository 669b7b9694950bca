"""What the formats for people share: the order of results, safe text, and the outcome in words."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import msgspec

from assay.reports.in_force import in_force_briefly
from assay.scanner.results.model import VERDICTS, Report, ResourceRef, Result, Verdict, worst
from assay.scanner.rules.model import SEVERITIES, Control
from assay.scanner.sources.listing import is_exclusion
from assay.scanner.sources.raw import Location
from assay.scanner.words import many

WORDS: dict[str, str] = {verdict: verdict.replace("_", " ") for verdict in VERDICTS}
BROKEN = frozenset({"parse_error", "input_failed", "plan_errored"})
"""Codes of gaps that mean that an input was not read at all."""
_RANK: dict[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


def severity_rank(severity: str) -> int:
    """0 for critical; what is no severity comes last."""
    return _RANK.get(severity, len(_RANK))


def where(location: Location | None) -> str:
    """A location in one line; empty where there is none."""
    if location is None:
        return ""
    return f"{location} by {location.caller}" if location.operation and location.caller else str(location)


_PREFIX = 8
"""Digits of a fingerprint that are shown: `assay explain` finds the finding by them."""


def shortly(result: Result) -> str:
    """The beginning of the fingerprint of a result."""
    return result.fingerprint[:_PREFIX]


def is_in(seen: Location | None, root: str) -> bool:
    """Whether a file is one of a directory itself, which its path says already."""
    return seen is not None and seen.file.rpartition("/")[0] == root.rstrip("/")


def ordered(results: Iterable[Result]) -> list[Result]:
    """Worst severity first, then by control and address, so that two runs over the same input read alike."""
    return sorted(results, key=rank)


def rank(result: Result) -> tuple[Any, ...]:
    """By what `ordered` sorts."""
    return severity_rank(result.severity), *identity(result)


def identity(result: Result) -> tuple[str, ...]:
    """A total order of results that depends on nothing but what they say."""
    resource = result.resource
    return (result.control, resource.root, resource.address, result.element, result.fingerprint, result.verdict, result.message)


class FailingInput(msgspec.Struct, frozen=True):
    """The input of what failed a control: its cloud, and the tool that mends it. Empty where there is more than one."""

    cloud: str = ""
    tool: str = ""


_ANY_INPUT = FailingInput()


def remediation(control: Control | None, mended: FailingInput = _ANY_INPUT) -> tuple[str, str]:
    """The tool and the way to mend with it: the tool of what is mended, else Terraform, else the first that the control has, else empty."""
    ways = control.remediation if control else {}
    tool = next((name for name in (mended.tool, "terraform") if name in ways), next(iter(ways), ""))
    return tool, _part_for(ways.get(tool, ""), mended.cloud)


def failing(report: Report) -> dict[str, FailingInput]:
    """Each control that has failures, whatever else it has, to the input of all that fails it."""
    by_control: dict[str, tuple[set[str], set[str]]] = {}
    for result in report.results:
        if result.verdict == "fail":
            clouds, tools = by_control.setdefault(result.control, (set(), set()))
            clouds.add(result.resource.cloud)
            tools.add(_tool(result.resource))
    return {control: FailingInput(_only(clouds), _only(tools)) for control, (clouds, tools) in by_control.items()}


def _only(names: set[str]) -> str:
    return next(iter(names)) if len(names) == 1 else ""


_LIVE = {"aws:": "aws", "google:": "gcloud"}


def _tool(resource: ResourceRef) -> str:
    """The key of a control's remediation for the input that a resource was read from."""
    if resource.address.startswith("AWS::"):
        return "cloudformation"
    return next((tool for start, tool in _LIVE.items() if resource.root.startswith(start)), "terraform")


_CLOUDS = {"aws": "# AWS", "google": "# Google Cloud"}


def _part_for(text: str, cloud: str) -> str:
    """A remediation has a part for each cloud, headed by a comment line with its name."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line in _CLOUDS.values()]
    for start, end in itertools.pairwise([*starts, len(lines)]):
        if lines[start] == _CLOUDS.get(cloud):
            return "\n".join(lines[start + 1 : end]).strip()
    return text


def verdicts(report: Report) -> list[tuple[Verdict, int]]:
    """Every verdict with its count, also those that did not occur, in the order of the contract."""
    return [(verdict, report.summary.verdicts.get(verdict, 0)) for verdict in VERDICTS]


def severities(report: Report) -> list[tuple[str, int]]:
    """How many failures there are of each severity, the worst first, without those that were known before."""
    failures = [result.severity for result in report.results if result.verdict == "fail" and result.standing != "known"]
    return [(severity, failures.count(severity)) for severity in sorted(set(failures), key=lambda name: (severity_rank(name), name))]


OUTCOMES = ("answered", "denied", "failed", "unchanged")
"""What became of a call to a cloud; the last was not made, since the answer of an earlier snapshot is still so."""


class Sum(msgspec.Struct, frozen=True):
    """A total and the parts that it consists of."""

    what: str
    total: int
    parts: list[tuple[str, int]]


def sums(report: Report) -> list[Sum]:
    """Results, blocks and files, each with its parts. A part is added for what the parts leave over, so that every sum holds."""
    blocks, files = report.coverage.blocks, report.coverage.files
    results = [(WORDS[verdict], number) for verdict, number in verdicts(report)]
    judged = [("evaluated", blocks.evaluated - blocks.joined)]
    judged += [("read for joins", blocks.joined)] if blocks.joined else []
    judged += [("of a type without rules", blocks.unsupported), ("instances not known", blocks.template)]
    asked = calls(report)
    return [
        Sum("Results", sum(number for _, number in results), results),
        *([Sum("Calls", sum(asked.values()), list(asked.items()))] if report.coverage.calls else []),
        _balanced("Resource blocks", blocks.found, judged, "in a gap"),
        _balanced("Files", files.found, [("parsed", files.parsed), ("failed to parse", files.failed)], "not read"),
        *([Sum("Below the targets", report.coverage.tree.found, list(_parts(report).items()))] if report.coverage.tree.found else []),
    ]


_LEFT_OUT = "left out by a rule"


def _parts(report: Report) -> dict[str, int]:
    """What became of what is below the targets, in words, to how many."""
    below = report.coverage.tree
    parts = {"judged": below.judged, "of another kind": below.other, _LEFT_OUT: below.excluded, "not read": below.unread}
    return {words: count for words, count in parts.items() if count}


def tree(report: Report) -> str:
    """What became of the files below the targets, as a sentence, with the rules by which some are left out; empty where there are none."""
    below = report.coverage.tree
    if not below.found:
        return ""
    rules = "; ".join(sorted(reason for reason in below.reasons if is_exclusion(reason)))
    said = ", ".join(
        f"{count} {words}" + (f" ({rules})" if words == _LEFT_OUT and rules else "") for words, count in _parts(report).items()
    )
    return f"{below.found} below the targets: {said}; --verbose lists them"


def calls(report: Report) -> dict[str, int]:
    """How each call to a cloud ended (see OUTCOMES) to how many did."""
    return {outcome: sum(call.count for call in report.coverage.calls if call.outcome == outcome) for outcome in OUTCOMES}


def oldest_unchanged(report: Report) -> str:
    """The time of the oldest answer of an earlier snapshot that a verdict rests on; empty where there is none."""
    seen = (fact.location for result in report.results for fact in result.evidence if fact.location is not None)
    return min((location.time for location in seen if location.unchanged), default="")


def accounts(report: Report) -> list[tuple[str, list[str]]]:
    """The accounts and projects that were asked, each with the regions in which something was."""
    regions_by_account: dict[str, set[str]] = {}
    for call in report.coverage.calls:
        if call.account:
            regions_by_account.setdefault(call.account, set()).add(call.region)
    return [(account, sorted(regions)) for account, regions in sorted(regions_by_account.items())]


def _balanced(what: str, total: int, parts: list[tuple[str, int]], rest: str) -> Sum:
    left = total - sum(number for _, number in parts)
    return Sum(what, total, [*parts, (rest, left)] if left else parts)


class OverallOutcome(msgspec.Struct, frozen=True):
    """`word` is error, fail, unknown, incomplete, pass or empty."""

    word: str
    sentence: str


def outcome(report: Report) -> OverallOutcome:
    """The whole run in a word and a sentence. A run in which something was not read never counts as passed."""
    said = _outcome(report)
    by = in_force_briefly(report.run.in_force)
    return OverallOutcome(said.word, f"{said.sentence}; in force: {by}") if by else said


_FINDINGS: tuple[Verdict, ...] = ("error", "fail", "unknown")


def _outcome(report: Report) -> OverallOutcome:
    counts = dict(verdicts(report))
    total = sum(counts.values())
    gaps = len(report.coverage.gaps)
    if not total:
        nothing = "nothing was judged" + (f", {many(gaps, 'gap')}" if gaps else unchanged(report))
        return _with_changes(report, OverallOutcome("incomplete" if gaps else "empty", nothing))
    before = set(report.gate.known_gaps)
    known: dict[Verdict, int] = {verdict: _known(report, verdict) for verdict in _FINDINGS}
    word: str = (
        worst(verdict for verdict, number in counts.items() if number > known.get(verdict, 0)) if total > sum(known.values()) else ""
    )
    compared = any(result.standing for result in report.results)
    said = [_counted(verdict, counts[verdict], known[verdict], compared) for verdict in known if counts[verdict]]
    if word in ("", "pass", "waived", "not_applicable"):
        unread = [gap for gap in report.coverage.gaps if gap not in before]
        word = "incomplete" if unread or (report.coverage.files.failed and not before) else "pass"
        said = [f"{counts['pass']} pass", *said] if said else [f"{counts['pass']} pass", "nothing fails"]
    said += [f"{counts['waived']} waived{waived_at(report)}"] if counts["waived"] else []
    gone = len(report.gate.comparisons[-1].gone) if report.gate.comparisons else 0
    said += [f"{gone} gone"] if gone else []
    said += [many(gaps, "gap") + (f" ({len(before)} known)" if before else "")] if gaps else []
    return _with_changes(report, OverallOutcome(word, f"{', '.join(said)}; {many(total, 'verdict')} in all"))


def unchanged(report: Report) -> str:
    """Why nothing may be judged of a change: no file that is judged is part of it."""
    revisions = [past.name for past in report.gate.comparisons if past.kind == "revision"]
    return f": nothing that is judged is changed since {revisions[-1]}" if revisions else ""


_PLACES = 5
"""Places of waivers that the outcome names; the report has all."""


def waived_at(report: Report) -> str:
    """Where the waivers stand by which findings do not count: who sees the count alone should find them."""
    waivers = (result.waiver for result in report.results if result.verdict == "waived")
    places = sorted({(waiver.file, waiver.line) for waiver in waivers if waiver is not None})
    named = [f"{file}:{line}" if line else file for file, line in places if file]
    more = [f"{len(named) - _PLACES} more places"] if len(named) > _PLACES else []
    return f" ({', '.join([*named[:_PLACES], *more])})" if named else ""


def _known(report: Report, verdict: Verdict) -> int:
    return sum(result.verdict == verdict and result.standing == "known" for result in report.results)


def _counted(verdict: Verdict, number: int, known: int, compared: bool) -> str:
    """A count, and beside a baseline or a revision how many of it are new and how many were known."""
    return f"{number} {WORDS[verdict]}" + (f" ({number - known} new, {known} known)" if compared else "")


def _with_changes(report: Report, said: OverallOutcome) -> OverallOutcome:
    """A gate that lets more through than before fails the run, whatever was found."""
    changes = len(report.gate.changes)
    if not changes:
        return said
    word = said.word if said.word == "error" else "fail"
    more = f"{many(changes, 'change')} of the gate that let more through" if changes > 1 else "the gate lets more through"
    return OverallOutcome(word, f"{said.sentence}; {more} (--allow-config-changes accepts {'them' if changes > 1 else 'it'})")


def nothing_unseen(report: Report) -> str:
    """What is said where nothing was left unread: not that all was judged, where some was read for what it says of others."""
    blocks, judged = report.coverage.blocks, report.summary.resources
    if not judged:
        return "nothing was judged; everything that was found was read"
    if blocks.joined or judged < blocks.evaluated:
        return f"nothing; everything that was found was read, and {many(judged, 'resource')} judged"
    return "nothing; everything that was found was judged"


def through_callers(report: Report) -> str:
    """How many directories of Terraform code are judged as their callers use them alone; empty where there are none."""
    number = len(report.coverage.through_callers)
    return f"{many(number, 'module')} that could be applied without values, judged with those of callers alone" if number else ""


def unsupported(report: Report) -> list[tuple[str, int]]:
    """Types without rules and how many blocks there are of each, the most frequent first."""
    return sorted(report.coverage.unsupported_types.items(), key=lambda entry: (-entry[1], entry[0]))
