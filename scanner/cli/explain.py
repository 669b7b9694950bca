"""`assay explain`: a control, or one finding, as a whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.scanner import lazy_re
from assay.scanner.cli import EXIT_OK, EXIT_USAGE, completing, console, gating, judging, watching
from assay.scanner.cli.excerpts import Excerpts
from assay.scanner.cli.explain_control import of_control
from assay.scanner.cli.explain_finding import of_finding, of_past
from assay.scanner.cli.scan import named, reading
from assay.scanner.cli.sections import Sectioned
from assay.scanner.errors import AssayError

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.results.model import Report, Result
    from assay.scanner.rules.load import RuleSet

SHORTEST = 8
"""Digits of a fingerprint that are enough."""
_HEX = lazy_re.pattern(r"[0-9a-fA-F]+")
_LISTED = 20
"""Findings that are listed where several are meant."""


@click.command("explain", cls=Sectioned)
@click.argument("what", metavar="CONTROL|FINGERPRINT", shell_complete=completing.controls)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--report",
    "results",
    type=click.Path(exists=True, dir_okay=False),
    metavar="RESULTS.json",
    help="Take the finding from this report (-r json).",
)
@reading
@click.option("--profile", help="A named set of controls.", shell_complete=completing.profiles)
@gating.options
@judging.choice
def command(**arguments: Any) -> None:
    """Tell all of a control, or of one finding.

    CONTROL: what it asks, why, how it is mended in each input, what each input cannot show. FINGERPRINT, of which 8 digits are enough: the
    facts, where each was seen, what was expected, and what would change the verdict. The finding is looked for below PATHs (the working
    directory, where none is named), with the options of the scan that found it, or in RESULTS.json.
    """
    what = arguments["what"]
    sys.exit(_finding(what.lower(), arguments) if _is_fingerprint(what) else _control(what, arguments))


def _is_fingerprint(what: str) -> bool:
    """Ids of controls have a dot, and digits of a fingerprint are hexadecimal."""
    return bool(_HEX.fullmatch(what)) and (len(what) >= SHORTEST or any(char.isdigit() for char in what))


def _control(id_: str, arguments: dict[str, Any]) -> int:
    if arguments["paths"] or arguments["results"]:
        console.tell(f"assay: {id_!r} is no fingerprint, and paths and reports are for findings; give 8 digits or more of a fingerprint")
        return EXIT_USAGE
    try:
        rules = _rules(arguments)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    for compiled in rules.controls:
        if id_.lower() in (compiled.control.id, *compiled.control.aliases):
            of_control(compiled).tell()
            return EXIT_OK
    console.tell(f"assay: there is no control {id_!r}; {_of_peer(id_, rules) or _near(id_, list(rules.by_id()))}")
    return EXIT_USAGE


def _rules(arguments: dict[str, Any]) -> RuleSet:
    from assay.scanner.rules.load import builtin_folder, load

    config = judging.configuration(arguments)
    return load([builtin_folder(), *[Path(folder) for folder in (*config.policies, *arguments["policies"])]], overrides=config.overrides)


def _of_peer(check: str, rules: RuleSet) -> str:
    """Which controls ask what a check of another scanner asks; empty where none maps to it."""
    from assay.scanner.rules.peers import asking

    return "; ".join(
        f"{name} of {scanner} is asked by {', '.join(control.id for control in controls)}"
        for (scanner, name), controls in asking(check, rules.by_id().values()).items()
    )


def _near(id_: str, known: list[str]) -> str:
    """The controls that may be meant: those with the same ending or with the words in them, else the nearest by spelling."""
    import difflib

    wanted = id_.lower()
    endings = {name.rpartition(".")[2]: name for name in known}
    near = [name for name in known if wanted in name]
    near += [endings[ending] for ending in difflib.get_close_matches(wanted.rpartition(".")[2], endings, 3)]
    near = list(dict.fromkeys([*difflib.get_close_matches(wanted, known, 3), *near]))[:3]
    return f"did you mean {' or '.join(near)}?" if near else "see assay controls list"


def _finding(fingerprint: str, arguments: dict[str, Any]) -> int:
    if len(fingerprint) < SHORTEST:
        console.tell(f"assay: {fingerprint!r} is too short for a fingerprint; give {SHORTEST} digits or more of it")
        return EXIT_USAGE
    try:
        looked = _saved(arguments) if arguments["results"] else _scanned(arguments)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    if looked is None:
        return EXIT_USAGE
    report, rules, source = looked
    matching = [result for result in report.results if result.fingerprint.startswith(fingerprint)]
    if len({result.fingerprint for result in matching}) > 1:
        console.tell(f"assay: {fingerprint} is the beginning of several fingerprints; give more digits")
        return _list(matching)
    for result in matching:
        of_finding(result, report, rules.by_id().get(result.control), source).tell()
    if matching:
        return EXIT_OK
    for comparison in report.gate.comparisons:
        for past in comparison.gone:
            if past.fingerprint.startswith(fingerprint):
                of_past(past, comparison).tell()
                return EXIT_OK
    return _missing(fingerprint, report)


def _list(results: list[Result]) -> int:
    for result in results[:_LISTED]:
        console.tell(f"  {result.fingerprint[: SHORTEST * 2]} {result.verdict} {result.control} {result.resource.address}")
    if len(results) > _LISTED:
        console.tell(f"  and {len(results) - _LISTED} more")
    return EXIT_USAGE


def _missing(fingerprint: str, report: Report) -> int:
    import difflib

    starts = {result.fingerprint[: len(fingerprint)]: result for result in report.results if result.verdict != "not_applicable"}
    near = difflib.get_close_matches(fingerprint, starts, 3)
    where = " ".join(report.run.targets)
    console.tell(
        f"assay: no result in {where} has a fingerprint that begins with {fingerprint}; "
        + ("did you mean one of these?" if near else "name the paths, and give the options of the scan that found it")
    )
    return _list([starts[start] for start in near]) if near else EXIT_USAGE


def _saved(arguments: dict[str, Any]) -> tuple[Report, RuleSet, Callable[[str, int, int], list[str]]] | None:
    """A report that was written before. Its code may be another by now, and is not shown."""
    from assay.scanner.compare import saved

    path = arguments["results"]
    if arguments["paths"]:
        console.tell("assay: give paths or --report, not both")
        return None
    report = saved.read(path)
    if report is None:
        console.tell(f"assay: {path}: no report; give what assay scan wrote with -r json=FILE")
        return None
    return report, _rules(arguments), lambda _file, _first, _last: []


def _scanned(arguments: dict[str, Any]) -> tuple[Report, RuleSet, Callable[[str, int, int], list[str]]] | None:
    arguments |= {"fail_on": None}
    prepared = judging.prepare(arguments, named(arguments, list(arguments["paths"]) or ["."]))
    if prepared is None:
        return None
    scan, _ = prepared
    report = watching.watch(scan, arguments["quiet"])
    return report, scan.rules.set, Excerpts(scan.options.paths, scan.sensitive).lines
