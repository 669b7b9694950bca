"""`assay baseline`: what is there now, so that from now on only what is new counts."""

from __future__ import annotations

import datetime
import sys
from typing import Any

import click

from assay.scanner.cli import EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, gating, judging, output, watching
from assay.scanner.cli.scan import named, reading
from assay.scanner.cli.sections import Sectioned
from assay.scanner.gate import baseline
from assay.scanner.words import many


@click.command("baseline", cls=Sectioned)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o", "--output", "out", type=click.Path(dir_okay=False), required=True, metavar="FILE", help="Where to write it; - is standard output."
)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="The last day on which it counts.")
@reading
@click.option("--profile", help="A named set of controls.")
@judging.choice
def command(**arguments: Any) -> None:
    """Write down what fails or is unknown below PATHs now, and what cannot be read.

    A run with --baseline FILE then counts what is new beside it. A finding stays known when its code moves, and a gap as long as the file
    that it is about is the same. Commit the file: its changes are reviewed like code.
    """
    sys.exit(_baseline(arguments))


def _baseline(arguments: dict[str, Any]) -> int:
    # What is known is everything: no severity, and no baseline that the configuration names, leaves something out.
    arguments |= {"fail_on": None, "baseline": None, "no_baseline": True}
    prepared = judging.prepare(arguments, named(arguments, list(arguments["paths"])))
    if prepared is None:
        return EXIT_USAGE
    scan, _ = prepared
    report = watching.watch(scan, arguments["quiet"])
    expires = arguments["expires"].date() if arguments["expires"] else None
    if expires is not None and expires < datetime.datetime.now(datetime.UTC).date():
        console.tell(f"assay: --expires {expires}: that day is over")
        return EXIT_USAGE
    digest = baseline.digest_of(gating.content_of(scan))
    made = baseline.of_report(report, digest, expires.isoformat() if expires else "", scope=gating.scope_of(scan))
    code = output.written("baseline", arguments["out"], lambda: [baseline.encode(made)])
    if code != EXIT_OK:
        return code
    if not arguments["quiet"]:
        counts = f"{many(len(made.findings), 'finding')} and {many(len(made.gaps), 'gap')}"
        console.tell(f"assay: {arguments['out']}: {counts} are known; use it with --baseline {arguments['out']}")
        if counting := len(report.coverage.gaps) - len(made.gaps):
            console.tell(f"assay: {many(counting, 'gap')} cannot be known, since nothing tells what is left out, and count in every run:")
            judging.say(gap for gap in report.coverage.gaps if baseline.known_gap(gap, digest) is None)
    return EXIT_INCOMPLETE if any(gap.code == "not_found" for gap in report.coverage.gaps) else EXIT_OK
