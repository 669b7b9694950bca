"""`assay access`: who can do what, from code, plans, templates and snapshots."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from assay.scanner.cli import EXIT_USAGE, access_telling, console, judging, watching
from assay.scanner.cli.access_telling import tell
from assay.scanner.cli.scan import named, reading
from assay.scanner.cli.suggesting import Suggesting
from assay.scanner.options import AccessQuestion
from assay.scanner.words import visible

_PATHS = click.argument("paths", nargs=-1, metavar="[PATH]...")


@click.group("access", cls=Suggesting)
def command() -> None:
    """Who can read a secret or delete what is kept, what an identity can do, and which way leads from one to the other.

    PATHs are what `assay scan` takes: code, plans, templates, snapshots of live accounts, exports of assets; the working directory, where
    none is named. Names may be patterns with *.
    """


@command.command("who-can")
@click.argument("action", metavar="ACTION")
@click.argument("resource", metavar="RESOURCE")
@_PATHS
@access_telling.options
@reading
@judging.choice
def who_can(action: str, resource: str, **arguments: Any) -> None:
    """Everybody who can do ACTION to RESOURCE: `read` a secret, `delete` what a bucket, a table or a database keeps, or any action.

    ACTION is one of these words, or as the provider spells it: sqs:SendMessage, kms:Decrypt, storage.objects.get. RESOURCE is a name, an
    address in the code or an ARN; '*' asks for anything. Of what is asked by an ARN and not found here, its own policy is not seen.
    """
    from assay.scanner.questions import access, asked

    question, nobody = f"Who can {action} {resource}", f"nobody that is seen here can {action} {resource}"
    control = access.ASKED.get(action.lower())
    if control is not None:
        report = _report(arguments, (control,), AccessQuestion(action, resource))
        _known(report, (control,), resource)
        tell(report, question, access.who_can(report, control, resource), arguments, nobody)
    if action.lower() in map(str.lower, access.READS):
        report = _report(arguments, ("ask.readers",), AccessQuestion(action, resource))
        if access.resources(report, ("ask.readers",), resource):
            tell(report, question, access.who_can(report, "ask.readers", resource), arguments, nobody)
    _refused(asked.problem(action, resource))
    report = _report(arguments, asked.CONTROLS, AccessQuestion(action, resource))
    answers = asked.who_can(report, action, resource)
    _refused(answers)
    tell(report, question, answers, arguments, nobody)


def _refused(why: Any) -> None:
    """Ends the process where something cannot be asked: a text that says why, and the way out."""
    if isinstance(why, str) and why:
        console.tell(f"assay: {why}")
        sys.exit(EXIT_USAGE)


@command.command("what-can")
@click.argument("principal", metavar="PRINCIPAL")
@_PATHS
@access_telling.options
@reading
@judging.choice
def what_can(principal: str, **arguments: Any) -> None:
    """What PRINCIPAL is allowed by its policies, by bindings and by what resources say of it, how it gets more, and which secrets it reads.

    Secrets are read in however many steps.
    """
    from assay.scanner.questions import access

    asked = ("ask.permissions", "ask.raises", "ask.readers", *access.GRANTED)
    report = _report(arguments, asked)
    nothing = f"nothing is seen here that {principal} can do"
    tell(report, f"What {principal} can do", access.what_can(report, principal), arguments, nothing)


@command.command("path")
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@_PATHS
@access_telling.options
@reading
@judging.choice
def path(start: str, end: str, **arguments: Any) -> None:
    """How FROM, an identity, gets to TO, a secret or something that keeps records."""
    from assay.scanner.questions import access

    asked = ("ask.readers", "ask.erasers")
    report = _report(arguments, asked)
    _known(report, asked, end)
    none = f"no way is seen here from {start} to {end}"
    tell(report, f"How {start} gets to {end}", access.paths(report, start, end), arguments, none)


def _report(arguments: dict[str, Any], controls: Iterable[str], question: AccessQuestion | None = None) -> Any:
    """What the rules of questions find below the paths; ends the process, after saying why, where that cannot be asked."""
    from assay.scanner.questions.access import RULES

    paths = list(arguments["paths"]) or ["."]
    arguments |= {"fail_on": None, "baseline": None, "no_baseline": True, "profile": None}
    arguments |= {"controls": tuple(controls), "policies": (*arguments["policies"], str(RULES))}
    prepared = judging.prepare(arguments, {**named(arguments, paths), "asked": question})
    if prepared is None:
        sys.exit(EXIT_USAGE)
    report = watching.watch(prepared[0], arguments["quiet"])
    if missing := [gap for gap in report.coverage.gaps if gap.code == "not_found"]:
        judging.say(missing)
        sys.exit(EXIT_USAGE)
    return report


def _known(report: Any, controls: Iterable[str], name: str) -> None:
    """Ends the process where nothing is called so."""
    from assay.scanner.questions import access

    if access.resources(report, controls, name):
        return
    every = [resource.name for resource in access.resources(report, controls, "*")]
    there = f"there are {', '.join(sorted(set(every))[:10])}" if every else "nothing of the kind was found"
    console.tell(f"assay: nothing is called {visible(name)!r}; {visible(there)}")
    sys.exit(EXIT_USAGE)
