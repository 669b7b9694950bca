"""A comparison that is made again from its run folder."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from assay.scanner.cli import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, compare, console, judging
from assay.scanner.cli.comparing import CODE, COMPARED, LIVE
from assay.scanner.cli.evidence_replay import RestoredRun, Stop, as_then, asked_then, compared
from assay.scanner.cli.stdin import renaming
from assay.scanner.compare import saved
from assay.scanner.compare.merged import merged
from assay.scanner.compare.model import Comparison
from assay.scanner.compare.shown import report_of, shown_of
from assay.scanner.evidence.folder import read
from assay.scanner.evidence.model import EvidenceError, RunRecord, decode
from assay.scanner.plugins import COMPARISONS
from assay.scanner.results import formats
from assay.scanner.results.model import Report
from assay.scanner.sources.sensitive import Sensitive


def judged(run: str, record: RunRecord, restored: RestoredRun, arguments: dict[str, Any], said: bytes) -> int:
    """Judge the sides that were judged, compare, and say whether the comparison and both sides are byte for byte what they were.

    A side that was a report is taken over from the folder. Raises AssayError, OSError, and Stop.
    """
    taken, today = asked_then(record, restored.top, arguments)
    taken["states"] = [_placed_state(state, restored.top) for state in taken["states"]]
    more = {"overlay": restored.made.overlay, "today": today}
    config, sensitive = judging.configuration(taken), Sensitive()
    serving = compare.serving_of(taken, config)
    sides = []
    for name, file, path in (("code", CODE, taken["ours"]), ("live", LIVE, taken["theirs"])):
        then = _report(run, file)
        if name in taken["taken_over"]:
            sides.append(then)
            continue
        side = compare.side(path or "", taken, sensitive, serving, more)
        if side is None:
            raise Stop
        sides.append(as_then(renaming(side.report, {restored.top: ""}), then))
    then_said = read(run, COMPARED, saved.MAX_BYTES)
    at = decode(then_said, Comparison, COMPARED).compared
    made = renaming(compare.made(sides[0], sides[1], taken, config), {restored.top: ""})
    made = msgspec.structs.replace(shown_of(made, sensitive), compared=at)
    ended = compared(merged(made, *(report_of(side, sensitive) for side in sides)), said, record, restored.made, arguments)
    if ended == EXIT_OK and formats.load("json", COMPARISONS).render(made) != then_said:
        console.show("DIFFERENT: both sides are as they were, and what joins them is not")
        missing = restored.made.missing or restored.made.masked
        return EXIT_INCOMPLETE if missing else EXIT_FAILED
    return ended


def _report(run: str, file: str) -> Report:
    try:
        report = saved.decoded(read(run, file, saved.MAX_BYTES))
    except saved.UnreadableReport as error:
        raise EvidenceError(f"{file}: {error}") from None
    if report is None:
        raise EvidenceError(f"{file}: no report as assay writes it")
    return report


def _placed_state(argument: str, top: str) -> str:
    """`[ROOT=]FILE` with the file where it is now, where a replay has it."""
    from assay.scanner.evidence.restore import below

    if os.path.isabs(argument):
        return below(top, argument)
    root, equals, file = argument.partition("=")
    return f"{root}{equals}{below(top, file)}" if os.path.isabs(file) else argument
