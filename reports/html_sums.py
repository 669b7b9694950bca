"""What the first screen of the HTML report counts: what was asked of what, where it fails, and in which accounts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assay.reports.view import WORDS, severity_rank
from assay.scanner.results.model import WORST, Report, Result, Verdict

MOST_ROWS = 30
"""Accounts or roots that the map shows; the table beneath it has all."""
_CELL, _LEFT, _TOP = 14, 190, 8
_LABEL = 28
"""Characters of a name beside the map."""


class QuestionVerdicts(msgspec.Struct, frozen=True):
    """What came of each question: one control asked of one resource, with the worst verdict of its parts."""

    total: int
    parts: list[tuple[str, str, int]]
    """Verdict, its word, how many."""

    @property
    def balances(self) -> bool:
        """Nothing is counted twice, and nothing is left over."""
        return self.total == sum(number for _, _, number in self.parts)


def questions(results: Iterable[Result]) -> list[Result]:
    """The worst of the results of each control on each resource: a result is for one element of it.

    What is judged in several collections has the same results in each of them, and is as many questions.
    """
    worst: dict[tuple[str, str, str, str, int], Result] = {}
    times: dict[str, int] = {}
    for result in results:
        ref = result.resource
        times[result.fingerprint] = time = times.get(result.fingerprint, 0) + 1
        key = (result.control, ref.root, ref.address, ref.id, time)
        before = worst.get(key)
        if before is None or WORST.index(result.verdict) < WORST.index(before.verdict):
            worst[key] = result
    return list(worst.values())


class QuestionCounts:
    """What is counted of questions, whichever come first."""

    def __init__(self) -> None:
        self.verdicts = dict.fromkeys(WORST, 0)
        self.failing: dict[tuple[str, str], int] = {}
        """Area and severity to the number of failures."""
        self.severity: dict[str, str] = {}
        """Control to its severity."""
        self.places: dict[str, dict[str, Verdict]] = {}
        """Account or root to the worst verdict of each control there."""
        self.by_place: dict[str, dict[Verdict, int]] = {}

    def take(self, worst: Iterable[Result]) -> None:
        """Some more, as `questions` gives them."""
        for result in worst:
            here, control, verdict = where(result), result.control, result.verdict
            self.verdicts[verdict] += 1
            if verdict == "fail":
                key = (control.partition(".")[0], result.severity)
                self.failing[key] = self.failing.get(key, 0) + 1
            self.severity[control] = result.severity
            self.by_place.setdefault(here, dict.fromkeys(WORST, 0))[verdict] += 1
            by_control = self.places.setdefault(here, {})
            before = by_control.get(control)
            if before is None or WORST.index(verdict) < WORST.index(before):
                by_control[control] = verdict


def counted(results: Iterable[Result]) -> QuestionCounts:
    """Of the questions of some results."""
    counts = QuestionCounts()
    counts.take(questions(results))
    return counts


def asked(report: Report, counted: QuestionCounts) -> QuestionVerdicts:
    """The equation of completeness. The total is what the controls say they were asked of, not what is counted here."""
    counts = counted.verdicts
    total = sum(control.resources for control in report.controls)
    return QuestionVerdicts(
        total, [(verdict, WORDS[verdict], counts[verdict]) for verdict in ("pass", "fail", "waived", "not_applicable", "unknown", "error")]
    )


class Cell(msgspec.Struct, frozen=True):
    """A place of a map: where it stands in it, how strong it is or what verdict it has, and what it says."""

    x: int
    y: int
    number: int
    shade: int
    """0 for nothing, 5 for the most of the map."""
    says: str


class Heat(msgspec.Struct, frozen=True):
    """Failures by area and severity."""

    areas: list[str]
    severities: list[str]
    cells: list[list[Cell]]
    """A list of cells for each of `areas`, one cell for each of `severities`."""
    width: int
    height: int


_WIDE, _HIGH, _NAMES = 96, 34, 120


def heat(counted: QuestionCounts) -> Heat | None:
    """None where nothing fails."""
    counts = counted.failing
    if not counts:
        return None
    areas = sorted({area for area, _ in counts})
    severities = sorted({severity for _, severity in counts}, key=lambda name: (severity_rank(name), name))
    most = max(counts.values())
    cells = [
        [_cell(area, severity, row, column, counts.get((area, severity), 0), most) for column, severity in enumerate(severities)]
        for row, area in enumerate(areas)
    ]
    return Heat(areas, severities, cells, _NAMES + len(severities) * _WIDE, 36 + len(areas) * _HIGH)


def _cell(area: str, severity: str, row: int, column: int, number: int, most: int) -> Cell:
    return Cell(_NAMES + column * _WIDE, 30 + row * _HIGH, number, _shade(number, most), f"{area}, {severity}: {number}")


def _shade(number: int, most: int) -> int:
    return 0 if not number else 1 + min(4, 5 * number // (most + 1))


class MapRow(msgspec.Struct, frozen=True):
    """An account, project or root with its verdicts."""

    name: str
    label: str
    """Its name, or the end of it."""
    y: int
    cells: list[tuple[int, Verdict, str]]
    """Where it stands, the worst verdict of a control there, and what that says."""
    counts: list[int]
    """How many results have each of the verdicts of `WORST`, in its order."""


class VerdictMap(msgspec.Struct, frozen=True):
    """Which control has which verdict where: accounts or roots by controls."""

    what: str
    controls: list[str]
    rows: list[MapRow]
    """Every account or file, the worst first."""
    drawn: list[MapRow]
    """The first of `rows`, which the picture shows."""
    width: int
    height: int


def where(result: Result) -> str:
    """The account or project that a resource is in, of code its root."""
    return result.resource.account or result.resource.root or "."


def accounts_by_controls(counted: QuestionCounts) -> VerdictMap | None:
    """None for one account or root alone: the table of controls says it all."""
    places, counts, severity = counted.places, counted.by_place, counted.severity
    if len(places) < 2:
        return None
    controls = sorted(severity, key=lambda name: (severity_rank(severity[name]), name))
    columns = {name: number for number, name in enumerate(controls)}
    names = sorted(places, key=lambda name: ([-counts[name][verdict] for verdict in WORST[:3]], name))
    rows = [_row(name, number, places[name], columns, counts[name]) for number, name in enumerate(names)]
    drawn = rows[:MOST_ROWS]
    what = "Accounts and roots"
    return VerdictMap(what, controls, rows, drawn, _LEFT + len(controls) * _CELL, _TOP * 2 + len(drawn) * _CELL)


def _row(name: str, number: int, verdicts: dict[str, Verdict], columns: dict[str, int], counts: dict[Verdict, int]) -> MapRow:
    cells = [
        (_LEFT + columns[control] * _CELL, verdict, f"{name}, {control}: {WORDS[verdict]}") for control, verdict in sorted(verdicts.items())
    ]
    return MapRow(
        name,
        name if len(name) <= _LABEL else f"…{name[1 - _LABEL :]}",
        _TOP + number * _CELL,
        [*cells],
        [counts[verdict] for verdict in WORST],
    )
