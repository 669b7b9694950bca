"""`assay fix`: mend what fails in code, by edits that are proven before."""

from __future__ import annotations

import difflib
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from assay.scanner.cli import EXIT_INCOMPLETE, EXIT_USAGE, console, gating, judging, watching
from assay.scanner.cli.scan import named, reading
from assay.scanner.cli.sections import Sectioned
from assay.scanner.words import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.scanner.config import Config
    from assay.scanner.fix.converge import FixOutcome
    from assay.scanner.fix.files import Files
    from assay.scanner.results.model import Report, Result
    from assay.scanner.run import Scan

_TOLD = 100
"""Lines of a kind that are told."""


@click.command("fix", cls=Sectioned)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--write", is_flag=True, help="Write the files. Without it, the edits are shown as a diff.")
@click.option("--unsafe", is_flag=True, help="With fixes that may replace a resource, cost, or cut traffic.")
@reading
@click.option("--profile", help="A named set of controls.")
@click.option("--fail-on", type=click.Choice(["critical", "high", "medium", "low", "never"]), help="As for assay scan.  [default: low]")
@click.option("--strict", is_flag=True, help="An unknown verdict makes the run incomplete (exit 3).")
@gating.options
@judging.choice
def command(**arguments: Any) -> None:
    """Mend what fails in code below PATHs, where the control says how.

    Each fix is judged before it is offered: with it the finding is gone, and no verdict of any control is worse. Exit codes are those of a
    scan of the files as they are when the command ends.
    """
    sys.exit(_fix(arguments))


def _fix(arguments: dict[str, Any]) -> int:
    prepared = judging.prepare(arguments, named(arguments, list(arguments["paths"])))
    if prepared is None:
        return EXIT_USAGE
    scan, config = prepared
    report = watching.watch(scan, arguments["quiet"])
    judging.say(report.coverage.gaps)
    if any(gap.code == "not_found" for gap in report.coverage.gaps):
        return EXIT_USAGE
    wanted = {result.fingerprint for result in report.results if result.verdict == "fail"}
    if not wanted:
        console.tell("assay: nothing fails that could be fixed")
        return judging.exit_code(report, scan.incomplete, arguments, config)
    from assay.scanner.fix.propose import fixing

    fixer = fixing(structs.replace(scan.options, controls=(), frameworks=()))  # whatever is mended, nothing else becomes worse
    more = not arguments["unsafe"] and not arguments["quiet"]
    with watching.steps(arguments["quiet"], "proving fixes: ") as fixer.judging.step:
        outcome = fixer.run(lambda result: result.fingerprint in wanted, arguments["unsafe"])
        files = outcome.files
        unsafe = fixer.run(lambda result: result.fingerprint in wanted, unsafe=True) if more and outcome.unfixed else None
    places = {} if arguments["write"] else {result.fingerprint: result for result in report.results}
    if not arguments["quiet"]:
        at = {key: _place(result) for key, result in places.items()}
        _tell_all(f"{proposal.control}: {proposal.title}" for proposal in outcome.fixed)
        _tell_all(_left(outcome, unsafe, at))
        _tell_all(_for_review(outcome, unsafe, at))
    _count(outcome, arguments)
    return _end(files, outcome, report, scan, arguments, config, fixer.files)


def _end(
    edited: dict[str, bytes], outcome: FixOutcome, report: Report, scan: Scan, arguments: dict[str, Any], config: Config, files: Files
) -> int:
    if not arguments["write"]:
        for line in _diff(edited, files, scan):
            click.echo(line)
        return judging.exit_code(report, scan.incomplete, arguments, config)
    if changed := files.changed():
        console.tell(f"assay: {changed[0]} was changed while its fixes were proven: nothing is written; run it again")
        return EXIT_INCOMPLETE
    try:
        _write(edited)
    except OSError as error:
        console.tell(f"assay: {error.filename}: {error.strerror}")
        return EXIT_INCOMPLETE
    fixed = {proposal.fingerprint for proposal in outcome.fixed}
    left = [result for result in report.results if result.fingerprint not in fixed or result.verdict != "fail"]
    return judging.exit_code(structs.replace(report, results=left), scan.incomplete, arguments, config)


def _write(edited: dict[str, bytes]) -> None:
    """Raises OSError."""
    for file, content in edited.items():
        with open(os.path.realpath(file), "wb") as opened:
            opened.write(content)


def _diff(edited: dict[str, bytes], files: Files, scan: Scan) -> Iterator[str]:
    """The edits as a unified diff, without what is secret in the lines around them."""
    from assay.scanner.results.code import without_secret_values

    for file, content in sorted(edited.items()):
        before = files.below.read(file, len(content) + (1 << 26))
        texts = [without_secret_values(text.decode("utf-8", "replace"), scan.sensitive) for text in (before, content)]
        old, new = (text.splitlines() for text in texts)
        yield from map(console.one_line, difflib.unified_diff(old, new, f"a/{file}", f"b/{file}", lineterm=""))


def _place(result: Result) -> str:
    block = next(iter(result.resource.blocks), None)
    return f"{block.file}:{block.start_line}: " if block and block.start_line else ""


def _tell_all(lines: Iterable[str]) -> None:
    """Tell lines on standard error: those that are alike once, with their number, and of many the first."""
    counted = Counter(lines)
    for line, number in list(counted.items())[:_TOLD]:
        console.tell(line + (f" ({number} findings)" if number > 1 else ""))
    if len(counted) > _TOLD:
        console.tell(f"assay: and {many(len(counted) - _TOLD, 'more line')}")


def _left(outcome: FixOutcome, unsafe: FixOutcome | None, places: dict[str, str]) -> Iterator[str]:
    """What is not fixed, and why; what --unsafe fixes is told by `_for_review`.

    `unsafe`: what --unsafe would come to. `places`: where findings are in the files as they are, where these are not those of the outcome.
    """
    reviewed = {proposal.fingerprint for proposal in unsafe.fixed} if unsafe else set()
    reasons = {finding.fingerprint: finding.why for finding in unsafe.unfixed} if unsafe else {}
    for finding in outcome.unfixed:
        if finding.why or finding.fingerprint not in reviewed:
            place = places.get(finding.fingerprint, f"{finding.file}:{finding.line}: " if finding.file else "")
            why = finding.why or reasons.get(finding.fingerprint, "") or "its fix is for review (--unsafe)"
            yield f"{place}{finding.control}: {finding.address} is not fixed: {why}"


def _for_review(outcome: FixOutcome, unsafe: FixOutcome | None, places: dict[str, str]) -> Iterator[str]:
    """What --unsafe would mend beside."""
    fixed = {proposal.fingerprint for proposal in outcome.fixed}
    for proposal in unsafe.fixed if unsafe else ():
        if proposal.fingerprint not in fixed:
            because = f": {proposal.because}" if proposal.because else ""
            yield f"--unsafe: {places.get(proposal.fingerprint, '')}{proposal.control}: {proposal.title}{because}"


def _count(outcome: FixOutcome, arguments: dict[str, Any]) -> None:
    done = "fixed" if arguments["write"] else "can be fixed (--write does it)"
    number = len({proposal.fingerprint for proposal in outcome.fixed})
    left = f", {many(len(outcome.unfixed), 'finding')} left" if outcome.unfixed else ""
    console.tell(f"assay: {many(number, 'finding')} {done} in {many(len(outcome.files), 'file')}{left}")
