"""`assay evidence sample`: some of what a run judged, for people to look at themselves."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from assay.scanner.cli import EXIT_FAILED, EXIT_OK, EXIT_USAGE, console, output
from assay.scanner.errors import AssayError
from assay.scanner.words import spreadsheet_cell, visible

if TYPE_CHECKING:
    from assay.scanner.evidence.sampling import Sample

_VERDICTS = ("pass", "fail", "unknown", "not_applicable", "waived", "error")
COLUMNS = (
    "rank", "order", "control", "severity", "verdict", "message", "cloud", "account", "region", "type", "resource", "address", "root",
    "element", "file", "line", "fingerprint", "key",
)  # fmt: skip
_LONGEST = 32_000
"""Characters of a cell: Excel takes 32,767."""


@click.command("sample")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.option("-n", "--number", type=click.IntRange(min=1), default=25, show_default=True, help="How many are drawn.")
@click.option("--of", type=click.Choice(["results", "resources"]), default="results", show_default=True, help="Of what.")
@click.option("--verdict", "verdicts", multiple=True, type=click.Choice(_VERDICTS), help="Only results with this verdict. Repeatable.")
@click.option("--seed", help="What decides which are drawn.  [default: the sha256 of the manifest]")
@click.option("-o", "--output", "out", type=click.Path(dir_okay=False), metavar="FILE", help="Write the sample as CSV as well.")
def command(**arguments: Any) -> None:
    """Draw a sample of what the run folder RUN says, by a seed: who knows it draws the same again.

    An auditor chooses the seed after the run is signed. With the seed of the manifest, whoever makes runs can make them until a sample
    suits.
    """
    sys.exit(_sample(arguments))


def _sample(arguments: dict[str, Any]) -> int:
    from assay.scanner.evidence import check, sampling, signing

    run = arguments["run"]
    checked = check.check(run, None)
    if wrong := [problem for problem in checked.problems if problem.kind in ("changed", "missing", "added", "refused")]:
        for problem in wrong:
            console.tell(f"assay: {problem.what}: {problem.kind}: {problem.why}")
        return EXIT_FAILED
    try:
        report = signing.results_of(run)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    seed = checked.digest if arguments["seed"] is None else arguments["seed"]
    sample = sampling.draw(report, arguments["of"], arguments["number"], seed, arguments["verdicts"])
    for line in _text(sample, checked.name, arguments):
        console.show(console.one_line(line))
    if arguments["out"] and output.written("csv", arguments["out"], lambda: [_csv(sample)]) != EXIT_OK:
        return EXIT_USAGE
    return EXIT_OK


def _text(sample: Sample, name: str, arguments: dict[str, Any]) -> Iterator[str]:
    of = f"{sample.population} {sample.of}" + (f" with the verdict {' or '.join(arguments['verdicts'])}" if arguments["verdicts"] else "")
    yield f"{name}: {len(sample.drawn)} of {of}, by the seed {sample.seed}"
    for rank, drawn in enumerate(sample.drawn, 1):
        result, resource = drawn.result, drawn.resource
        said = f"{result.verdict} {result.control}: " if result else ""
        element = f" [{result.element}]" if result and result.element else ""
        yield f"{rank:>4}  {drawn.order[:12]}  {said}{resource.address}{element} ({resource.root})"
    if sample.population > len(sample.drawn):
        yield f"{sample.population - len(sample.drawn)} were not drawn"


def _csv(sample: Sample) -> bytes:
    """A line of headings, the sample in the order in which it was drawn, and what it takes to draw it again in a last line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for row in _rows(sample):
        writer.writerow([spreadsheet_cell(visible(str(row.get(column) or ""))[:_LONGEST]) for column in COLUMNS])
    return buffer.getvalue().encode()


def _rows(sample: Sample) -> Iterator[dict[str, object]]:
    from assay.scanner.results.telling import told

    for rank, drawn in enumerate(sample.drawn, 1):
        resource, result = drawn.resource, drawn.result
        row: dict[str, object] = {
            "rank": rank, "order": drawn.order, "cloud": resource.cloud, "account": resource.account, "region": resource.region,
            "type": resource.type, "resource": resource.id, "address": resource.address, "root": resource.root, "key": drawn.key,
        }  # fmt: skip
        if resource.blocks:
            row |= {"file": resource.blocks[0].file, "line": resource.blocks[0].start_line}
        if result is not None:
            row |= {
                "control": result.control, "severity": result.severity, "verdict": result.verdict, "message": told(result),
                "element": result.element, "fingerprint": result.fingerprint,
            }  # fmt: skip
        yield row
    yield {"rank": "drawn by", "order": sample.seed, "message": f"{len(sample.drawn)} of {sample.population} {sample.of}"}
