"""The options for reports that show fixes, and the fixes of a run that are proven for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from assay.scanner.cli import console
from assay.scanner.cli.decorated import decorated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.fix.converge import Fixing
    from assay.scanner.results.fixes import Fix
    from assay.scanner.results.model import Report, Result

MOST_JUDGEMENTS = 100
"""Each fix that is tried costs one of what it edits."""
_MAX_DIFF = 50_000_000
_OPTIONS = (
    click.option("--fixes", is_flag=True, help="Prove fixes of failures that count; sarif, markdown and github-suggestions show them."),
    click.option(
        "--review-diff",
        type=click.Path(exists=True, dir_okay=False),
        help="The unified diff of the pull request, for github-suggestions: git diff BASE...HEAD.",
    ),
)


class Shown(msgspec.Struct, frozen=True):
    """What reports show of fixes."""

    fixes: Mapping[str, Fix] = {}
    """By the fingerprint of the finding."""
    diff: str = ""
    """Of the change that is reviewed."""


def options(command: Any) -> Any:
    """The options of a command whose reports may show fixes."""
    return decorated(command, _OPTIONS)


def asked(report: Report, scan: Any, arguments: Mapping[str, Any]) -> Shown:
    """The proven fixes of a run, where the command line asks for them."""
    if not arguments.get("fixes"):
        return Shown()
    from assay.scanner.fix.propose import fixing

    wanted = {result.fingerprint for result in report.results if result.verdict == "fail" and result.standing != "known"}
    if not wanted:
        return Shown({}, _diff(arguments))
    fixer = fixing(msgspec.structs.replace(scan.options, controls=(), frameworks=()))
    return Shown(_proven(fixer, fixer.findings(lambda result: result.fingerprint in wanted), scan.sensitive), _diff(arguments))


def _proven(fixer: Fixing, findings: list[Result], sensitive: Any) -> dict[str, Fix]:
    """The worst first, as far as MOST_JUDGEMENTS go."""
    from assay.scanner.fix.shown import shown

    fixes: dict[str, Fix] = {}
    for number, finding in enumerate(findings):
        if fixer.judging.judgements > MOST_JUDGEMENTS:
            console.tell(f"assay: fixes were tried for the worst {number} of {len(findings)} failures: assay fix tries all")
            break
        for proposal in fixer.proven([finding]):
            try:
                fixes[finding.fingerprint] = shown(proposal, fixer.files.content, sensitive)
            except UnicodeDecodeError:
                continue  # no report could say where
    return fixes


def _diff(arguments: Mapping[str, Any]) -> str:
    if not arguments.get("review_diff"):
        return ""
    with open(arguments["review_diff"], "rb") as file:
        return file.read(_MAX_DIFF).decode("utf-8", "replace")
