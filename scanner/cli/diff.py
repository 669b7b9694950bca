"""`assay diff`: what changed between two runs, without a database."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from typing import Any

import click

from assay.scanner import plugins
from assay.scanner.cli import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, judging, output
from assay.scanner.cli.comparing import ScannedSide
from assay.scanner.cli.scan import reading
from assay.scanner.config import Config
from assay.scanner.errors import AssayError
from assay.scanner.results import formats


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@reading
@click.option("--profile", help="A named set of controls.")
@click.option("--fail-on-new", is_flag=True, help="Exit 1 where something at or above --fail-on fails that did not before.")
@functools.partial(judging.options, group=plugins.DIFFS)
def command(**arguments: Any) -> None:
    """Tell what changed from OLD to NEW: what is new, fixed, waived, unknown now, and what NEW did not look for.

    Each is a report (assay scan or audit -r json=FILE or -r jsonl=FILE), a run folder (--evidence), or anything that assay scan takes,
    which is scanned now.

    Exit codes: 1 with --fail-on-new, something at or above --fail-on fails that did not before, and no baseline knows it; 3 a side is
    incomplete (with --strict also: something of NEW is unknown); 2 wrong usage; 0 none of these.
    """
    sys.exit(_diff(arguments))


def _diff(arguments: dict[str, Any]) -> int:
    from assay.scanner.cli.compare import serving_of
    from assay.scanner.compare.shown import report_of
    from assay.scanner.diff.join import diff
    from assay.scanner.sources.sensitive import Sensitive

    targets = output.report_targets(arguments)
    if targets is None:
        return EXIT_USAGE
    sensitive = Sensitive()
    if missing := next((path for path in (arguments["old"], arguments["new"]) if not os.path.exists(path)), None):
        console.tell(f"assay: {missing}: no such file or directory; give a report, a run folder, or what assay scan takes")
        return EXIT_USAGE
    try:
        config = judging.configuration(arguments)
        serving = serving_of(arguments, config)
        old = _side(arguments["old"], arguments, sensitive, serving)
        new = None if old is None else _side(arguments["new"], arguments, sensitive, serving)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    if old is None or new is None:
        return EXIT_USAGE
    reports = [report_of(side.report, sensitive) for side in (old, new)]
    made = diff(reports[0], reports[1], (_is_incomplete(old), _is_incomplete(new)))
    codes = [output.written(name, path, functools.partial(_rendered, made, name, path, arguments)) for name, path in targets]
    if ("text", "-") not in targets or arguments["quiet"]:  # else that report names them
        judging.say(dict.fromkeys((*made.old.gaps, *made.new.gaps)))
        for note in made.notes:
            console.tell(f"assay: {note}")
    asked = output.worst(*codes)
    return asked if asked == EXIT_USAGE else _exit_code(made, arguments, config) or asked


def _side(path: str, arguments: dict[str, Any], sensitive: Any, serving: frozenset[str] | None) -> ScannedSide | None:
    """One side, read or made now; None, after saying why, where there is none. Raises AssayError."""
    from assay.scanner.cli.compare import limited, side
    from assay.scanner.cli.report import NoReport, checked
    from assay.scanner.compare import saved

    try:
        report = _of_folder(path) or saved.read(path)
    except saved.UnreadableReport as error:
        raise NoReport(f"{path}: {error}") from None
    if report is None:
        return side(path, arguments, sensitive, serving, {})
    report = checked(report, path)
    return ScannedSide(report if serving is None else limited(report, serving))


def _of_folder(path: str) -> Any:
    """The report of a run folder; None for what is none. Raises EvidenceError."""
    from assay.scanner.evidence import folder
    from assay.scanner.evidence.model import MANIFEST, RUN, EvidenceError
    from assay.scanner.evidence.signing import results_of

    if not os.path.isdir(path):
        return None
    if all(os.path.isfile(os.path.join(path, name)) for name in (MANIFEST, RUN)):
        return results_of(path)
    if runs := folder.runs(path):
        raise EvidenceError(f"{path}: holds {len(runs)} run folders; name one of them, the last is {os.path.join(path, runs[-1])}")
    return None


def _is_incomplete(side: ScannedSide) -> bool:
    from assay.scanner.cli.report import is_incomplete

    return side.scan.incomplete if side.scan is not None else is_incomplete(side.report)


def _rendered(made: Any, name: str, path: str, arguments: dict[str, Any]) -> list[bytes]:
    return [
        formats.load(name, plugins.DIFFS).render(
            made,
            width=shutil.get_terminal_size((100, 24)).columns,
            color=output.coloured(arguments, path),
            quiet=arguments["quiet"],
            verbose=bool(arguments["verbose"]),
        )
    ]


def _exit_code(made: Any, arguments: dict[str, Any], config: Config) -> int:
    from assay.scanner.diff.model import COUNTING

    failing = judging.failing_severities(arguments, config)
    if arguments["fail_on_new"] and any(
        change.state in COUNTING and change.after == "fail" and change.severity in failing and change.new.standing != "known"
        for change in made.changes
    ):
        return EXIT_FAILED
    strict = arguments["strict"] or config.strict
    unknown = made.summary.unchanged.get("unknown") or any(change.new is not None and change.after == "unknown" for change in made.changes)
    return EXIT_INCOMPLETE if made.incomplete or (strict and unknown) else EXIT_OK
