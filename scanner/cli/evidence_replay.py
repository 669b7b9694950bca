"""`assay evidence replay`: judge what a run folder stores, and compare with what the run said."""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
import msgspec

from assay.scanner.cli import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, judging, output, watching
from assay.scanner.cli.scan import NameAndValue
from assay.scanner.cli.stdin import renaming
from assay.scanner.errors import AssayError
from assay.scanner.words import many

if TYPE_CHECKING:
    from assay.scanner.evidence.model import RunRecord
    from assay.scanner.evidence.restore import Restoring
    from assay.scanner.results.model import Report

_LISTED = 20
_PATHS = ("paths", "var_files", "parameter_files", "policies")
_PATH = ("code", "config_file", "baseline", "guardrails", "ours", "theirs")


class _Asked(msgspec.Struct, kw_only=True):
    """The options of a run that its replay takes over, as the record has them."""

    paths: list[str] = []
    var_files: list[str] = []
    variables: list[str] = []
    parameters: list[str] = []
    parameter_files: list[str] = []
    policies: list[str] = []
    controls: list[str] = []
    frameworks: list[str] = []
    workspace: str | None = None
    region: str | None = None
    account: str | None = None
    code: str | None = None
    config_file: str | None = None
    no_config: bool = False
    profile: str | None = None
    fail_on: str | None = None
    strict: bool = False
    allow_empty: bool = False
    limit_memory: int | None = None
    limit_seconds: float | None = None
    baseline: str | None = None
    no_inline: bool = False
    guardrails: str | None = None


class _AskedOfBoth(_Asked, kw_only=True):
    """Those of a comparison, beside them."""

    ours: str | None = None
    theirs: str | None = None
    states: list[str] = []
    taken_over: list[str] = []
    """Sides that were reports: `code`, `live`."""


@click.command("replay")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--originals",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="What the working directory of the run was, where it is now: files that are not stored whole are taken from there.",
)
@click.option("--var", "variables", multiple=True, type=NameAndValue(), help="The value of a variable that was given by --var.")
@click.option("--parameter", "parameters", multiple=True, type=NameAndValue(), help="The value of a parameter that was given so.")
@click.option("-o", "--output", "out", type=click.Path(dir_okay=False), metavar="FILE", help="Write the results of the replay there.")
def command(**arguments: Any) -> None:
    """Judge again what the run folder RUN stores, by its configuration and its day, and compare the JSON report byte by byte.

    Exit codes: 0 it is identical; 1 it is not, or the folder is not as it was written; 3 it is not, and what was judged is not here in
    everything: files that are not stored whole, values of variables, another version of assay; 2 wrong usage.
    """
    sys.exit(_replay(arguments))


def _replay(arguments: dict[str, Any]) -> int:
    from assay.scanner.evidence import check, folder
    from assay.scanner.evidence.model import MAX_JSON, RESULTS, RUN, RunRecord, decode

    run = os.path.realpath(arguments["run"])
    checked = check.check(run, None)
    if wrong := [problem for problem in checked.problems if problem.kind in ("changed", "missing", "added", "refused")]:
        for problem in wrong:
            console.tell(f"assay: {problem.what}: {problem.kind}: {problem.why}")
        return EXIT_FAILED
    try:
        record = decode(folder.read(run, RUN, MAX_JSON), RunRecord, RUN)
        said = folder.read(run, RESULTS, MAX_JSON * 10)
        with _restored(run, record, arguments["originals"]) as restored:
            if record.command == "compare":
                from assay.scanner.cli.evidence_replay_compared import judged

                return judged(run, record, restored, arguments, said)
            report = _judged(run, record, restored, arguments)
    except OSError as error:
        console.tell(f"assay: {run}: cannot be judged again: {error.strerror or error}")
        return EXIT_USAGE
    except (AssayError, Stop) as error:
        if isinstance(error, AssayError):
            console.refused(error)
        return EXIT_USAGE
    return compared(report, said, record, restored.made, arguments)


class Stop(Exception):
    """What is wrong was told."""


class RestoredRun(msgspec.Struct):
    """What a run was judged by, put back below `top`."""

    top: str
    made: Restoring


@contextlib.contextmanager
def _restored(run: str, record: RunRecord, originals: str | None) -> Iterator[RestoredRun]:
    """The working directory of the run, put back below another directory, as the working directory."""
    from assay.scanner.evidence.restore import below, restore

    originals, before = os.path.abspath(originals) if originals else None, os.getcwd()
    with tempfile.TemporaryDirectory(prefix="assay-replay-") as made:
        top = os.path.realpath(made)
        restoring = restore(run, top, record.directory, originals)
        try:
            os.chdir(below(top, record.directory))
            yield RestoredRun(top, restoring)
        finally:
            os.chdir(before)


def _judged(run: str, record: RunRecord, restored: RestoredRun, arguments: dict[str, Any]) -> Report:
    """The report of the replay. Raises AssayError, and Stop."""
    from assay.scanner.cli.scan import named
    from assay.scanner.evidence.signing import results_of

    taken, today = asked_then(record, restored.top, arguments)
    fields = {**named(taken, taken["paths"]), "today": today, "overlay": restored.made.overlay}
    if record.command != "scan":
        fields = {"paths": record.run.targets, "today": today}
    prepared = judging.prepare(taken, fields)
    if prepared is None:
        raise Stop
    scan, names = prepared[0], {restored.top: ""}
    if record.snapshot is not None:
        path = _snapshot(run, record, scan)
        names = {path: record.snapshot.shown, **names}
    return as_then(renaming(watching.watch(scan, True), names), results_of(run))


def as_then(report: Report, said: Report) -> Report:
    """A report with what is not judged taken over from what the run said: times, the commit, what others said of the same, and what a
    history knew of it."""
    taken = {name: getattr(said.run, name) for name in ("id", "started", "finished", "arguments", "revisions")}
    run, results = msgspec.structs.replace(report.run, **taken), report.results
    if courses := {result.fingerprint: result.course for result in said.results if result.course}:
        results = [msgspec.structs.replace(result, course=courses.get(result.fingerprint, msgspec.UNSET)) for result in results]
    return msgspec.structs.replace(report, run=run, results=results, opinions=said.opinions, history=said.history)


def asked_then(record: RunRecord, top: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], datetime.date]:
    """The options of a run as a replay takes them over, with paths as they are now, and the day of the run. Raises EvidenceError."""
    from assay.scanner.evidence.model import EvidenceError

    try:
        asked = msgspec.convert(record.options, _AskedOfBoth if record.command == "compare" else _Asked)
        today = datetime.date.fromisoformat(record.today)
    except (msgspec.ValidationError, ValueError) as error:
        raise EvidenceError(f"run.json: not what assay writes there: {error}") from None
    taken = {**msgspec.structs.asdict(asked), "since": None, "quiet": True, "debug": False}
    for key in taken.keys() & {*_PATHS, *_PATH}:
        taken[key] = _placed(taken[key], top)
    return taken | {"variables": arguments["variables"], "parameters": arguments["parameters"]}, today


def _placed(value: Any, top: str) -> Any:
    """A path of the run, or several, where they are now. Raises EvidenceError for one that leads out of what was put back."""
    from assay.scanner.evidence.model import EvidenceError
    from assay.scanner.evidence.restore import below
    from assay.scanner.sources.overlay import inside

    if isinstance(value, list):
        return [_placed(item, top) for item in value]
    if value is None or value in ("none", "tree"):
        return value
    path = below(top, value) if os.path.isabs(value) else value
    if "\0" in path or not inside(os.path.realpath(path), top):
        raise EvidenceError(f"run.json: {value!r} leads out of what the run folder stores")
    return path


def _snapshot(run: str, record: RunRecord, scan: Any) -> str:
    """Have a scan read the snapshot of the run folder; gives its path. Raises EvidenceError."""
    import importlib

    from assay.scanner.evidence.folder import files
    from assay.scanner.evidence.model import EvidenceError
    from assay.scanner.sources.snapshot import CLOUDS

    told = record.snapshot
    if told is None or told.cloud not in CLOUDS or told.file not in files(run):
        raise EvidenceError("run.json: names no snapshot of the run folder")
    path = os.path.join(run, told.file)
    scan.sources = [importlib.import_module(CLOUDS[told.cloud]).from_snapshot(path)]
    return path


def compared(report: Report, said: bytes, record: RunRecord, made: Restoring, arguments: dict[str, Any]) -> int:
    """Say whether a report is byte for byte what the run said; the exit code."""
    from assay.scanner.results import formats

    content = b"".join(formats.parts("json")(report, formats.Context(controls={}, source=lambda _file, _first, _last: [])))
    if arguments["out"] and output.written("json", arguments["out"], lambda: [content]) != EXIT_OK:
        return EXIT_USAGE
    doubts = _doubts(record, report, made, arguments)
    if content == said:
        console.show(f"IDENTICAL: {many(len(report.results), 'result')}, {len(said):,} bytes, judged again by the day {record.today}")
        for doubt in doubts:
            console.show(console.one_line(f"  though {doubt}"))
        return EXIT_OK
    console.show("DIFFERENT: the replay does not say what the run said")
    for line in _differences(report, said):
        console.show(console.one_line(f"  {line}"))
    for doubt in doubts:
        console.show(console.one_line(f"  it may come of this: {doubt}"))
    return EXIT_INCOMPLETE if doubts else EXIT_FAILED


def _doubts(record: RunRecord, report: Report, made: Restoring, arguments: dict[str, Any]) -> list[str]:
    """What is not as it was when the run was made."""
    given = {*(f"var {name}" for name, _ in arguments["variables"]), *(f"parameter {name}" for name, _ in arguments["parameters"])}
    lacking = [name for name in record.withheld if name not in given and name != "external_id"]
    doubts = [f"{entry.path}: {entry.note or 'not stored'}" for entry in made.missing[:_LISTED]]
    if len(made.missing) > _LISTED:
        doubts.append(f"{len(made.missing) - _LISTED} more files are not stored")
    if made.masked:
        doubts.append(f"{many(len(made.masked), 'file')} stored without what reports do not show: {made.masked[0].path}; give --originals")
    if lacking:
        doubts.append(f"values that are not stored: {', '.join(lacking)}; give them by --var and --parameter")
    if record.tool != report.tool:
        doubts.append(f"{record.tool.name} {record.tool.version} with rules {record.tool.policies[:12]} made it, and this is another")
    return doubts


def _differences(report: Report, said: bytes) -> Iterator[str]:
    """What two reports do not have in common: results by their identity, else the parts."""
    from assay.scanner.compare import saved

    before = saved.decoded(said)
    if before is None:
        return
    then, now = ({(result.fingerprint, result.element): result for result in side_report.results} for side_report in (before, report))
    keys = sorted(key for key in then.keys() | now.keys() if then.get(key) != now.get(key))
    for key in keys[:_LISTED]:
        one = then.get(key) or now[key]
        was, is_ = (side_results[key].verdict if key in side_results else "not there" for side_results in (then, now))
        yield f"{one.control} {one.resource.address}: {was} in the run, {is_} in the replay"
    if len(keys) > _LISTED:
        yield f"and {len(keys) - _LISTED} more results"
    for part in ("tool", "run", "summary", "controls", "gate", "coverage"):
        if getattr(before, part) != getattr(report, part):
            yield f"{part} is another"
