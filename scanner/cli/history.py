"""`assay history`: what a history says, night for night, by control, account or owner, and of one finding."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
import msgspec

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console
from assay.scanner.cli.story import Story
from assay.scanner.errors import AssayError
from assay.scanner.words import defused_json, many, spreadsheet_cell

if TYPE_CHECKING:
    from assay.scanner.history.asked import HistoryAnswer, Life

_GROUPS = ("control", "severity", "account", "owner", "region", "root")
_SHOWN = 40
"""Groups that are listed for people; all of them in JSON and CSV."""


@click.command("history")
@click.argument("where", metavar="FILE|URL")
@click.option("--by", type=click.Choice(_GROUPS), default="control", show_default=True, help="What findings are grouped by.")
@click.option("--nights", type=click.IntRange(1, 10_000), default=14, show_default=True, help="So many of the last runs.")
@click.option("--finding", metavar="FINGERPRINT", help="All that became of one finding; eight digits are enough.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def command(**arguments: Any) -> None:
    """Tell what a history says (assay scan or audit with --history).

    How many findings were open night for night, how old they are, and how long it takes until one is fixed: the days after which half of
    them are, those that are still open among them.
    """
    sys.exit(_history(arguments))


def _history(arguments: dict[str, Any]) -> int:
    wanted = arguments["finding"]
    if wanted is not None and (len(wanted) < 8 or any(digit not in "0123456789abcdef" for digit in wanted.lower())):
        console.tell("assay: --finding takes the first eight digits of a fingerprint or more, as reports have it")
        return EXIT_USAGE
    try:
        from assay.scanner.history.database import opened

        with opened(arguments["where"]) as connection:
            from assay.scanner.history import asked

            if wanted is not None:
                return _tell_lives(asked.lives(connection, wanted.lower()), arguments)
            told = asked.told(connection, arguments["by"], arguments["nights"])
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    {"text": _text, "json": _json, "csv": _csv}[arguments["form"]](told)
    return EXIT_OK


def _tell_lives(lives: list[Life], arguments: dict[str, Any]) -> int:
    if not lives:
        console.tell(f"assay: {arguments['where']} has no finding {arguments['finding']}")
        return EXIT_USAGE
    if arguments["form"] != "text":
        _json(lives)
        return EXIT_OK
    story = Story()
    for life in lives:
        story.heading(f"{life.severity.upper()} {life.control}: {life.address}" + (f" [{life.element}]" if life.element else ""))
        where = ", ".join(filter(None, (life.account, life.region, life.root, f"of {life.owner}" if life.owner else "")))
        story.prose(f"{life.fingerprint} {where}", 2)
        for moment in life.moments:
            rule = " (another rule judged)" if moment.rule_changed else ""
            story.prose(f"{_minute(moment.started)}  {_said(moment.event)}{rule}" + (f": {moment.reason}" if moment.reason else ""), 2, 18)
        seen = "" if life.observed else ", not seen by the last run"
        story.prose(f"now {life.state}{seen}", 2)
    story.tell()
    return EXIT_OK


def _text(told: HistoryAnswer) -> None:
    story = Story()
    if not told.nights:
        story.prose("No run was entered yet.")
    else:
        runs = many(told.runs, "run")
        story.prose(f"{runs}:" if told.runs == len(told.nights) else f"{runs}; the last {len(told.nights)}:")
        story.code(_line(("run", "open", "new", "back", "fixed", ""), (17, 8, 8, 8, 8, 0)), 2)
        for night in told.nights:
            note = "" if night.complete else "incomplete"
            story.code(_line((_minute(night.started), night.open, night.new, night.regressed, night.fixed, note), (17, 8, 8, 8, 8, 0)), 2)
    if told.groups:
        width = min(48, max(len(group.name or "(none)") for group in told.groups[:_SHOWN]))
        story.heading(f"By {told.by}, over all runs:")
        story.code(_line(("", "open", "oldest", "fixed", "half fixed after"), (width, 8, 10, 8, 18)), 2)
        for group in told.groups[:_SHOWN]:
            cells = (group.name or "(none)", group.open, _age(group.oldest_days), group.fixed, _age(group.median_days))
            story.code(_line(cells, (width, 8, 10, 8, 18)), 2)
        if len(told.groups) > _SHOWN:
            story.prose(f"and {len(told.groups) - _SHOWN} more: --format csv lists all", 2)
    story.tell()


def _json(data: Any) -> None:
    console.show(defused_json(msgspec.json.format(msgspec.json.encode(data), indent=2)).decode())


def _csv(told: HistoryAnswer) -> None:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow((told.by, "open", "oldest_days", "fixed", "median_days"))
    for group in told.groups:
        rows.writerow((spreadsheet_cell(group.name), group.open, _number(group.oldest_days), group.fixed, _number(group.median_days)))
    console.show(out.getvalue().rstrip("\n"))


def _line(cells: Iterable[object], widths: tuple[int, ...]) -> str:
    """Cells in columns: the first is text, the others numbers; the last may be text that needs no width."""
    first, *rest = [str(cell) for cell in cells]
    text = first if len(first) <= widths[0] else f"{first[: widths[0] - 1]}…"
    return f"{text:<{widths[0]}}" + "".join(
        f"{cell:>{width}}" if width else f"  {cell}" for cell, width in zip(rest, widths[1:], strict=True)
    )


def _age(days: float | None) -> str:
    return "-" if days is None else f"{days:g} d"


def _number(days: float | None) -> str:
    return "" if days is None else f"{days:g}"


def _minute(started: str) -> str:
    return started[:16].replace("T", " ")


def _said(event: str) -> str:
    words = {
        "new": "found", "regressed": "is back", "unwaived": "no longer waived", "unknown": "cannot be told", "unobserved": "not seen",
        "left_scope": "not looked for", "seen": "seen again", "gone": "the resource is gone", "settled": "told now, and passes",
    }  # fmt: skip
    return words.get(event, event)
