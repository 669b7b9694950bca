"""`assay merge`: all shards of a run as one, with its reports, its gate and its exit code."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import click

from assay.scanner.cli import EXIT_USAGE, console, judging
from assay.scanner.cli.sections import Sectioned
from assay.scanner.errors import AssayError


@click.command("merge", cls=Sectioned)
@click.argument("places", nargs=-1, required=True, metavar="SHARDS...")
@judging.merging
def command(**arguments: Any) -> None:
    """Report a run that was judged in shards: SHARDS are the folders or buckets that `assay scan --shard I/N --out` wrote to.

    Options of the gate, of reports and of a history are those of a scan, and so is the exit code. What was judged, and by what, the shards
    say. A shard that is missing is a gap, and the run is not complete (exit 3).
    """
    with contextlib.ExitStack() as stack:
        code = _merge(arguments, stack)
    sys.exit(code)


def _merge(arguments: dict[str, Any], stack: contextlib.ExitStack) -> int:
    from assay.scanner.options import Options
    from assay.scanner.shards.errors import ShardError
    from assay.scanner.shards.merging import Shards
    from assay.scanner.shards.plan import digest
    from assay.scanner.shards.store import opened
    from assay.scanner.sources.fetched import Fetched, holding

    try:
        shards = Shards([opened(place) for place in arguments["places"]])
        plan = shards.plan
        fields = {**plan.options.fields(), "variables": dict.fromkeys(plan.variables, "")}
        fields["allow_empty"] = fields["allow_empty"] or bool(arguments["allow_empty"])
        if arguments["policies"]:
            fields["policies"] = arguments["policies"]
        stack.enter_context(holding(Fetched(versions=plan.objects)))
        at_hand = digest(Options(**fields), shards.listing) == plan.inputs and not plan.objects
        arguments["no_inline"] = arguments["no_inline"] or not at_hand
        prepared = judging.prepare({**arguments, "profile": None, "controls": (), "frameworks": ()}, fields)
        if prepared is None:
            return EXIT_USAGE
        scan, config = prepared
        if scan.rules.digest != plan.rules:
            raise ShardError(
                "the rules are others than the shards were judged by: merge with the version of Assay that judged them "
                f"({plan.version}) and the same --policies ({', '.join(plan.options.policies) or 'none'})"
            )
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    if plan.objects:
        console.tell("assay: what was judged was in buckets: comments in code waive nothing, and no line of it is shown")
    elif not at_hand:
        console.tell(
            "assay: the files that were judged are not here as they were: comments in code waive nothing, and no line of it is shown; "
            "merge in a checkout of the same commit for these"
        )
    scan.before, scan.at_hand = shards, at_hand
    return judging.finish(scan, arguments, config)
