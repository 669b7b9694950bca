"""The options for the opinions of other scanners, and a run with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from assay.scanner.cli import completing, console, watching
from assay.scanner.cli.decorated import decorated
from assay.scanner.errors import AssayError

if TYPE_CHECKING:
    from assay.scanner.opinions.interface import Claims
    from assay.scanner.results.model import Report
    from assay.scanner.rules.model import Control
    from assay.scanner.sources.sensitive import Sensitive

_FORMATS = ("sarif", "trivy", "prowler", "checkov")
_FILE = click.Path(exists=True, dir_okay=False)
_IMPORTS = (
    click.option(
        "--import",
        "imports",
        multiple=True,
        type=(click.Choice(_FORMATS), _FILE),
        metavar=f"{'|'.join(_FORMATS)} FILE",
        shell_complete=completing.claims(_FORMATS),
        help="Show the results of another scanner beside ours. Repeatable.",
    ),
    click.option("--all", "everything", is_flag=True, help="List those of its results that no control asks for, too."),
)
_RUNS = (
    click.option("--with", "beside", type=click.Choice(["checkov"]), help="Run another scanner and show its results beside ours."),
    click.option("--checkov", metavar="PATH", help="The checkov to run.  [default: that on PATH, or of `assay checkov install`]"),
)


def imports(command: Any) -> Any:
    """The options of a command that shows results which others made elsewhere: audits, and reports of a run that is over."""
    return decorated(command, _IMPORTS)


def options(command: Any) -> Any:
    """The options of a command that can run other scanners, too."""
    return decorated(imports(command), _RUNS)


class Opinions:
    """The opinions that a command line asks for. What can be wrong with them is known before anything is judged."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        """Raises OpinionError."""
        self._everything = bool(arguments["everything"])
        self._saved: list[tuple[str, Claims]] = []
        self._program: str | None = None
        if self._everything and not any(arguments.get(name) for name in ("imports", "beside", "checkov")):
            from assay.scanner.opinions.interface import OpinionError

            raise OpinionError("--all lists results of another scanner, and none is asked for: --with checkov, or --import FORMAT FILE")
        if arguments["imports"]:
            from assay.scanner.opinions import saved

            self._saved = [(file, claims) for format_, file in arguments["imports"] for claims in saved.read(format_, file)]
        if arguments.get("beside") or arguments.get("checkov"):
            from assay.scanner.opinions import running

            self._program = running.program(arguments.get("checkov"))

    def watch(self, scan: Any, quiet: bool, run: Callable[[Any, bool], Report] = watching.watch) -> Report:
        """Run a scan, and then ask for the opinions."""
        report = run(scan, quiet)
        return self.beside(
            report,
            scan.rules.set.by_id(),
            scan.options.paths,
            scan.sensitive,
            changed_only=scan.options.changed is not None,
            names=scan.names,
        )

    def beside(
        self, report: Report, controls: Mapping[str, Control], paths: Sequence[str], sensitive: Sensitive | None = None, **of_run: Any
    ) -> Report:
        """The report with them; what they could not say is told on standard error as well. `sensitive`: texts of the input that are not
        shown, as far as they are known. `of_run`: fields of match.OurResults."""
        if not (self._saved or self._program):
            return report
        from assay.scanner.opinions import match
        from assay.scanner.results.shown import opinion_of

        selected = {outcome.id: controls[outcome.id] for outcome in report.controls if outcome.id in controls}
        judged = match.OurResults(report, selected, paths, self._everything, **of_run)
        opinions = [match.opinion(claims, judged, file) for file, claims in self._saved]
        if self._program is not None:
            from assay.scanner.opinions import running

            opinions.append(match.opinion(running.claims(self._program, paths), judged))
        opinions = [opinion_of(opinion, sensitive) for opinion in opinions] if sensitive else opinions
        for opinion in opinions:
            for problem in opinion.problems:
                console.tell(f"assay: {opinion.scanner}: {problem}")
        return msgspec.structs.replace(report, opinions=[*report.opinions, *opinions])


def asked(arguments: dict[str, Any]) -> Opinions | None:
    """The opinions that a command line asks for, perhaps none; None, after saying why, where they cannot be had."""
    try:
        return Opinions(arguments)
    except AssayError as error:
        console.refused(error)
    return None
