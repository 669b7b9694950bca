"""`assay compare`: what the code says and what the cloud is, in one table."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from assay.scanner import plugins
from assay.scanner.cli import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, evidencing, judging, output, watching
from assay.scanner.cli.comparing import Both, ComparedEvidence, ScannedSide, page
from assay.scanner.cli.scan import named, reading
from assay.scanner.cli.sections import Sectioned
from assay.scanner.config import Config
from assay.scanner.errors import AssayError
from assay.scanner.results import formats


@click.command("compare", cls=Sectioned)
@click.argument("ours", metavar="CODE")
@click.argument("theirs", metavar="LIVE")
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="[ROOT=]FILE",
    help="Terraform state of a root module of CODE: tells which live resource each of its resources is. Repeatable.",
)
@reading
@click.option("--profile", help="A named set of controls.")
@evidencing.options
@functools.partial(judging.options, group=plugins.COMPARISONS)
def command(**arguments: Any) -> None:
    """Compare the verdicts on CODE with those on the LIVE accounts: drift, what is not deployed, what no code makes.

    Each side is a JSON report (assay scan or audit -r json=FILE) or anything that assay scan takes, which is scanned now.

    Exit codes: 1 something at or above --fail-on fails live, whatever the code says; 3 a side or the comparison is incomplete (with
    --strict also: a row is unknown, ambiguous or not seen); 2 wrong usage; 0 none of these.
    """
    with evidencing.asked(arguments, "compare", ComparedEvidence) as evidence:
        code = _compare(arguments, evidence) if isinstance(evidence, ComparedEvidence) else EXIT_USAGE
    sys.exit(code)


def _compare(arguments: dict[str, Any], evidence: ComparedEvidence) -> int:
    from assay.scanner.compare.shown import report_of, shown_of
    from assay.scanner.sources.sensitive import Sensitive

    targets = output.report_targets(arguments)
    if targets is None:
        return EXIT_USAGE
    try:
        config = judging.configuration(arguments)
        serving = serving_of(arguments, config)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    sensitive = Sensitive()
    more = evidence.named()
    code = side(arguments["ours"], arguments, sensitive, serving, more)
    live = None if code is None else side(arguments["theirs"], arguments, sensitive, serving, more)
    if code is None or live is None or not _are_sides(code.report, live.report, arguments):
        return EXIT_USAGE
    comparison = shown_of(made(code.report, live.report, arguments, config), sensitive)
    for compared in (code, live):
        compared.report = report_of(compared.report, sensitive)
    both = Both(code, live, sensitive, next((one.scan.rules.set for one in (code, live) if one.scan is not None), None))
    asked = _write(comparison, targets, arguments, both)
    ended = _exit_code(comparison, arguments, config)
    if evidence:
        asked = output.worst(asked, _leave(evidence, comparison, both, ended, arguments, config))
    return asked if asked == EXIT_USAGE else ended or asked


def made(code: Any, live: Any, arguments: dict[str, Any], config: Config) -> Any:
    """The comparison of two reports, by the states and the options of a command line."""
    from assay.scanner.compare.state import State, read
    from assay.scanner.compare.table import compare
    from assay.scanner.options import Options
    from assay.scanner.results.in_force import of_options

    states = [read(argument) for argument in arguments["states"]]
    readable = [state for state in states if isinstance(state, State)]
    gaps = [gap for gap in states if not isinstance(gap, State)]
    comparison = compare(code, live, readable, gaps, config.described, _judge_accounts(code, live, arguments, config))
    fail_on = arguments["fail_on"] or config.fail_on or "low"
    chosen = Options(configuration=config.file or None, fail_on=fail_on, frameworks=arguments["frameworks"])
    return msgspec.structs.replace(comparison, in_force=of_options(chosen))


def _judge_accounts(code: Any, live: Any, arguments: dict[str, Any], config: Config) -> Any:
    """What gives the verdicts on live accounts as a whole; None where the control is not among those of both sides."""
    from assay.scanner.compare.managed import CONTROL

    if not all(any(control.id == CONTROL for control in report.controls) for report in (code, live)):
        return None
    from assay.scanner.estate import account_judge
    from assay.scanner.options import Options

    settings = config.controls.get(CONTROL)
    chosen = Options(
        policies=[*config.policies, *arguments["policies"]],
        overrides=config.overrides,
        estate=config.described,
        roles=config.roles,
        severities={CONTROL: settings.severity} if settings and settings.severity else {},
        disabled={CONTROL: settings.reason} if settings and not settings.enabled else {},
    )
    return account_judge(chosen)


def _leave(evidence: ComparedEvidence, comparison: Any, both: Both, code: int, arguments: dict[str, Any], config: Config) -> int:
    """Write the run folder; the exit code that this alone asks for."""
    from assay.scanner.compare.merged import merged
    from assay.scanner.compare.state import root_and_path

    evidence.comparison = comparison
    evidence.never_stored = {root_and_path(argument)[1]: "a state holds secrets in full" for argument in arguments["states"]}
    named = {"code": arguments["ours"], "live": arguments["theirs"]}
    taken = [name for name, one in (("code", both.code), ("live", both.live)) if one.scan is None]
    evidence.never_stored |= {named[name]: "it is a report, which stands beside the others as it was read" for name in taken}
    evidence.more = {"taken_over": taken}
    return evidence.write(merged(comparison, both.code.report, both.live.report), code, both, config)


def serving_of(arguments: dict[str, Any], config: Config) -> frozenset[str] | None:
    """Ids of the controls that serve the frameworks of the command line; None where it names none. Raises AssayError."""
    from assay.scanner.rules import load

    if not arguments["frameworks"]:
        return None
    folders = [load.builtin_folder(), *(Path(folder) for folder in (*config.policies, *arguments["policies"]))]
    rules = load.load(folders, overrides=config.overrides)
    return frozenset(compiled.control.id for compiled in load.select(rules, (), None, arguments["frameworks"]))


def side(path: str, arguments: dict[str, Any], sensitive: Any, serving: frozenset[str] | None, more: dict[str, Any]) -> ScannedSide | None:
    """One side, read or made now; None, after saying why, where there is none. Takes its `sensitive` texts in. `more`: further Options.

    A report that is read was made by other options: what is not of the controls in `serving` is left out of it.
    """
    from assay.scanner.compare import saved

    if not os.path.exists(path):
        _say(f"{path}: no such file or directory")
        return None
    try:
        report = saved.read(path)
    except saved.UnreadableReport as error:
        _say(f"{path}: {error}")
        return None
    if report is not None:
        return ScannedSide(report if serving is None else limited(report, serving))
    prepared = judging.prepare(arguments, {**named(arguments, [path]), **more})
    if prepared is None:
        return None
    report = watching.watch(prepared[0], arguments["quiet"])
    sensitive.take(prepared[0].sensitive.texts)
    return ScannedSide(report, prepared[0])


def limited(report: Any, serving: frozenset[str]) -> Any:
    """A report without what is not of the controls in `serving`."""
    return msgspec.structs.replace(
        report,
        controls=[control for control in report.controls if control.id in serving],
        results=[result for result in report.results if result.control in serving],
    )


def _are_sides(code: Any, live: Any, arguments: dict[str, Any]) -> bool:
    """Whether each side is what it has to be; says so where it is not."""
    from assay.scanner.analysis.estate.kinds import ESTATE
    from assay.scanner.compare.resources import LIVE_ROOTS

    ours = next((result.resource.root for result in code.results if result.resource.root.startswith(LIVE_ROOTS)), None)
    theirs = next((result.resource.root for result in live.results if not result.resource.root.startswith((*LIVE_ROOTS, ESTATE))), None)
    if ours is not None:
        _say(f"CODE ({arguments['ours']}) holds live resources ({ours}): name the code first, then the live side")
    elif theirs is not None:
        _say(f"LIVE ({arguments['theirs']}) holds resources of code ({theirs}): name an audit's report, a snapshot or an asset export")
    return ours is None and theirs is None


def _say(message: str) -> None:
    console.tell(f"assay: {message}")


def _write(comparison: Any, targets: list[tuple[str, str]], arguments: dict[str, Any], both: Both) -> int:
    """Render and write every report; the exit code that this alone asks for."""
    codes = [output.written(name, path, functools.partial(_rendered, comparison, name, path, arguments, both)) for name, path in targets]
    if ("text", "-") not in targets or arguments["quiet"]:  # else that report names them
        judging.say((*comparison.code.gaps, *comparison.live.gaps, *comparison.gaps))
    return EXIT_USAGE if EXIT_USAGE in codes else max(codes)


def _rendered(comparison: Any, name: str, path: str, arguments: dict[str, Any], both: Both) -> list[bytes]:
    if name == "html":
        return [page(comparison, both, auditor=arguments.get("reader") == "auditor")]
    return [
        formats.load(name, plugins.COMPARISONS).render(
            comparison,
            width=shutil.get_terminal_size((100, 24)).columns,
            color=output.coloured(arguments, path),
            quiet=arguments["quiet"],
        )
    ]


def _exit_code(comparison: Any, arguments: dict[str, Any], config: Config) -> int:
    failing = judging.failing_severities(arguments, config)
    if any(row.live.verdict == "fail" and row.severity in failing for row in comparison.rows):
        return EXIT_FAILED
    if any(finding.verdict == "fail" for row in comparison.rows if row.severity in failing for finding in row.live.findings):
        return EXIT_FAILED  # beside an error
    gaps = comparison.code.gaps or comparison.live.gaps or comparison.gaps
    crashed = any("error" in (row.code.verdict, row.live.verdict) for row in comparison.rows)
    open_ = any(row.status in ("unknown", "fails_live_code_unknown", "ambiguous", "not_seen") for row in comparison.rows)
    incomplete = bool(gaps) or crashed or not comparison.rows or ((arguments["strict"] or config.strict) and open_)
    return EXIT_INCOMPLETE if incomplete else EXIT_OK
