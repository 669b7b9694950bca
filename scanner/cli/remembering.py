"""`--history`: a run is entered in a history, and its reports say what that knows."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from assay.scanner.cli import EXIT_INCOMPLETE, EXIT_OK, console
from assay.scanner.cli.decorated import decorated
from assay.scanner.errors import AssayError
from assay.scanner.results.model import Report
from assay.scanner.results.remembered import changed, unseen
from assay.scanner.words import many

_OPTIONS = (
    click.option(
        "--history",
        metavar="FILE|URL",
        help="Enter the run in this history, a file of SQLite or postgresql://…, and say of each finding how old it is.",
    ),
    click.option(
        "--notify",
        multiple=True,
        envvar="ASSAY_NOTIFY",
        metavar="URL",
        help="With --history: tell these of what is new, by owner: slack://…, msteams://…, mailto://…, json://… (Apprise). Repeatable.",
    ),
    click.option("--fail-on-new", is_flag=True, help="With --history: only what is new, or is back, fails the run."),
)


def options(command: Any) -> Any:
    """The options of a command whose runs a history can have."""
    return decorated(command, _OPTIONS)


def _is_said(option: str) -> bool:
    """Whether the command line itself has an option: a variable of the environment is there for other runs too."""
    return click.get_current_context().get_parameter_source(option) is click.core.ParameterSource.COMMANDLINE


class Memory:
    """The history of a run; of none, where none was asked for."""

    def __init__(self, scan: Any, arguments: dict[str, Any]) -> None:
        """Raises AssayError where it cannot be used."""
        self._where, self.code = arguments.get("history"), EXIT_OK
        self._notifier: Any = None
        if self._where is None:
            for option in ("fail_on_new", "notify"):
                if arguments.get(option) and _is_said(option):
                    raise AssayError(f"assay: --{option.replace('_', '-')} needs a history to tell what is new: --history FILE")
            return
        if arguments.get("notify"):
            from assay.scanner.cli.notifying import Notifier

            self._notifier = Notifier(arguments["notify"])
        from assay.scanner.history.courses import Courses

        scan.gate.course = Courses(self._where, lambda: scan.begun().started).told

    def entered(self, report: Report, complete: bool) -> Report:
        """The report with what the history says of it, once the run is in it."""
        if self._where is None:
            return report
        from assay.scanner.history.courses import history_report
        from assay.scanner.history.database import opened
        from assay.scanner.history.entering import enter

        try:
            with opened(self._where, make=True) as connection:
                entered = enter(connection, report, complete)
            report = msgspec.structs.replace(report, history=history_report(self._where, entered))
        except AssayError as error:
            console.tell(f"{error}; the run is not in it")
            self.code = EXIT_INCOMPLETE
            return report
        if self._notifier is not None:
            try:
                self._notifier.tell(report)
            except AssayError as error:
                console.tell(str(error))
                self.code = EXIT_INCOMPLETE
        return report


def said(report: Report) -> str:
    """What the history says of a run, in a sentence; empty without one."""
    if not report.history:
        return ""
    history = report.history
    return f"history: {changed(history)}; {many(history.open, 'finding')} open{unseen(history)}"
