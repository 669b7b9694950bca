"""`assay controls`: the catalogue, its checks and its fixtures."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assay.scanner.cli import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from assay.scanner.rules.load import RuleSet
from assay.scanner.rules.model import RuleErrors

_POLICIES = click.option("--policies", multiple=True, type=click.Path(exists=True, file_okay=False), help="A folder of your own rules.")
_FIXTURES = click.option(
    "--fixtures", type=click.Path(exists=True, file_okay=False), help="Folder of fixtures.  [default: fixtures/controls]"
)


@click.group("controls")
def command() -> None:
    """The controls: list, show, check, test."""


def _rules(policies: tuple[str, ...]) -> RuleSet:
    from assay.scanner.rules.load import builtin_folder, load

    try:
        return load([builtin_folder(), *[Path(folder) for folder in policies]])
    except RuleErrors as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_USAGE)


@command.command("list")
@_POLICIES
def list_controls(policies: tuple[str, ...]) -> None:
    """All controls, a line each."""
    for compiled in _rules(policies).controls:
        control = compiled.control
        click.echo(f"{control.id:42} {control.severity:9} {control.title}")


@command.command()
@click.argument("control_id", metavar="ID")
@_POLICIES
def show(control_id: str, policies: tuple[str, ...]) -> None:
    """One control: text, rule, remediation, mappings."""
    from assay.scanner.control_pages import page
    from assay.scanner.rules.load import nearest

    rules = _rules(policies)
    named = (compiled for compiled in rules.controls if control_id in (compiled.control.id, *compiled.control.aliases))
    compiled = next(named, None)
    if compiled is None:
        way = nearest(control_id, rules.by_id()) or "see assay controls list"
        click.echo(f"assay: there is no control {control_id!r}; {way}", err=True)
        sys.exit(EXIT_USAGE)
    click.echo(page(compiled).rstrip())


@command.command()
@_POLICIES
def lint(policies: tuple[str, ...]) -> None:
    """Check rule files without running them."""
    rules = _rules(policies)
    click.echo(f"{len(rules.controls)} controls are well-formed")


@command.command()
@click.argument("patterns", nargs=-1, metavar="[ID|GLOB]...")
@_FIXTURES
@_POLICIES
def test(patterns: tuple[str, ...], fixtures: str | None, policies: tuple[str, ...]) -> None:
    """Run the fixtures of controls: every expected verdict must come, and no other."""
    from assay.scanner.fixtures import run_fixtures

    folder = _folder(fixtures)
    cases = failures = 0
    for case in run_fixtures(folder, _chosen(patterns, policies), list(policies)):
        cases += 1
        failures += bool(case.problems)
        for problem in case.problems:
            click.echo(f"{case.control} {case.name}: {problem}")
    click.echo(f"{cases} cases, {failures} failed")
    sys.exit(EXIT_FAILED if failures or not cases else EXIT_OK)


@command.command()
@click.argument("patterns", nargs=-1, metavar="[ID|GLOB]...")
@_FIXTURES
@_POLICIES
def accept(patterns: tuple[str, ...], fixtures: str | None, policies: tuple[str, ...]) -> None:
    """Write every finding of the fixtures of controls as what `test` must find."""
    from assay.scanner import fixtures as runner

    folder = _folder(fixtures)
    chosen = _chosen(patterns, policies)
    number = runner.accept(folder, runner.run_fixtures(folder, chosen, list(policies)))
    click.echo(f"{number} findings of {len(chosen)} controls accepted; see what changed before you commit it")


def _chosen(patterns: tuple[str, ...], policies: tuple[str, ...]) -> list[str]:
    from assay.scanner.rules.load import select

    try:
        return [compiled.control.id for compiled in select(_rules(policies), patterns, None)]
    except LookupError as error:
        click.echo(f"assay: {error.args[0]}", err=True)
        sys.exit(EXIT_USAGE)


def _folder(fixtures: str | None) -> Path:
    folder = Path(fixtures) if fixtures else Path(__file__).resolve().parents[2] / "fixtures" / "controls"
    if not folder.is_dir():
        click.echo("assay: the fixtures are not installed with the package; name them with --fixtures", err=True)
        sys.exit(EXIT_USAGE)
    return folder


@command.command()
@_POLICIES
def matrix(policies: tuple[str, ...]) -> None:
    """Which input judges which control: in full, in part, not at all, and why."""
    from assay.scanner.control_pages import matrix as build

    click.echo(build(_rules(policies).controls).rstrip())
