"""`--shard`: one part of a run, judged for `assay merge`; and `--jobs`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console, judging
from assay.scanner.cli.decorated import decorated
from assay.scanner.errors import AssayError
from assay.scanner.words import many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.scanner.shards.writing import Written

_OPTIONS = (
    click.option(
        "--jobs",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Processes that read and judge; 0 for as many as the input is worth, up to the number of cores.  [default: 0]",
    ),
    click.option("--shard", metavar="I/N|auto", help="Judge the I-th of N parts for assay merge; auto: as the batch system numbers it."),
    click.option(
        "--out", metavar="DIR|URL", help="With --shard: where shards are kept, a folder, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX."
    ),
)
_OF_MERGE = ("reports", "history", "notify", "fail_on_new", "baseline", "evidence", "imports", "beside")
_NOT = ("since",)


def options(command: Any) -> Any:
    """The options of a command that can judge one part of a run."""
    return decorated(command, _OPTIONS)


def refused(arguments: dict[str, Any]) -> bool:
    """Whether a command line asks for what does not go together; says what."""
    try:
        _check(arguments)
    except AssayError as error:
        console.refused(error)
        return True
    return False


def _check(arguments: dict[str, Any]) -> None:
    from assay.scanner.shards.errors import ShardError

    if not arguments["shard"]:
        if arguments["out"]:
            raise ShardError("--out is where --shard I/N keeps its part of a run; a report goes where -r FORMAT=PATH says")
        return
    if not arguments["out"]:
        raise ShardError("--shard needs a place for the shards, the same for all of them: --out DIR, or s3://BUCKET/PREFIX")
    for name in (*_OF_MERGE, *_NOT):
        if arguments.get(name) and (name != "notify" or arguments["history"]):
            option = {"reports": "report", "imports": "import", "beside": "with"}.get(name, name.replace("_", "-"))
            way = f"give --{option} to assay merge" if name in _OF_MERGE[:5] else f"leave --{option} out: it is of runs that are not cut"
            raise ShardError(f"a shard says nothing of the run as a whole: {way}")
    _outside(arguments["out"], arguments["paths"])


def _outside(out: str, paths: Sequence[str]) -> None:
    """The shards must not be among what is scanned: each would change what the next one sees. Raises ShardError."""
    from assay.scanner.shards.errors import ShardError

    real = os.path.realpath(out)
    for path in paths:
        top = os.path.realpath(path)
        if "://" not in out and (real == top or real.startswith(top.rstrip(os.sep) + os.sep)):
            raise ShardError(f"--out {out} is below {path}, which is scanned: name a folder outside of it")


def judge(scan: Any, arguments: dict[str, Any]) -> int:
    """Judge the part of a run that a command line asks for, and keep it. The exit code is that of writing: merging judges."""
    from assay.scanner.shards import numbers
    from assay.scanner.shards.store import opened
    from assay.scanner.shards.writing import write

    try:
        index, of = numbers.parse(arguments["shard"], os.environ)
        store = opened(arguments["out"])
        with judging.progress(arguments["quiet"], f"shard {index + 1}/{of}: ") as tick:
            written = write(scan.options, scan.rules, index, of, store, workers=arguments["jobs"], tick=tick)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    if not arguments["quiet"]:
        console.tell(_told(written, arguments["out"]))
    return EXIT_OK


def _told(written: Written, out: str) -> str:
    where = f"{out.rstrip('/')}/{written.name}"
    if written.found:
        return f"assay: {where} is there already, of the same plan: nothing was judged"
    what = f"{many(written.results, 'verdict')} of {many(written.collections, 'collection')}"
    return f"assay: {where}: {what}; assay merge {out} reports all shards"
