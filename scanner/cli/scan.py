"""`assay scan`: judge code, plans, templates, exports and snapshots."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from assay.scanner.buckets.errors import BucketError
from assay.scanner.cli import EXIT_USAGE, completing, console, evidencing, fetching, judging, opining, proposing, sharding, stdin
from assay.scanner.cli.decorated import decorated
from assay.scanner.cli.sections import Sectioned
from assay.scanner.override import override
from assay.scanner.shards.errors import ShardError

if TYPE_CHECKING:
    from assay.scanner.sources.listing import Fate


class NameAndValue(click.ParamType):  # type: ignore[type-arg]
    """NAME=VALUE, as (name, value)."""

    name = "NAME=VALUE"

    @override
    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        name, equals, text = value.partition("=")
        if not equals or not name:
            self.fail(f"{value!r} is not NAME=VALUE", param, ctx)
        return name, text


_READING = (
    click.option(
        "--var-file",
        "var_files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False),
        help="Values of variables, as for terraform.",
    ),
    click.option("--var", "variables", multiple=True, type=NameAndValue(), help="The value of one variable."),
    click.option("--workspace", help="What terraform.workspace is. Without it, default and any other."),
    click.option(
        "--parameter", "parameters", multiple=True, type=NameAndValue(), help="The value of one template parameter (CloudFormation)."
    ),
    click.option(
        "--parameter-file",
        "parameter_files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False),
        help="Values of template parameters, as for aws cloudformation.",
    ),
    click.option("--region", help="The region that templates are deployed to."),
    click.option("--account", help="The account that templates are deployed to."),
    click.option(
        "--source",
        "code",
        type=click.Path(exists=True, file_okay=False),
        help="The code that the plans were made from: gives lines, and values that a plan lacks.",
    ),
)


def reading(command: Any) -> Any:
    """The options that say how what a path names is read."""
    return decorated(command, _READING)


def named(arguments: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """The Options of a scan of `paths` that the options of `reading` ask for."""
    return {
        "paths": paths,
        "variables": lambda config: {**config.vars, **dict(arguments["variables"])},
        "must_declare": list(dict(arguments["variables"])),
        "var_files": lambda config: [*config.var_files, *arguments["var_files"]],
        "workspace": arguments["workspace"],
        "parameters": dict(arguments["parameters"]),
        "must_take": list(dict(arguments["parameters"])),
        "parameter_files": list(arguments["parameter_files"]),
        "region": arguments["region"],
        "account": arguments["account"],
        "code": arguments["code"],
    }


@click.command("scan", cls=Sectioned)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@reading
@click.option("--profile", help="A named set of controls.", shell_complete=completing.profiles)
@click.option("--since", metavar="REVISION", help="Only what is new since a revision of git counts: main, HEAD~1, a commit.")
@click.option(
    "--allow-config-changes",
    is_flag=True,
    help="With --since: a configuration, or a waiver in the code, that lets more through than before fails no run.",
)
@proposing.options
@sharding.options
@fetching.options
@opining.options
@evidencing.options
@judging.options
def command(**arguments: Any) -> None:
    """Judge what is below PATHs: Terraform code and plans, templates, asset exports, snapshots of accounts. `-` is one file of any of these
    from standard input; s3://BUCKET/PREFIX and gs://BUCKET/PREFIX are fetched."""
    if sharding.refused(arguments):
        sys.exit(EXIT_USAGE)
    try:
        with (
            stdin.read(arguments["paths"]) as given,
            fetching.fetched(arguments) as paths,
            evidencing.asked(arguments, "scan") as evidence,
        ):
            code = _scan(arguments, given, paths, evidence) if evidence is not None else EXIT_USAGE
    except stdin.NoInput as error:
        console.tell(str(error))
        code = EXIT_USAGE
    except (BucketError, ShardError) as error:
        console.refused(error)
        code = EXIT_USAGE
    sys.exit(code)


def _scan(arguments: dict[str, Any], given: stdin.StandardInput | None, paths: list[str], evidence: evidencing.EvidenceFolder) -> int:
    """`paths`: those of the command line, as they are on this machine."""
    if evidence and (given is not None or arguments["since"]):
        way = "write standard input to a file" if given is not None else "--since judges what a change touches alone; leave it out"
        console.tell(f"assay: --evidence is of files that can be judged again: {way}")
        return EXIT_USAGE
    if given is not None and (arguments["shard"] or arguments["cluster"]):
        console.tell("assay: standard input is no input of shards, each of which would take it: write it to a file")
        return EXIT_USAGE
    if given is not None and arguments["since"]:
        console.tell("assay: standard input has no revisions: give a path for --since")
        return EXIT_USAGE
    if arguments["review_diff"] and not arguments["fixes"]:
        console.tell("assay: --review-diff is for fixes: give --fixes, too")
        return EXIT_USAGE
    if given is not None and arguments["fixes"]:
        console.tell("assay: standard input is no file that could be fixed: give a path for --fixes")
        return EXIT_USAGE
    opinions = opining.asked(arguments)
    fields = {**named(arguments, given.paths if given else paths), **evidence.named()}
    prepared = judging.prepare(arguments, fields) if opinions else None
    if opinions is None or prepared is None:
        return EXIT_USAGE
    if arguments["shard"]:
        return sharding.judge(prepared[0], arguments)
    if arguments["cluster"] and not sharding.on_cluster(prepared[0], arguments):
        return EXIT_USAGE
    prepared[0].workers = arguments["jobs"]
    if given is not None:
        given.of(prepared[0])
    code = judging.finish(prepared[0], arguments, prepared[1], stdin.renamed(given, opinions.watch), evidence)
    if arguments["verbose"]:
        _list(given.named(prepared[0].files) if given else prepared[0].files)
    return code


def _list(files: Mapping[str, Fate]) -> None:
    """Tell what became of each file. One that is judged has the format that it is judged as."""
    for file, fate in sorted(files.items()):
        console.tell(f"{fate.became:<8} {file} ({fate.why})")
