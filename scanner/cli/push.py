"""`assay push`: findings of a run that is over, sent to where a security team looks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.scanner.cli import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, judging
from assay.scanner.cli.suggesting import Suggesting
from assay.scanner.errors import AssayError
from assay.scanner.words import many

if TYPE_CHECKING:
    from assay.scanner.results.model import Report
    from assay.scanner.sources.aws.securityhub import Rejected, SecurityHub

_TOLD = 20
"""Findings that were not taken, told one a line."""


@click.group("push", cls=Suggesting)
def command() -> None:
    """Send findings of a run that is over to where a security team looks. The only commands that change something in an account."""


@command.command("securityhub")
@click.argument("results", metavar="RESULTS", type=click.Path(allow_dash=True))
@click.option("--region", required=True, metavar="REGION", help="The region of the hub.")
@click.option(
    "--profile", "aws_profile", metavar="NAME", help="A profile of the AWS configuration.  [default: the ordinary credential chain]"
)
@click.option("--yes-import", is_flag=True, help="Send them; without it, say what would be sent, and ask no server.")
@judging.configured
def securityhub(**arguments: Any) -> None:
    """Import the findings of a run into AWS Security Hub. RESULTS is what it wrote with -r json=FILE or -r jsonl=FILE, or -.

    They are imported into the account of the credentials, whichever accounts the resources are in. A finding that the hub has already is
    updated and keeps the time at which it was created. Needs securityhub:GetFindings and securityhub:BatchImportFindings.

    Exit codes: 0 the hub took all of them; 1 it did not take some; 2 wrong usage; 3 it did not answer, or let nobody in.
    """
    sys.exit(_push(arguments))


def _push(arguments: dict[str, Any]) -> int:
    from assay.scanner.cli.report import read
    from assay.scanner.results import formats
    from assay.scanner.rules import load

    try:
        report = read(arguments["results"])
        config = judging.configuration(arguments)
        folders = [load.builtin_folder(), *[Path(folder) for folder in (*config.policies, *arguments["policies"])]]
        controls = load.load(folders, overrides=config.overrides).by_id()
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    context = formats.Context(controls=controls, source=lambda _file, _first, _last: [])
    if not arguments["yes_import"]:
        asff = formats.load("asff")
        batches = [len(batch) for batch in asff.requests(report, context, asff.Hub(asff.NO_ACCOUNT, arguments["region"]))]
        what = f"{many(sum(batches), 'finding')} in {many(len(batches), 'request')}"
        console.show(f"{what} would be sent to Security Hub in {arguments['region']}; --yes-import sends them")
        return EXIT_OK
    return _send(report, context, arguments)


def _send(report: Report, context: Any, arguments: dict[str, Any]) -> int:
    try:
        from assay.scanner.sources.aws.securityhub import HubError, SecurityHub
        from assay.scanner.sources.live import CredentialsError
    except ImportError as error:
        console.tell(f"assay: sending to AWS needs {error.name}: pip install 'assay[aws]'")
        return EXIT_USAGE
    taken = 0
    rejected: list[Rejected] = []
    try:
        hub = SecurityHub(arguments["region"], arguments["aws_profile"])
        for batch in _requests(report, context, hub):
            refused = hub.send(batch)
            taken, rejected = taken + len(batch) - len(refused), [*rejected, *refused]
    except CredentialsError as error:
        console.tell(f"assay: {error}")
        return EXIT_USAGE
    except HubError as error:
        console.tell(f"assay: {error}; {many(taken, 'finding')} sent before")
        return EXIT_INCOMPLETE
    for finding in rejected[:_TOLD]:
        console.tell(f"assay: {finding.id}: not taken: {finding.code}: {finding.reason}")
    if len(rejected) > _TOLD:
        console.tell(f"assay: and {len(rejected) - _TOLD} more that were not taken")
    console.show(f"{many(taken, 'finding')} sent to Security Hub in {hub.account} {hub.region}, {len(rejected)} not taken")
    return EXIT_FAILED if rejected else EXIT_OK


def _requests(report: Report, context: Any, hub: SecurityHub) -> Any:
    """The requests to send, with the times that the hub has. What it knows as of a later time stays as it is, which is said."""
    from assay.scanner.results import formats

    asff = formats.load("asff")
    names = {"created": "CreatedAt", "observed": "FirstObservedAt", "updated": "UpdatedAt"}
    earlier = {
        str(finding.get("Id")): asff.HubRecord(**{field: str(finding.get(name) or "") for field, name in names.items()})
        for finding in hub.existing(asff.GENERATOR)
    }
    batches = asff.requests(report, context, asff.Hub(hub.account, hub.region, earlier))
    later = 0
    for batch in batches:
        later += sum(asff.is_later(earlier[finding["Id"]], finding) for finding in batch if finding["Id"] in earlier)
        yield batch
    if later:
        console.tell(f"assay: the hub has {many(later, 'finding')} of the same or a later time, which stay as they are there")
