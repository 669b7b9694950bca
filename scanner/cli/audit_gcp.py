"""`assay audit gcp` and `assay snapshot gcp`."""

from __future__ import annotations

import functools
import json
import sys
from typing import Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console, evidencing, judging, opining
from assay.scanner.cli.decorated import decorated
from assay.scanner.cli.live import OPTION, may_write, take, watch, with_credentials
from assay.scanner.cli.sections import Sectioned

_WHAT = "auditing Google Cloud"
_NO_SINCE = "--since spares nothing of Google Cloud: Cloud Asset Inventory gives everything in a few pages, and no list of what has changed"
_SCOPE = (
    click.option("--project", metavar="ID", help="One project."),
    click.option("--folder", metavar="NUMBER", help="Everything below a folder."),
    click.option("--organization", metavar="NUMBER", help="Everything in an organisation."),
    click.option("--impersonate-service-account", "impersonate", metavar="EMAIL", help="Act as this service account."),
    click.option("--quota-project", metavar="ID", help="The project whose quota is used.  [default: that of the credentials]"),
    click.option("--export", metavar="gs://BUCKET/PREFIX", help="Export to Cloud Storage and read that: for large organisations."),
    click.option("--control-profile", "profile", help="A named set of controls."),
    OPTION,
    click.option("--since", "before", metavar="SNAPSHOT", help="Refused: an inventory is one answer, of which nothing is spared."),
    click.option("--print-roles", is_flag=True, help="Print the custom role that this audit needs, and end."),
)


def _scope(command: Any) -> Any:
    return decorated(command, _SCOPE)


@click.command("gcp", cls=Sectioned)
@_scope
@click.option("--snapshot", "out", type=click.Path(dir_okay=False), help="Keep what was answered in this file as well.")
@opining.imports
@evidencing.options
@judging.options
def audit(**arguments: Any) -> None:
    """Judge a live Google Cloud project, folder or organisation, by Cloud Asset Inventory.

    Credentials are the application default ones. Nothing is changed and no data is read.
    """
    with evidencing.asked(arguments, "audit gcp") as evidence:
        code = _audit(arguments, evidence) if evidence is not None else EXIT_USAGE
    sys.exit(code)


@click.command("gcp", cls=Sectioned)
@_scope
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False), help="The file to write; uncompressed if it ends in .ndjson.")
@judging.choice
def snapshot(**arguments: Any) -> None:
    """Collect from a live Google Cloud project, folder or organisation without judging."""
    sys.exit(_snapshot(arguments))


def _audit(arguments: dict[str, Any], evidence: evidencing.EvidenceFolder) -> int:
    opinions, parent = opining.asked(arguments), _parent(arguments)
    prepared = judging.prepare(arguments, {"paths": [f"google:{parent}"], **evidence.named()}) if opinions and parent else None
    if opinions is None or parent is None or prepared is None:
        return EXIT_USAGE
    if arguments["print_roles"]:
        return _print_roles(prepared[0], parent, arguments)
    scan, config = prepared

    def run() -> int:
        source = _source(scan, parent, {**arguments, "out": evidence.snapshot(arguments["out"])})
        scan.sources = [source]
        watched = functools.partial(opinions.watch, run=functools.partial(watch, source=source, minutes=arguments["minutes"]))
        return judging.finish(scan, arguments, config, watched, evidence)

    return with_credentials(_WHAT, "gcp", run)


def _snapshot(arguments: dict[str, Any]) -> int:
    parent = _parent(arguments)
    prepared = judging.prepare(arguments, {"paths": [f"google:{parent}"]}) if parent else None
    if parent is None or prepared is None:
        return EXIT_USAGE
    if arguments["print_roles"]:
        return _print_roles(prepared[0], parent, arguments)

    return with_credentials(_WHAT, "gcp", lambda: take(_source(prepared[0], parent, arguments), arguments, "project"))


def _parent(arguments: dict[str, Any]) -> str | None:
    """The relative name of what is to be audited; None, after saying why, where that is not one thing."""
    chosen = [f"{kind}s/{arguments[kind]}" for kind in ("project", "folder", "organization") if arguments[kind]]
    if len(chosen) != 1:
        console.tell("assay: name one of --project, --folder and --organization")
        return None
    if arguments["export"] and not (arguments["export"].startswith("gs://") and arguments["export"].count("/") > 2):
        console.tell("assay: --export takes gs://BUCKET/PREFIX")
        return None
    if arguments["before"]:
        console.tell(f"assay: {_NO_SINCE}; audit without --since")
        return None
    return chosen[0] if arguments["print_roles"] or may_write(arguments, "") else None


def _source(scan: Any, parent: str, arguments: dict[str, Any]) -> Any:
    from assay.scanner.sources.gcp.session import Request
    from assay.scanner.sources.gcp.source import AuditSource

    request = Request(parent, arguments["impersonate"], arguments["quota_project"], arguments["export"])
    return AuditSource(request, _plan(scan), arguments["out"])


def _plan(scan: Any) -> Any:
    from assay.scanner.live.google import make_plan

    return make_plan(scan.rules.judged, scan.rules.summed_up)


def _print_roles(scan: Any, parent: str, arguments: dict[str, Any]) -> int:
    from assay.scanner.sources.gcp.permissions import role

    console.show(json.dumps(role(_plan(scan), parent, bool(arguments["export"])), indent=2))
    return EXIT_OK
