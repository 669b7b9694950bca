"""`--shard`: one part of a run, judged for `assay merge`; and `--jobs`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console, watching
from assay.scanner.cli.decorated import decorated
from assay.scanner.errors import AssayError
from assay.scanner.words import many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.scanner.shards.writing import WrittenShard

_OPTIONS = (
    click.option(
        "--jobs",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Processes that read and judge; 0 for as many as the input is worth, up to the number of cores.  [default: 0]",
    ),
    click.option("--shard", metavar="I/N|auto", help="Judge the I-th of N parts for assay merge; auto: as the batch system numbers it."),
    click.option("--out", metavar="DIR|URL", help="Where shards are kept: a folder, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX."),
    click.option("--on", "cluster", metavar="ray|ray://HOST:PORT", help="Judge in shards on a Ray cluster, and report all of them."),
    click.option(
        "--shards", "of", type=click.IntRange(1, 100_000), metavar="N", help="With --on: how many.  [default: four for each core]"
    ),
)
_OF_MERGE = ("reports", "history", "notify", "fail_on_new", "baseline", "evidence", "imports", "beside")
_NOT = ("since",)


def options(command: Any) -> Any:
    """The options of a command that can judge one part of a run."""
    return decorated(command, _OPTIONS)


def refused(arguments: dict[str, Any]) -> bool:
    """Whether a command line asks for what does not go together; says what."""
    if not any(arguments[name] for name in ("shard", "out", "cluster", "of")):
        return False
    try:
        _check(arguments)
    except AssayError as error:
        console.refused(error)
        return True
    return False


def _check(arguments: dict[str, Any]) -> None:
    from assay.scanner.shards.errors import ShardError

    if arguments["cluster"]:
        _check_cluster(arguments)
        return
    if arguments["of"]:
        raise ShardError("--shards is how many there are for --on ray; to judge one of them: --shard I/N")
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


def _check_cluster(arguments: dict[str, Any]) -> None:
    from assay.scanner.shards.errors import ShardError
    from assay.scanner.shards.on_ray import LOCAL, REMOTE

    given = arguments["cluster"]
    if given != LOCAL and not given.startswith(REMOTE):
        raise ShardError(f"--on {given}: shards are judged on ray, or ray://HOST:PORT")
    if arguments["shard"]:
        raise ShardError("--shard judges one part here, and --on all of them on a cluster: give one of the two")
    for name in ("since", "evidence", "beside"):
        if arguments[name]:
            option = "with" if name == "beside" else name
            raise ShardError(f"leave --{option} out: it is of runs that are not cut")
    if not arguments["out"]:
        raise ShardError("--on needs a place for the shards that every node of the cluster has: --out DIR, or s3://BUCKET/PREFIX")
    _outside(arguments["out"], arguments["paths"])


def _outside(out: str, paths: Sequence[str]) -> None:
    """The shards must not be among what is scanned: each would change what the next one sees. Raises ShardError."""
    from assay.scanner.shards.errors import ShardError

    real = out.rstrip("/") if "://" in out else os.path.realpath(out)
    for path in paths:
        top = path.rstrip("/") if "://" in path else os.path.realpath(path)
        if real == top or real.startswith(top.rstrip(os.sep) + os.sep):
            raise ShardError(f"--out {out} is below {path}, which is scanned: name a place outside of it")


def number(arguments: dict[str, Any]) -> tuple[int, int]:
    """The shard that a command line asks for, from 0, and how many there are. Raises ShardError."""
    from assay.scanner.shards import numbers

    return numbers.parse(arguments["shard"], os.environ)


def judge(scan: Any, arguments: dict[str, Any]) -> int:
    """Judge the part of a run that a command line asks for, and keep it. The exit code is that of writing: merging judges."""
    from assay.scanner.shards.store import opened
    from assay.scanner.shards.writing import write

    try:
        index, of = number(arguments)
        store = opened(arguments["out"])
        with watching.progress(arguments["quiet"], f"shard {index + 1}/{of}: ") as tick:
            written = write(scan.options, scan.rules, index, of, store, workers=arguments["jobs"], tick=tick)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    if not arguments["quiet"]:
        console.tell(_told(written, arguments["out"]))
    return EXIT_OK


_AGAIN = frozenset(
    (
        *("paths", "var_files", "variables", "workspace", "parameters", "parameter_files", "region", "account", "code", "profile"),
        *(
            "policies",
            "config_file",
            "no_config",
            "controls",
            "frameworks",
            "allow_empty",
            "limit_memory",
            "limit_seconds",
            "limit_download",
            "out",
        ),
    )
)
"""The options of a scan that say what is judged and by what: those of each of its shards."""


def on_cluster(scan: Any, arguments: dict[str, Any]) -> bool:
    """Have all shards of a run judged on a cluster, and let the run take them from where they are kept. False, after saying why, where that
    cannot be; a shard that could not be judged is told, and is missing."""
    from assay.scanner.shards import on_ray
    from assay.scanner.shards.merging import Shards
    from assay.scanner.shards.store import opened
    from assay.scanner.shards.writing import missing

    try:
        store = opened(arguments["out"])
        cluster = on_ray.Cluster(arguments["cluster"])
        try:
            of = arguments["of"] or _SHARDS * cluster.cores
            again = _again(click.get_current_context())
            indexes = missing(scan.options, scan.rules, of, store)
            with watching.progress(arguments["quiet"]) as tick:
                failed = on_ray.judge(
                    cluster,
                    lambda index: ["scan", "--shard", f"{index + 1}/{of}", "--quiet", "--jobs", "1", *again],
                    indexes,
                    os.getcwd(),
                    lambda done: tick(f"{done} of {len(indexes)} shards") if tick else None,
                )
        finally:
            cluster.close()
        for done in failed:
            console.tell(f"assay: shard {done.index + 1}/{of} could not be judged: {done.told or f'exit code {done.code}'}")
        scan.before = Shards([store])
    except AssayError as error:
        console.refused(error)
        return False
    return True


_SHARDS = 4
"""For each core: enough that the longest of them is a small part of a run."""


def _again(context: click.Context) -> list[str]:
    """The options of the command line and its paths, for a process that judges a shard."""
    given: list[str] = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if parameter.name not in _AGAIN or isinstance(parameter, click.Argument) or value in (None, False, ()):
            continue
        option = max(parameter.opts, key=len)
        for element in value if isinstance(value, tuple) else (value,):
            given += [option] if element is True else [option, "=".join(element) if isinstance(element, tuple) else str(element)]
    return [*given, "--", *context.params["paths"]]


def _told(written: WrittenShard, out: str) -> str:
    where = f"{out.rstrip('/')}/{written.name}"
    if written.was_there:
        return f"assay: {where} is there already, of the same plan: nothing was judged"
    what = f"{many(written.results, 'verdict')} of {many(written.collections, 'collection')}"
    return f"assay: {where}: {what}; assay merge {out} reports all shards"
