"""The command line: one file per command, imported when it is called."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import sys
import threading
from typing import Any, NoReturn

import click

from assay.scanner import __version__
from assay.scanner.cli.suggesting import Suggesting
from assay.scanner.errors import LibraryError
from assay.scanner.override import override

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_INCOMPLETE = 0, 1, 2, 3
COMMANDS = {
    "init": "assay.scanner.cli.init",
    "scan": "assay.scanner.cli.scan",
    "audit": "assay.scanner.cli.audit",
    "snapshot": "assay.scanner.cli.snapshot",
    "compare": "assay.scanner.cli.compare",
    "diff": "assay.scanner.cli.diff",
    "history": "assay.scanner.cli.history",
    "query": "assay.scanner.cli.query",
    "baseline": "assay.scanner.cli.baseline",
    "fix": "assay.scanner.cli.fix",
    "checkov": "assay.scanner.cli.checkov",
    "report": "assay.scanner.cli.report",
    "merge": "assay.scanner.cli.merge",
    "push": "assay.scanner.cli.push",
    "evidence": "assay.scanner.cli.evidence",
    "controls": "assay.scanner.cli.controls",
    "explain": "assay.scanner.cli.explain",
    "access": "assay.scanner.cli.access",
    "lsp": "assay.scanner.cli.lsp",
    "completion": "assay.scanner.cli.completion",
}


class Commands(Suggesting):
    """Commands by name, each in the module that COMMANDS gives."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name]).command
        return command

    def main(self, *arguments: Any, **settings: Any) -> NoReturn:
        """Run, and end the process. No error of any kind is printed past `console`."""
        from assay.scanner.cli import console

        try:
            with console.hooked():
                code = super().main(*arguments, **{**settings, "standalone_mode": False})
        except click.ClickException as error:
            console.usage(error)
            code = error.exit_code
        except LibraryError as error:
            console.refused(error)
            code = EXIT_USAGE
        except click.Abort:
            console.tell("assay: stopped")
            code = EXIT_INCOMPLETE
        except BrokenPipeError:  # the reader has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = EXIT_INCOMPLETE
        sys.exit(code if isinstance(code, int) else EXIT_OK)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="assay")
def cli() -> None:
    """Judge AWS and Google Cloud infrastructure by declarative controls.

    Exit codes: 0 nothing at or above --fail-on failed; 1 something did; 2 wrong usage or configuration; 3 incomplete: something could not
    be read or judged, nothing was judged (unless --allow-empty), or (with --strict) a verdict is unknown.
    """


def main() -> NoReturn:
    """Entry point of the `assay` command."""
    # A run keeps nearly all that it makes until it ends: at Python's thresholds, garbage collection finds little and takes a quarter of it.
    gc.set_threshold(100_000, 50, 50)
    code: object = EXIT_OK
    try:
        cli(prog_name="assay")
    except SystemExit as end:
        code = end.code
    except Exception as error:  # a defect of ours must not look like a verdict
        from assay.scanner.cli import console

        console.internal_error(error)
        code = EXIT_INCOMPLETE
    _end(code if isinstance(code, int) else EXIT_OK)


def _end(code: int) -> NoReturn:
    """End the process without taking apart what it made, which takes as long as judging a small module.

    Where somebody else still has work to do (another thread, output that cannot be written) the interpreter ends as it always does.
    """
    with contextlib.suppress(OSError, ValueError):
        for stream in filter(None, (sys.stdout, sys.stderr)):  # None where the caller closed it
            stream.flush()
        if threading.active_count() == 1:
            atexit._run_exitfuncs()
            os._exit(code)
    sys.exit(code)
