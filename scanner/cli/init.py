"""`assay init`: a first configuration, by what is there."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console, judging, watching
from assay.scanner.cli.scan import named, reading
from assay.scanner.cli.sections import Sectioned
from assay.scanner.config import DEFAULT_FILE


@click.command("init", cls=Sectioned)
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option(
    "-o",
    "--output",
    "out",
    type=click.Path(dir_okay=False),
    default=DEFAULT_FILE,
    show_default=True,
    metavar="FILE",
    help="Where to write it; - is standard output.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the file instead, for editors.")
@reading
@click.option("--profile", help="A named set of controls.")
@judging.choice
def command(**arguments: Any) -> None:
    """Write a commented assay.yaml from what a scan of PATHs finds: regions, roles by the tags that are there, what is not configured.

    Without PATH, the working directory is scanned. Nothing is guessed from names; what has to be decided stands in the file as a comment.
    """
    sys.exit(_schema() if arguments["schema"] else _init(arguments))


def _init(arguments: dict[str, Any]) -> int:
    out = arguments["out"]
    if out != "-" and os.path.lexists(out) and not arguments["force"]:
        console.tell(f"assay: {out} is there already; -o FILE writes elsewhere, --force over it")
        return EXIT_USAGE
    paths = list(arguments["paths"]) or ["."]
    arguments |= {"fail_on": None, "baseline": None, "no_baseline": True, "no_config": True, "config_file": None}
    prepared = judging.prepare(arguments, named(arguments, paths))
    if prepared is None:
        return EXIT_USAGE
    scan, _ = prepared
    report = watching.watch(scan, arguments["quiet"])
    if missing := [gap for gap in report.coverage.gaps if gap.code == "not_found"]:
        judging.say(missing)
        return EXIT_USAGE
    from assay.scanner.cli import output
    from assay.scanner.cli.starter import starter

    text = starter(report, {compiled.control.id: compiled.control for compiled in scan.selected}, paths)
    code = output.written("configuration", out, lambda: [text.encode()])
    if code != EXIT_OK:
        return code
    if out != "-" and not arguments["quiet"]:
        console.tell(f"assay: {out} is written; read it, then run: assay scan {' '.join(paths)}")
    return EXIT_OK


def _schema() -> int:
    from assay.scanner.configuration_schema import text

    console.show(text())
    return EXIT_OK
