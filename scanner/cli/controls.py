"""`assay controls`: the catalogue, its checks and its fixtures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from assay.scanner.cli import EXIT_FAILED, EXIT_OK, EXIT_USAGE, console, judging
from assay.scanner.config import Config
from assay.scanner.errors import AssayError
from assay.scanner.rules.load import RuleSet

_FIXTURES = click.option(
    "--fixtures", type=click.Path(exists=True, file_okay=False), help="Folder of fixtures.  [default: fixtures/controls]"
)


@click.group("controls")
def command() -> None:
    """The controls: list, show, check, test."""


def _configured(arguments: dict[str, Any]) -> tuple[Config, RuleSet]:
    """The configuration of a command line and the rules that it has; ends the process, after saying why, where they cannot be used."""
    from assay.scanner.rules.load import builtin_folder, load

    try:
        config = judging.configuration(arguments)
        folders = [Path(folder) for folder in (*config.policies, *arguments["policies"])]
        return config, load([builtin_folder(), *folders], overrides=config.overrides)
    except AssayError as error:
        console.refused(error)
        sys.exit(EXIT_USAGE)


@command.command("list")
@judging.configured
def list_controls(**arguments: Any) -> None:
    """All controls, a line each."""
    for compiled in _configured(arguments)[1].controls:
        control = compiled.control
        console.show(console.one_line(f"{control.id:42} {control.severity:9} {control.title}"))


@command.command()
@click.argument("control_id", metavar="ID")
@judging.configured
def show(control_id: str, **arguments: Any) -> None:
    """One control: text, rule, remediation, mappings."""
    from assay.scanner.control_pages import page
    from assay.scanner.rules.load import nearest

    rules = _configured(arguments)[1]
    named = (compiled for compiled in rules.controls if control_id in (compiled.control.id, *compiled.control.aliases))
    compiled = next(named, None)
    if compiled is None:
        way = nearest(control_id, rules.by_id()) or "see assay controls list"
        console.tell(f"assay: there is no control {control_id!r}; {way}")
        sys.exit(EXIT_USAGE)
    console.show(page(compiled).rstrip())


@command.command()
@judging.configured
def lint(**arguments: Any) -> None:
    """Check rule files without running them."""
    rules = _configured(arguments)[1]
    console.show(f"{len(rules.controls)} controls are well-formed")


@command.command()
@click.argument("patterns", nargs=-1, metavar="[ID|GLOB]...")
@_FIXTURES
@judging.configured
def test(patterns: tuple[str, ...], fixtures: str | None, **arguments: Any) -> None:
    """Run the fixtures of controls: every expected verdict must come, and no other."""
    from assay.scanner.fixtures import run_fixtures

    folder = _folder(fixtures)
    cases = failures = 0
    config, rules = _configured(arguments)
    for case in run_fixtures(folder, _chosen(patterns, rules), [*config.policies, *arguments["policies"]], config.overrides):
        cases += 1
        failures += bool(case.problems)
        for problem in case.problems:
            console.show(f"{case.control} {case.name}: {problem}")
    console.show(f"{cases} cases, {failures} failed")
    sys.exit(EXIT_FAILED if failures or not cases else EXIT_OK)


@command.command()
@click.argument("patterns", nargs=-1, metavar="[ID|GLOB]...")
@_FIXTURES
@judging.configured
def accept(patterns: tuple[str, ...], fixtures: str | None, **arguments: Any) -> None:
    """Write every finding of the fixtures of controls as what `test` must find."""
    from assay.scanner import fixtures as runner

    folder = _folder(fixtures)
    config, rules = _configured(arguments)
    chosen = _chosen(patterns, rules)
    cases = runner.run_fixtures(folder, chosen, [*config.policies, *arguments["policies"]], config.overrides)
    number = runner.accept(folder, cases)
    console.show(f"{number} findings of {len(chosen)} controls accepted; see what changed before you commit it")


def _chosen(patterns: tuple[str, ...], rules: RuleSet) -> list[str]:
    from assay.scanner.rules.load import select

    try:
        return [compiled.control.id for compiled in select(rules, patterns, None)]
    except AssayError as error:
        console.refused(error)
        sys.exit(EXIT_USAGE)


def _folder(fixtures: str | None) -> Path:
    folder = Path(fixtures) if fixtures else Path(__file__).resolve().parents[2] / "fixtures" / "controls"
    if not folder.is_dir():
        console.tell("assay: the fixtures are not installed with the package; name them with --fixtures")
        sys.exit(EXIT_USAGE)
    return folder


@command.command()
@judging.configured
def matrix(**arguments: Any) -> None:
    """Which input judges which control: in full, in part, not at all, and why."""
    from assay.scanner.control_pages import matrix as build

    console.show(build(_configured(arguments)[1].controls).rstrip())
