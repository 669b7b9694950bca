"""`assay lsp`: findings in an editor, by the Language Server Protocol."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from assay.scanner.cli import EXIT_USAGE, console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.scanner.editor.messages import Chosen
    from assay.scanner.results.model import Result
    from assay.scanner.run import Scan
    from assay.scanner.sources.overlay import Unsaved

JUDGING = "from assay.scanner.cli.lsp import judging; judging()"


@click.command("lsp")
@click.option("--stdio", is_flag=True, expose_value=False, help="Talk over standard input and output, as it does in any case.")
def command() -> None:
    """Serve an editor: findings beside the code while it is written.

    An editor starts this and talks to it over standard input and output (docs/editors.md). It needs the extra lsp.
    """
    try:
        from assay.scanner.editor.protocol import EditorServer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        console.tell("assay: a server for editors needs pygls: pip install 'assay[lsp]'")
        sys.exit(EXIT_USAGE)
    # -P: modules of the directory that the editor is in are none of ours.
    EditorServer([sys.executable, "-P", "-c", JUDGING]).run()


def judging() -> NoReturn:
    """The process that judges for the server."""
    import gc

    from assay.scanner import run  # noqa: F401 - now, while nobody waits
    from assay.scanner.cli import judging as shared  # noqa: F401
    from assay.scanner.editor import judging as process

    gc.set_threshold(100_000, 50, 50)
    process.serve(_prepared, _told)


def _prepared(chosen: Chosen, path: str, overlay: Unsaved, changed: Sequence[str]) -> Scan:
    """The scan of a request. Raises AssayError."""
    from assay.scanner.cli import judging as shared

    arguments = {
        "config_file": None, "no_config": False, "policies": (), "profile": chosen.profile, "controls": chosen.controls,
        "frameworks": chosen.frameworks, "limit_memory": chosen.limit_memory, "limit_seconds": chosen.limit_seconds,
    }  # fmt: skip
    named = {
        "paths": [path],
        "variables": lambda config: config.vars,
        "var_files": lambda config: config.var_files,
        "estate": None,  # the deployment as a whole is no matter of one change
        "changed": frozenset(changed),
        "overlay": overlay,
    }
    scan, _ = shared.prepared(arguments, named)
    return scan  # type: ignore[no-any-return]


def _told(scan: Scan, result: Result) -> str:
    """A finding as `assay explain` tells it, without the code, which the editor shows."""
    from assay.scanner.cli.explain_finding import of_finding
    from assay.scanner.results.model import Report
    from assay.scanner.sources.coverage import Coverage

    gate = scan.gate.report(())
    report = Report(
        tool=scan.tool, run=scan.begun(), summary=scan.tally.summary(), controls=[], results=[result], gate=gate, coverage=Coverage()
    )
    story = of_finding(result, report, scan.rules.set.by_id().get(result.control), lambda _file, _first, _last: [])
    return console.lines(story.lines)
