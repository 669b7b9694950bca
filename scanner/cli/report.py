"""`assay report`: reports of a run that is over, from what it wrote with `-r json` or `-r jsonl`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from assay.scanner.cli import EXIT_USAGE, console, judging, opining, output
from assay.scanner.compare import saved
from assay.scanner.errors import AssayError
from assay.scanner.results.model import Report
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.sources.encodings import read_up_to, utf8


class NoReport(AssayError):
    """A file that is no report, or one whose parts do not fit each other."""


@click.command("report")
@click.argument("results", metavar="RESULTS", type=click.Path(allow_dash=True))
@opining.imports
@judging.reporting
def command(**arguments: Any) -> None:
    """Write reports of a run that is over: RESULTS is what it wrote with -r json=FILE or -r jsonl=FILE, - for standard input.

    The exit code is that of the run, by --fail-on and --strict of this command line and of the configuration. Lines of code are not
    shown: they may have changed since.
    """
    sys.exit(_report(arguments))


def _report(arguments: dict[str, Any]) -> int:
    from assay.scanner.rules import load

    targets = output.report_targets(arguments)
    if targets is None:
        return EXIT_USAGE
    opinions = opining.asked(arguments)
    if opinions is None:
        return EXIT_USAGE
    try:
        report = read(arguments["results"])
        config = judging.configuration(arguments)
        folders = [load.builtin_folder(), *[Path(folder) for folder in (*config.policies, *arguments["policies"])]]
        rules = load.load(folders, overrides=config.overrides)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    report = opinions.beside(report, rules.by_id(), report.run.targets)
    asked = output.write_with(report, targets, rules, lambda _file, _first, _last: [], arguments)
    if ("text", "-") not in targets or arguments["quiet"]:  # else that report names them
        judging.say(report.coverage.gaps)
    code = judging.exit_code(report, is_incomplete(report), arguments, config)
    return asked if asked == EXIT_USAGE else code or asked


def read(path: str) -> Report:
    """The report of a file, or of standard input for `-`. Raises NoReport, UnreadableReport."""
    name = "standard input" if path == "-" else path
    if path != "-" and not os.path.exists(path):
        raise NoReport(f"{name}: there is no such file")
    try:
        report = saved.read(path) if path != "-" else saved.decoded(utf8(read_up_to(sys.stdin.buffer, saved.MAX_BYTES)))
    except saved.UnreadableReport as error:
        raise NoReport(f"{name}: {error}") from None
    except UnicodeError:
        report = None
    if report is None:
        raise NoReport(f"{name}: no report; give what assay scan or audit wrote with -r json=FILE or -r jsonl=FILE")
    return checked(report, name)


def checked(report: Report, name: str) -> Report:
    """The report, whose parts fit each other. Raises NoReport."""
    if Counter(result.verdict for result in report.results) != Counter(report.summary.verdicts):
        raise NoReport(f"{name}: its counts are not those of its results: it was cut or changed after it was written")
    if odd := next((result.severity for result in report.results if result.severity not in SEVERITIES), None):
        raise NoReport(f"{name}: {odd!r} is no severity; severities are {', '.join(SEVERITIES)}")
    return report


def is_incomplete(report: Report) -> bool:
    """Something could not be read or judged, and it was not so before."""
    known = set(report.gate.known_gaps)
    return any(result.verdict == "error" for result in report.results) or any(gap not in known for gap in report.coverage.gaps)
