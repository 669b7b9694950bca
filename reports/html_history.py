"""What a history knows, for the HTML report: the trend as a picture, and the findings that the run has no result of."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec

from assay.reports import history_view
from assay.scanner.results.model import HistoryChange, Night, Report

LEFT, WIDTH = 160, 960
"""Where bars begin, and how wide the picture is whatever it shows: what is printed has the width of the page."""
_TOP, _WIDEST, _GAP, _BETWEEN, _FOOT, _MARK = 10, 60, 8, 14, 22, 44


class Bar(msgspec.Struct, frozen=True):
    """A number of one run: where it stands, how high it is, and what it says."""

    x: int
    y: float
    height: float
    says: str
    complete: bool


class NightlyNumbers(msgspec.Struct, frozen=True):
    """One kind of number, night for night."""

    name: str
    most: int
    """The highest of them, which fills the row."""
    y: int
    """Where its name stands."""
    colour: str
    """The verdict whose colour it has."""
    bars: list[Bar]


class Trend(msgspec.Struct, frozen=True):
    """The last runs as rows of bars."""

    rows: list[NightlyNumbers]
    bar: int
    """How wide a bar is."""
    marks: list[tuple[int, str]]
    """Days below the bars, and where."""
    width: int
    height: int


_ROWS: tuple[tuple[str, str, int, Callable[[Night], int]], ...] = (
    ("open", "fail", 96, lambda night: night.open),
    ("new or back", "fail", 40, lambda night: night.new + night.regressed),
    ("fixed", "pass", 40, lambda night: night.fixed),
)
"""Name, colour, height and number of each row."""


def trend(nights: list[Night]) -> Trend | None:
    """None for one run alone, which has no trend."""
    if len(nights) < 2:
        return None
    column = min(_WIDEST, (WIDTH - LEFT) // len(nights))
    rows, top = list[NightlyNumbers](), _TOP
    for name, colour, high, number in _ROWS:
        most = max(map(number, nights))
        bars = [_bar(LEFT + index * column, night, number(night), name, most, top, high) for index, night in enumerate(nights)]
        rows.append(NightlyNumbers(name, most, top + high, colour, bars))
        top += high + _BETWEEN
    marks = [
        (LEFT + index * column + (column - _GAP) // 2, nights[index].started[5:10])
        for index in range(len(nights) - 1, -1, -math.ceil(_MARK / column))
    ]
    return Trend(rows, column - _GAP, marks[::-1], WIDTH, top + _FOOT)


def _bar(x: int, night: Night, number: int, name: str, most: int, top: int, high: int) -> Bar:
    height = round(high * number / most, 1) if most else 0.0
    note = "" if night.complete else ", incomplete"
    return Bar(x, round(top + high - height, 1), height, f"{night.started}: {number} {name}{note}", night.complete)


class ClosedFinding(msgspec.Struct, frozen=True):
    """A finding that the run has no result of."""

    change: HistoryChange
    event: str
    colour: str
    subject: str
    why: str


def chapter(report: Report) -> dict[str, Any]:
    """What the chapter of the history says; `remembered` is None where none is kept."""
    history = report.history
    if not history:
        return {"remembered": None}
    past = [
        ClosedFinding(
            change, history_view.event(change), history_view.COLOURS.get(change.event, "unknown"), history_view.subject(change),
            history_view.why(change, report),
        )
        for change in history_view.changes(report)
    ]  # fmt: skip
    return {
        "remembered": {
            "summary": history_view.summary(report), "previous": history_view.previous(report), "trend": trend(history.nights),
            "nights": history.nights[::-1], "past": past,
        }
    }  # fmt: skip
