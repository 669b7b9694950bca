"""What every command that judges has in common: its options, running with progress, writing reports, the exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from assay.scanner import plugins
from assay.scanner.cli import (
    EXIT_FAILED,
    EXIT_INCOMPLETE,
    EXIT_OK,
    EXIT_USAGE,
    completing,
    console,
    debugging,
    gating,
    output,
    remembering,
    watching,
)
from assay.scanner.cli.decorated import decorated
from assay.scanner.cli.placing import placed
from assay.scanner.cli.streams import Streams
from assay.scanner.config import DEFAULT_FILE, Config, ConfigurationError, of_tree, read
from assay.scanner.errors import AssayError, SelectionError, debug
from assay.scanner.override import override
from assay.scanner.owners import Owners
from assay.scanner.results import formats
from assay.scanner.results.model import Report
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.sources import fetched
from assay.scanner.sources.secret_text import without_secrets
from assay.scanner.words import many, visible

if TYPE_CHECKING:
    from assay.scanner.cli.evidencing import EvidenceFolder
    from assay.scanner.results.model import Result
    from assay.scanner.sources.coverage import Gap


class Size(click.ParamType):  # type: ignore[type-arg]
    """A number of bytes, with K, M or G for the powers of 1024."""

    name = "SIZE"

    @override
    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        match = re.fullmatch(r"([0-9]{1,15})([KMGkmg]?)", value) if isinstance(value, str) else None
        if match is None:
            self.fail(f"{value!r} is no size: give bytes, or a number with K, M or G (512M, 4G), or 0 for no limit", param, ctx)
        return int(match[1]) << 10 * " KMG".index(match[2].upper() or " ")


class ConfigurationChoice(click.Path):
    """`none`, `tree`, or a file."""

    @override
    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        return value if value in ("none", "tree") else super().convert(value, param, ctx)


_CONFIGURATION = (
    click.option("--policies", multiple=True, type=click.Path(exists=True, file_okay=False), help="A folder of your own rules."),
    click.option(
        "--config",
        "config_file",
        type=ConfigurationChoice(exists=True, dir_okay=False),
        metavar="none|tree|FILE",
        help=f"Read no configuration file, the {DEFAULT_FILE} in the working directory if there is one, or this file.  [default: tree]",
    ),
    click.option("--no-config", is_flag=True, help="The same as --config none."),
    debugging.option,
)
_CHOICE = (
    click.option(
        "--control",
        "controls",
        multiple=True,
        metavar="ID|GLOB",
        help="Judge by these controls only.",
        shell_complete=completing.controls,
    ),
    click.option(
        "--framework",
        "frameworks",
        multiple=True,
        metavar="ID",
        help="Judge by the controls of this framework only: cis_aws_7_0, pci_dss_4_0, … Repeatable.",
        shell_complete=completing.frameworks,
    ),
    click.option("--quiet", is_flag=True, help="Text report: failures and the outcome only. No progress."),
)
_JUDGING = (
    click.option("--fail-on", type=click.Choice([*SEVERITIES, "never"]), help="The lowest severity that fails the run.  [default: low]"),
    click.option("--strict", is_flag=True, help="An unknown verdict makes the run incomplete (exit 3)."),
    click.option("--allow-empty", is_flag=True, help="A run in which nothing is judged may end with 0."),
    click.option("--limit-memory", type=Size(), help="Memory for one collection (a root module, a template): 512M, 4G; 0 for no limit."),
    click.option(
        "--limit-seconds",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        help="Seconds of the processor for one collection; 0 for no limit.",
    ),
    click.option("-v", "--verbose", is_flag=True, help="Text report: lists whole; a scan lists every file on standard error."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colours: on a terminal, unless NO_COLOR or FORCE_COLOR say otherwise; always; never.  [default: auto]",
    ),
    click.option("--no-color", is_flag=True, help="The same as --color never."),
)
_SHOWN = _JUDGING[-3:]


def configured(command: Any) -> Any:
    """The options that say which rules and which configuration there are."""
    return decorated(command, _CONFIGURATION)


def choice(command: Any) -> Any:
    """The options that say which controls there are and which of them count."""
    return decorated(command, (*_CONFIGURATION, *_CHOICE))


def options(command: Any, group: str = plugins.REPORTS) -> Any:
    """The options of a command that judges and writes reports of the formats of a group."""
    kept = remembering.options if group == plugins.REPORTS else lambda plain: plain
    return choice(gating.options(kept(decorated(command, (*_JUDGING[:2], _reports(group), *_JUDGING[2:])))))


def reporting(command: Any) -> Any:
    """The options of a command that writes reports of a run that is over."""
    return decorated(command, (*_CONFIGURATION, *_JUDGING[:2], _reports(plugins.REPORTS), _CHOICE[-1], *_SHOWN))


def merging(command: Any) -> Any:
    """The options of a command that makes one run of several parts, of which each was judged before."""
    shown = (*_JUDGING[:2], _reports(plugins.REPORTS), _JUDGING[2], _CHOICE[-1], *_SHOWN)
    return decorated(gating.options(remembering.options(decorated(command, shown))), _CONFIGURATION)


def _reports(group: str) -> Any:
    names = formats.names(group)
    listed = f"Write a report: {', '.join(names)}. Repeatable."
    reports = click.option("-r", "--report", "reports", multiple=True, type=output.ReportTarget(names), help=listed)
    if group != plugins.REPORTS:
        return reports
    edition = "HTML report: the edition for an audit, with a cover, a block for signatures, and what passes in a line each."
    reader = click.option("--for", "reader", type=click.Choice(["auditor"]), help=edition)
    return lambda command: reports(reader(command))


def prepare(arguments: dict[str, Any], named: dict[str, Any]) -> tuple[Any, Config] | None:
    """The scan that a command line asks for, and its configuration; None, after saying why, where it cannot be.

    `named` are the fields of Options that only this command knows, each a value or a function of the configuration.
    """
    try:
        return prepared(arguments, named)
    except AssayError as error:
        console.refused(error)
    return None


def prepared(arguments: dict[str, Any], named: dict[str, Any]) -> tuple[Any, Config]:
    """The same for who tells errors in another way. Raises AssayError."""
    from assay.scanner.options import Limits
    from assay.scanner.run import Options, Scan

    rails = gating.rails_of(arguments.get("guardrails"))
    config = configuration(arguments)
    config = msgspec.structs.replace(config, strict=config.strict or rails.strict)
    fields: dict[str, Any] = {
        "policies": [*config.policies, *arguments["policies"]],
        "overrides": config.overrides,
        "configuration": config.file or None,
        "profile": arguments["profile"] or config.profile,
        "controls": list(arguments["controls"]),
        "frameworks": list(arguments["frameworks"]),
        "params": config.params,
        "control_params": {name: settings.params for name, settings in config.controls.items()},
        "disabled": {name: settings.reason for name, settings in config.controls.items() if not settings.enabled},
        "severities": {name: settings.severity for name, settings in config.controls.items() if settings.severity},
        "roles": config.roles,
        "attestations": config.stated,
        "estate": config.described,
        "fail_on": arguments.get("fail_on") or config.fail_on or "low",
        "allow_empty": arguments.get("allow_empty") or config.allow_empty,
        "exclude": config.excluded,
        "libraries": config.libraries,
        "limits": Limits(arguments.get("limit_memory"), arguments.get("limit_seconds")),
        "arguments": _arguments(sys.argv[1:]),
        **{name: value(config) if callable(value) else value for name, value in named.items()},
    }
    for folder in config.policies:
        if not os.path.isdir(folder):
            raise ConfigurationError(f"{config.place('policies', folder)}{folder} is no directory; name the folder that your rules are in")
    chosen = Options(**fields)
    before = None
    if arguments.get("since"):
        from assay.scanner.since import earlier

        before = earlier(chosen, arguments["since"], lambda scan: watching.watch(scan, arguments["quiet"], f"{arguments['since']}: "))
        debug("the revision is judged")
        chosen = msgspec.structs.replace(chosen, changed=before.narrowing, root_modules=before.root_modules, untouched=before.untouched)
    try:
        scan = Scan(chosen)
    except SelectionError as error:
        raise error if error.key == ("profile",) and arguments["profile"] else config.located(error) from None
    scan.rules.in_force = placed(scan.rules.in_force, config, arguments)
    scan.gate = gating.gate(scan, arguments, config, rails, before)
    if config.owners is not None:
        scan.gate.owner = Owners(config.owners, [path for path in chosen.paths if fetched.called(path) == path]).told
    debug("configuration and rules")
    return scan, config


def finish(
    scan: Any,
    arguments: dict[str, Any],
    config: Config,
    run: Callable[[Any, bool], Report] | None = None,
    evidence: EvidenceFolder | None = None,
) -> int:
    """Run, write the reports and the evidence, and give the exit code."""
    targets = output.report_targets(arguments)
    if targets is None:
        return EXIT_USAGE
    try:
        memory = remembering.Memory(scan, arguments)
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    streams = Streams(targets, scan)
    counting = Counting(arguments, config)
    scan.sinks.append(lambda judged: counting.take(judged.results))
    scan.keeping = _keeping(scan, streams.others, arguments)
    scan.sinks.append(lambda judged: debug(f"judged {judged.name}"))
    report = (run or watching.watch)(scan, arguments["quiet"])
    report = evidence.shown(report) if evidence else report
    if report.coverage.gaps and not report.coverage.files.found and all(gap.code == "not_found" for gap in report.coverage.gaps):
        for gap in report.coverage.gaps:
            console.tell(f"assay: {gap}")
        return EXIT_USAGE
    report = memory.entered(report, not scan.incomplete)
    asked = output.worst(output.write(report, streams.others, scan, arguments), streams.close(report))
    if ("text", "-") not in targets or arguments["quiet"]:  # else that report names them
        _say_new(report)
        for sentence in (*report.gate.changes, *report.gate.warnings):
            console.tell(f"assay: {sentence}")
        if sentence := remembering.said(report):
            console.tell(f"assay: {sentence}")
    code = counting.exit_code(bool(report.gate.changes), scan.incomplete)
    if evidence:
        asked = output.worst(asked, evidence.write(report, code, scan, config))
    return asked if asked == EXIT_USAGE else code or asked or memory.code


def _keeping(scan: Any, targets: list[tuple[str, str]], arguments: dict[str, Any]) -> Any:
    """What keeps the results: memory, unless no more than passes over them are asked for."""
    from assay.scanner.results.keeping import InMemory, Nothing, OnDisk

    whole = ("history", "evidence", "imports", "beside")
    if any(arguments.get(name) for name in whole) or not all(_in_passes(name, path) for name, path in targets):
        return InMemory()
    return OnDisk() if targets or scan.options.attestations else Nothing()


def _in_passes(name: str, path: str) -> bool:
    try:
        return formats.in_passes(name, path)
    except Exception:  # a format that cannot be imported is told when its report is written
        return False


def _say_new(report: Report) -> None:
    """Tell the gaps of a run: of those that were there before, which leave it complete, how many there are."""
    known = set(report.gate.known_gaps)
    say(gap for gap in report.coverage.gaps if gap not in known)
    if known:
        console.tell(f"assay: {many(len(known), 'gap')} known from before; the text and json reports name each")


def say(gaps: Iterable[Gap]) -> None:
    """Tell gaps on standard error."""
    from assay.scanner.results.ledger import told

    for sentence in told(gaps):
        console.tell(f"assay: {sentence}")


def failing_severities(arguments: dict[str, Any], config: Config) -> tuple[str, ...]:
    """The severities whose failures fail a run (`--fail-on`)."""
    fail_on = arguments["fail_on"] or config.fail_on or "low"
    return tuple(SEVERITIES[: SEVERITIES.index(fail_on) + 1]) if fail_on != "never" else ()


def configuration(arguments: dict[str, Any]) -> Config:
    """The configuration that a command line means. Raises ConfigurationError."""
    named = arguments["config_file"]
    if arguments["no_config"]:
        if named not in (None, "none"):
            raise ConfigurationError(f"assay: --no-config and --config {named} contradict each other; give one of them")
        return Config()
    if named == "none":
        return Config()
    return read(Path(named)) if named not in (None, "tree") else of_tree()


_ASSIGNING = ("--var", "--parameter")
_SECRET = ("--external-id", "--notify")


def _arguments(argv: list[str]) -> list[str]:
    """The command line as the report keeps it: values of variables, and external ids, may be secret."""
    shown: list[str] = []
    for index, argument in enumerate(argv):
        option, equals, rest = argument.partition("=")
        if equals and option in _ASSIGNING:
            text = f"{option}={rest.partition('=')[0]}=…"
        elif index and argv[index - 1] in _ASSIGNING:
            text = f"{argument.partition('=')[0]}=…"
        elif equals and option in _SECRET:
            text = f"{option}=…"
        elif index and argv[index - 1] in _SECRET:
            text = "…"
        else:
            text = without_secrets(argument)
        shown.append(visible(text))
    return shown


def exit_code(report: Report, incomplete: bool, arguments: dict[str, Any], config: Config) -> int:
    """What a report comes to."""
    counting = Counting(arguments, config)
    counting.take(report.results)
    return counting.exit_code(bool(report.gate.changes), incomplete)


class Counting:
    """What results come to, as they come. What was known before fails no run, and leaves none incomplete."""

    def __init__(self, arguments: dict[str, Any], config: Config) -> None:
        self._failing = failing_severities(arguments, config)
        self._new_only = bool(arguments.get("fail_on_new"))
        self._strict = arguments["strict"] or config.strict
        self._fails = self._unknown = False

    def take(self, results: Iterable[Result]) -> None:
        """Some results of the run, as its gate leaves them."""
        for result in results:
            if result.standing == "known" or (self._new_only and result.course and result.course.state == "known"):
                continue
            self._fails = self._fails or (result.verdict == "fail" and result.severity in self._failing)
            self._unknown = self._unknown or result.verdict == "unknown"

    def exit_code(self, changes: bool, incomplete: bool) -> int:
        """What all of them come to. `changes`: the configuration lets more through than before."""
        if changes or self._fails:
            return EXIT_FAILED
        return EXIT_INCOMPLETE if incomplete or (self._strict and self._unknown) else EXIT_OK
