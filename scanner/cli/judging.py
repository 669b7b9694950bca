"""What every command that judges has in common: its options, running with progress, writing reports, the exit code."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.scanner import plugins
from assay.scanner.cli import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE
from assay.scanner.config import DEFAULT_FILE, Config, ConfigurationError, read
from assay.scanner.errors import AssayError
from assay.scanner.results import formats
from assay.scanner.results.model import Report
from assay.scanner.rules.model import SEVERITIES, RuleErrors

if TYPE_CHECKING:
    from assay.scanner.judge import Judged
    from assay.scanner.sources.interface import Gap


class Size(click.ParamType):  # type: ignore[type-arg]
    """A number of bytes, with K, M or G for the powers of 1024."""

    name = "SIZE"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        match = re.fullmatch(r"([0-9]{1,15})([KMGkmg]?)", value) if isinstance(value, str) else None
        if match is None:
            self.fail(f"{value!r} is no size: give bytes, or a number with K, M or G (512M, 4G), or 0 for no limit", param, ctx)
        return int(match[1]) << 10 * " KMG".index(match[2].upper() or " ")


class ReportTarget(click.ParamType):  # type: ignore[type-arg]
    """FORMAT or FORMAT=PATH; `-` is standard output."""

    name = "FORMAT[=PATH]"

    def __init__(self, formats: Iterable[str]) -> None:
        self.formats = list(formats)

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        name, _, path = value.partition("=")
        if name not in self.formats:
            self.fail(f"{name!r} is no report format; formats are {', '.join(self.formats)}", param, ctx)
        return name, path or "-"


_CHOICE = (
    click.option("--policies", multiple=True, type=click.Path(exists=True, file_okay=False), help="A folder of your own rules."),
    click.option("--control", "controls", multiple=True, metavar="ID|GLOB", help="Judge by these controls only."),
    click.option(
        "--config",
        "config_file",
        type=click.Path(exists=True, dir_okay=False),
        help=f"Configuration file.  [default: {DEFAULT_FILE} if there]",
    ),
    click.option("--no-config", is_flag=True, help="Read no configuration file."),
    click.option("--quiet", is_flag=True, help="Text report: failures and the outcome only. No progress."),
)
_JUDGING = (
    click.option("--fail-on", type=click.Choice([*SEVERITIES, "never"]), help="The lowest severity that fails the run.  [default: low]"),
    click.option("--strict", is_flag=True, help="An unknown verdict makes the run incomplete (exit 3)."),
    click.option("--allow-empty", is_flag=True, help="A run in which nothing is judged may end with 0."),
    click.option("--limit-memory", type=Size(), help="Memory for one collection (a root module, a template): 512M, 4G; 0 for no limit."),
    click.option("--limit-seconds", type=click.FloatRange(min=0), help="Seconds of the processor for one collection; 0 for no limit."),
    click.option("--no-color", is_flag=True, help="No colours (also NO_COLOR)."),
)


def choice(command: Any) -> Any:
    """The options that say which controls there are and which of them count."""
    for option in reversed(_CHOICE):
        command = option(command)
    return command


def options(command: Any, group: str = plugins.REPORTS) -> Any:
    """The options of a command that judges and writes reports of the formats of a group."""
    names = formats.names(group)
    listed = f"Write a report: {', '.join(names)}. Repeatable."
    report = click.option("-r", "--report", "reports", multiple=True, type=ReportTarget(names), help=listed)
    for option in reversed((*_JUDGING[:2], report, *_JUDGING[2:])):
        command = option(command)
    return choice(command)


def prepare(arguments: dict[str, Any], named: dict[str, Any]) -> tuple[Any, Config] | None:
    """The scan that a command line asks for, and its configuration; None, after saying why, where it cannot be.

    `named` are the fields of Options that only this command knows, each a value or a function of the configuration.
    """
    from assay.scanner.options import Limits
    from assay.scanner.run import Options, Scan

    try:
        config = configuration(arguments)
        chosen = Options(
            policies=[*config.policies, *arguments["policies"]],
            profile=arguments["profile"] or config.profile,
            controls=list(arguments["controls"]),
            params=config.params,
            control_params={name: settings.params for name, settings in config.controls.items()},
            allow_empty=arguments.get("allow_empty") or config.allow_empty,
            limits=Limits(arguments.get("limit_memory"), arguments.get("limit_seconds")),
            arguments=_arguments(sys.argv[1:]),
            **{name: value(config) if callable(value) else value for name, value in named.items()},
        )
        return Scan(chosen), config
    except (ConfigurationError, RuleErrors) as error:
        click.echo(str(error), err=True)
    except AssayError as error:
        click.echo(f"assay: {error}", err=True)
    return None


def finish(scan: Any, arguments: dict[str, Any], config: Config, run: Callable[[Any, bool], Report] | None = None) -> int:
    """Run, write the reports, and give the exit code."""
    targets = report_targets(arguments)
    if targets is None:
        return EXIT_USAGE
    report = (run or watch)(scan, arguments["quiet"])
    if report.coverage.gaps and not report.coverage.files.found and all(gap.code == "not_found" for gap in report.coverage.gaps):
        for gap in report.coverage.gaps:
            click.echo(f"assay: {gap}", err=True)
        return EXIT_USAGE
    written = _write(report, targets, scan, arguments)
    if ("text", "-") not in targets or arguments["quiet"]:  # else that report names them
        say(report.coverage.gaps)
    return _exit_code(report, scan.incomplete, arguments, config) if written else EXIT_USAGE


def say(gaps: Iterable[Gap]) -> None:
    """Tell gaps on standard error."""
    from assay.scanner.results.ledger import told

    for sentence in told(gaps):
        click.echo(f"assay: {printable(sentence)}", err=True)


def report_targets(arguments: dict[str, Any]) -> list[tuple[str, str]] | None:
    """The (format, path) of each report to write; None, after saying why, where more than one is for standard output (`-`)."""
    targets = list(arguments["reports"]) or [("text", "-")]
    if sum(path == "-" for _, path in targets) > 1:
        click.echo("assay: only one report can go to standard output; give the others a path: FORMAT=PATH", err=True)
        return None
    return targets


def deliver(content: Iterable[bytes], name: str, path: str) -> bool:
    """Write a report to a file or, for `-`, to standard output. False, after saying why, where it could not be written."""
    try:
        if path == "-":
            sys.stdout.buffer.writelines(content)
            sys.stdout.buffer.flush()
        else:
            with open(path, "wb") as opened:
                opened.writelines(content)
    except BrokenPipeError:  # the reader has seen enough; the verdict stands
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        click.echo(f"assay: {printable(path)}: the {name} report could not be written: {error.strerror}", err=True)
        return False
    return True


def coloured(arguments: dict[str, Any], path: str) -> bool:
    """Whether a report that goes to a path is shown in colours: on a terminal, unless the user says otherwise."""
    return path == "-" and sys.stdout.isatty() and not arguments["no_color"] and not os.environ.get("NO_COLOR")


def failing_severities(arguments: dict[str, Any], config: Config) -> tuple[str, ...]:
    """The severities whose failures fail a run (`--fail-on`)."""
    fail_on = arguments["fail_on"] or config.fail_on or "low"
    return tuple(SEVERITIES[: SEVERITIES.index(fail_on) + 1]) if fail_on != "never" else ()


def configuration(arguments: dict[str, Any]) -> Config:
    """The configuration file that a command line means. Raises ConfigurationError."""
    if arguments["no_config"]:
        return Config()
    path = arguments["config_file"] or (DEFAULT_FILE if os.path.isfile(DEFAULT_FILE) else None)
    config = read(Path(path)) if path else Config()
    if config.fail_on not in (None, *SEVERITIES, "never"):
        raise ConfigurationError(f"{path}: fail_on is {config.fail_on!r}; it is one of {', '.join(SEVERITIES)}, never")
    return config


_ASSIGNING = ("--var", "--parameter")


def _arguments(argv: list[str]) -> list[str]:
    """The command line as the report keeps it: values of variables may be secret."""
    shown: list[str] = []
    for index, argument in enumerate(argv):
        option, equals, rest = argument.partition("=")
        if equals and option in _ASSIGNING:
            text = f"{option}={rest.partition('=')[0]}=…"
        elif index and argv[index - 1] in _ASSIGNING:
            text = f"{argument.partition('=')[0]}=…"
        else:
            text = argument
        shown.append(printable(text))
    return shown


def printable(text: str) -> str:
    """Text of an input as a terminal may show it: control characters and others that do not show are written out, `\\x1b`."""
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)


def on_terminal(quiet: bool) -> bool:
    """Whether progress is shown."""
    return sys.stderr.isatty() and not quiet and os.environ.get("TERM") != "dumb"


def watch(scan: Any, quiet: bool) -> Report:
    """Run, with a line of progress on a terminal."""
    if not on_terminal(quiet):
        report: Report = scan.report()
        return report
    progress = _Progress()
    report = scan.report(progress)
    progress.end()
    return report


class _Progress:
    """A line on the terminal that says how far a run is."""

    def __init__(self) -> None:
        self.verdicts, self._last = 0, 0.0

    def __call__(self, judged: Judged) -> None:
        self.verdicts += len(judged.results)
        if time.monotonic() - self._last > 0.1:
            self._last = time.monotonic()
            line = f"\r\x1b[2K{self.verdicts:,} verdicts, {printable(judged.name)}"
            click.echo(line[: shutil.get_terminal_size().columns + 4], nl=False, err=True)

    def end(self) -> None:
        """Clear the line."""
        if self._last:
            click.echo("\r\x1b[2K", nl=False, err=True)


def _write(report: Report, targets: Iterable[tuple[str, str]], scan: Any, arguments: dict[str, Any]) -> bool:
    """Render and write every report; whether all could be written."""
    written = True
    for name, path in targets:
        context = formats.Context(
            controls=scan.rules.set.by_id(),
            source=_source_lines,
            color=coloured(arguments, path),
            width=shutil.get_terminal_size((100, 24)).columns,
            quiet=arguments["quiet"],
        )
        written &= deliver(formats.parts(name)(report, context), name, path)
    return written


def _source_lines(file: str, first: int, last: int) -> list[str]:
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return [line.rstrip("\r\n") for number, line in enumerate(opened, 1) if first <= number <= last]
    except OSError:
        return []


def _exit_code(report: Report, incomplete: bool, arguments: dict[str, Any], config: Config) -> int:
    failing = failing_severities(arguments, config)
    if any(result.verdict == "fail" and result.severity in failing for result in report.results):
        return EXIT_FAILED
    strict = arguments["strict"] or config.strict
    unknown = any(result.verdict == "unknown" for result in report.results)
    return EXIT_INCOMPLETE if incomplete or (strict and unknown) else EXIT_OK
