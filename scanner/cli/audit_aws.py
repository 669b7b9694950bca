"""`assay audit aws` and `assay snapshot aws`."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable
from typing import Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console, evidencing, judging, opining
from assay.scanner.cli.decorated import decorated
from assay.scanner.cli.live import OPTION, leave, may_write, take, watch, with_credentials
from assay.scanner.cli.sections import Sectioned
from assay.scanner.sources.aws.request import DEFAULT_DAYS, DEFAULT_ROLE

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+")
_ACCOUNTS = (
    click.option(
        "--profile", "aws_profile", metavar="NAME", help="A profile of the AWS configuration.  [default: the ordinary credential chain]"
    ),
    click.option("--role-arn", "roles", multiple=True, metavar="ARN", help="Assume this role, in whatever account it is. Repeatable."),
    click.option("--external-id", metavar="ID", help="The external id that the roles ask for."),
    click.option("--organization", is_flag=True, help="Every account of the organisation, by a role in each."),
    click.option("--role-name", default=DEFAULT_ROLE, show_default=True, help="That role's name."),
    click.option("--include", multiple=True, metavar="ID|OU|tag:NAME=VALUE", help="Only these accounts of the organisation. Repeatable."),
    click.option("--exclude", multiple=True, metavar="ID|OU|tag:NAME=VALUE", help="Not these accounts of it. Repeatable."),
    click.option("--part", metavar="I/N|auto", help="Only the I-th of N parts of its accounts; auto: as the batch system numbers it."),
    click.option("--regions", metavar="REGION,…", help="Only these regions.  [default: the enabled ones]"),
    click.option("--services", metavar="SERVICE,…", help="Only these services: s3, kms, …  [default: those that the controls need]"),
    click.option("--control-profile", "profile", metavar="NAME", help="A named set of controls."),
    click.option(
        "--since",
        "before",
        metavar="SNAPSHOT",
        help="Take from this earlier snapshot what AWS Config says is unchanged, and ask for the rest.",
    ),
    click.option(
        "--max-age",
        "days",
        type=click.FloatRange(min=0, min_open=True),
        default=DEFAULT_DAYS,
        metavar="DAYS",
        help="With --since: ask again for what was answered longer ago.  [default: 7]",
    ),
    OPTION,
    click.option("--print-policy", is_flag=True, help="Print the read-only IAM policy that this audit needs, and end."),
)


def _accounts(command: Any) -> Any:
    return decorated(command, _ACCOUNTS)


@click.command("aws", cls=Sectioned)
@_accounts
@click.option("--snapshot", "out", type=click.Path(dir_okay=False), help="Keep what was answered in this file as well.")
@click.option("--resume", is_flag=True, help="Go on where that file stopped.")
@opining.imports
@evidencing.options
@judging.options
def audit(**arguments: Any) -> None:
    """Judge live AWS accounts.

    Credentials come from the ordinary chain: environment, profile, single sign-on, instance role. Nothing is changed and no data is read.
    """
    with evidencing.asked(arguments, "audit aws") as evidence:
        code = _audit(arguments, evidence) if evidence is not None else EXIT_USAGE
    leave(code)


@click.command("aws", cls=Sectioned)
@_accounts
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False), help="The file to write; uncompressed if it ends in .ndjson.")
@click.option("--resume", is_flag=True, help="Go on where this file stopped.")
@judging.choice
def snapshot(**arguments: Any) -> None:
    """Collect from live AWS accounts without judging."""
    leave(_snapshot(arguments))


def _audit(arguments: dict[str, Any], evidence: evidencing.EvidenceFolder) -> int:
    opinions = opining.asked(arguments)
    prepared = judging.prepare(arguments, {"paths": ["aws"], **evidence.named()}) if opinions else None
    kept = arguments if arguments["resume"] else {**arguments, "out": evidence.snapshot(arguments["out"])}
    source = _source(prepared[0], kept) if prepared else None
    if opinions is None or prepared is None or source is None:
        return EXIT_USAGE
    if arguments["print_policy"]:
        return _print_policy(source, arguments)
    scan, config = prepared
    scan.sources = [source]
    run = functools.partial(opinions.watch, run=functools.partial(watch, source=source, minutes=arguments["minutes"]))
    return _noted(source, arguments, lambda: judging.finish(scan, arguments, config, run, evidence))


def _snapshot(arguments: dict[str, Any]) -> int:
    prepared = judging.prepare(arguments, {"paths": ["aws"]})
    source = _source(prepared[0], arguments) if prepared else None
    if prepared is None or source is None:
        return EXIT_USAGE
    if arguments["print_policy"]:
        return _print_policy(source, arguments)

    return _noted(source, arguments, lambda: take(source, arguments, "account"))


def _noted(source: Any, arguments: dict[str, Any], run: Callable[[], int]) -> int:
    """Run an audit, and say what hides nothing and may be of use."""
    code = with_credentials("auditing AWS", "aws", run)
    for note in [] if arguments["quiet"] else source.notes:
        console.tell(f"assay: --since: {note}")
    return code


def _source(scan: Any, arguments: dict[str, Any]) -> Any:
    """The audit that was asked for; None, after saying why, where it cannot be."""
    from assay.scanner.facts.catalogue import catalogue
    from assay.scanner.live.aws import make_plan
    from assay.scanner.shards.errors import ShardError
    from assay.scanner.sources.aws.request import Request
    from assay.scanner.sources.aws.source import AuditSource

    services = _split(arguments["services"])
    known = sorted({listing.call.service for listing in catalogue("aws_api").listings.values()})
    for service in services:
        if service not in known:
            console.tell(f"assay: there is no service {service!r} to choose; services are {', '.join(known)}")
            return None
    regions = _split(arguments["regions"])
    for region in regions:
        if why := _why_no_region(region):
            console.tell(f"assay: --regions {region}: {why}")
            return None
    for role in arguments["roles"]:
        if not _ROLE.fullmatch(role):
            console.tell(f"assay: --role-arn {role}: is no ARN of a role: arn:aws:iam::111122223333:role/NAME")
            return None
    if not arguments["print_policy"] and not may_write(arguments, "go on with it by --resume, "):
        return None
    if arguments["resume"] and not arguments["out"]:
        console.tell("assay: --resume needs the snapshot that it goes on with: --snapshot FILE")
        return None
    if (arguments["include"] or arguments["exclude"]) and not arguments["organization"]:
        console.tell("assay: --include and --exclude choose accounts of an --organization")
        return None
    try:
        part = _part(arguments["part"], arguments["organization"])
    except ShardError as error:
        console.refused(error)
        return None
    request = Request(
        profile=arguments["aws_profile"],
        roles=arguments["roles"],
        external_id=arguments["external_id"],
        organization=arguments["organization"],
        role_name=arguments["role_name"],
        include=arguments["include"],
        exclude=arguments["exclude"],
        part=part,
        regions=regions,
        since=arguments["before"],
        days=arguments["days"],
    )
    earlier = [path for path in (arguments["out"], f"{arguments['out']}.partial") if os.path.exists(path)] if arguments["resume"] else []
    source = AuditSource(request, make_plan(scan.rules.judged, services, more=scan.rules.summed_up), arguments["out"], earlier)
    return source if arguments["print_policy"] or _may_go_by(arguments["before"], source) else None


def _why_no_region(name: str) -> str:
    """Why nothing can be asked in a region; empty where it can."""
    from assay.scanner.rules.load import nearest
    from assay.scanner.sources.aws import session

    known = session.regions()
    return "" if name in known else f"boto3 knows no such region; {nearest(name, known) or 'of a new one, a newer boto3 does'}"


def _part(text: str | None, of_organization: bool) -> tuple[int, int] | None:
    """The part of the accounts that is asked for; None where all are. Raises ShardError."""
    from assay.scanner.shards import numbers
    from assay.scanner.shards.errors import ShardError

    if text is None:
        return None
    if not of_organization:
        raise ShardError("--part chooses accounts of an --organization")
    return numbers.parse(text, os.environ, "--part")


def _may_go_by(earlier: str | None, source: Any) -> bool:
    """Whether an audit may take answers from an earlier snapshot; says why where it may not."""
    from assay.scanner.sources.aws.earlier import why_refused

    try:
        why = why_refused(earlier, source.scope) if earlier else ""
    except OSError as error:
        why = str(error.strerror)
    if why:
        console.tell(f"assay: --since {earlier}: {why}")
    return not why


def _split(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _print_policy(source: Any, arguments: dict[str, Any]) -> int:
    from assay.scanner.sources.aws.permissions import policy
    from assay.scanner.sources.aws.plan import CHANGES

    role_name, beside = arguments["role_name"] if arguments["organization"] else "", CHANGES if arguments["before"] else ()
    console.show(json.dumps(policy(source.plan, role_name, beside), indent=2))
    return EXIT_OK
