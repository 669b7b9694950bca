"""`assay controls`: the catalogue, its checks and its fixtures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from assay.scanner import plugins
from assay.scanner.cli import EXIT_FAILED, EXIT_OK, EXIT_USAGE, completing, console, judging, output
from assay.scanner.cli.story import Story, columns
from assay.scanner.cli.suggesting import Suggesting
from assay.scanner.config import Config
from assay.scanner.errors import AssayError
from assay.scanner.results import formats
from assay.scanner.rules.load import RuleSet

_FIXTURES = click.option(
    "--fixtures", type=click.Path(exists=True, file_okay=False), help="Folder of fixtures.  [default: fixtures/controls]"
)


@click.group("controls", cls=Suggesting)
def command() -> None:
    """The controls: list, show, check, test, and what they judge of frameworks."""


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
    """All controls, a line each; titles are cut at the width of the terminal, 80 columns where there is none."""
    controls = [compiled.control for compiled in _configured(arguments)[1].controls]
    longest, width = max((len(control.id) for control in controls), default=0), columns()
    for control in controls:
        line = f"{control.id:{longest}} {control.severity:8} {control.title}"
        console.show(console.one_line(line if len(line) <= width else f"{line[: width - 1].rstrip()}…"))


@command.command()
@click.argument("control_id", metavar="ID", shell_complete=completing.controls)
@judging.configured
def show(control_id: str, **arguments: Any) -> None:
    """One control: text, rule, remediation, mappings.

    ID may be that of another scanner's check, such as CKV_AWS_53, AVD-AWS-0086 or s3_bucket_kms_encryption: then the controls are shown
    that ask for the same thing, or for part of it.
    """
    from assay.scanner.cli.show_control import of_check, of_control, unknown

    rules = _configured(arguments)[1]
    named = (compiled for compiled in rules.controls if control_id in (compiled.control.id, *compiled.control.aliases))
    compiled = next(named, None)
    story = of_control(compiled) if compiled else of_check(control_id, rules)
    if story is None:
        console.tell(unknown(control_id, rules))
        sys.exit(EXIT_USAGE)
    story.tell()


@command.command()
@judging.configured
def lint(**arguments: Any) -> None:
    """Check rule files without running them."""
    rules = _configured(arguments)[1]
    console.show(f"{len(rules.controls)} controls are well-formed")


@command.command()
@click.argument("patterns", nargs=-1, metavar="[ID|GLOB]...", shell_complete=completing.controls)
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
@click.argument("patterns", nargs=-1, metavar="[ID|GLOB]...", shell_complete=completing.controls)
@_FIXTURES
@judging.configured
def accept(patterns: tuple[str, ...], fixtures: str | None, **arguments: Any) -> None:
    """Write every result of the fixtures of controls as what `test` must find."""
    from assay.scanner import fixtures as runner

    folder = _folder(fixtures)
    config, rules = _configured(arguments)
    chosen = _chosen(patterns, rules)
    cases = runner.run_fixtures(folder, chosen, [*config.policies, *arguments["policies"]], config.overrides)
    number = runner.accept(folder, cases)
    console.show(f"{number} results of {len(chosen)} controls accepted; see what changed before you commit it")


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
@click.option("--format", "format_", type=click.Choice(formats.names(plugins.CATALOGUES)), required=True, help="What to write.")
@click.option("-o", "--out", type=click.Path(dir_okay=False), default="-", help="The file to write.  [default: standard output]")
@judging.configured
def export(format_: str, out: str, **arguments: Any) -> None:
    """Write the controls for another program. oscal: a component definition, with the sections of frameworks that each control serves.

    With SOURCE_DATE_EPOCH in the environment, the document says that time, so that the same rules give the same bytes.
    """
    from assay.scanner.cli import exporting

    config, rules = _configured(arguments)
    catalogue = exporting.catalogue(rules, [*config.policies, *arguments["policies"]])
    sys.exit(output.written(format_, out, lambda: [formats.load(format_, plugins.CATALOGUES).render(catalogue)]))


@command.command()
@judging.configured
def matrix(**arguments: Any) -> None:
    """Which input judges which control: in full, in part, not at all, and why."""
    from assay.scanner.control_pages import FULL, NONE, OF_PLANS, PART, shown_by

    cells = {FULL: "full", PART: "part", NONE: "-"}
    controls = _configured(arguments)[1].controls
    longest = max((len(compiled.control.id) for compiled in controls), default=0)
    story = Story()
    for number, (title, _, _) in enumerate(shown_by(controls[0]) if controls else (), 1):
        story.prose(f"{number}  {title}")
    story.heading("full: the input shows all that the control asks; part: see below; -: it does not show it.")
    story.prose(OF_PLANS)
    story.lines.append("")
    for number, compiled in enumerate(controls):
        extents = [cells[extent] for _, _, extent in shown_by(compiled)]
        if not number:
            story.code(f"{'':{longest}} " + " ".join(f"{column:<4}" for column in range(1, len(extents) + 1)), 0)
        story.code(f"{compiled.control.id:{longest}} " + " ".join(f"{extent:<4}" for extent in extents), 0)
    story.heading("What is shown in part")
    for compiled in controls:
        for name, reason in compiled.control.judged.items():
            story.prose(f"{compiled.control.id}, {name}: {' '.join(reason.split())}")
    story.tell()


@command.command()
@click.argument("framework", metavar="FRAMEWORK", shell_complete=completing.frameworks)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people or for programs."
)
@judging.configured
def coverage(framework: str, form: str, **arguments: Any) -> None:
    """Which sections of a framework controls judge, which no control judges, and the share: cis_aws_7_0, pci_dss_4_0, …"""
    from assay.scanner.cli.framework_coverage import as_json, of_framework
    from assay.scanner.rules import frameworks, load

    rules = _configured(arguments)[1]
    try:
        known = load.framework(rules, framework)
    except AssayError as error:
        console.refused(error)
        sys.exit(EXIT_USAGE)
    covered = frameworks.coverage(known, rules.by_id().values())
    if form == "json":
        console.show(as_json(covered).decode())
    else:
        of_framework(covered).tell()
