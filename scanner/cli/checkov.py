"""`assay checkov`: checkov in an environment of its own, for `assay scan --with checkov`."""

from __future__ import annotations

import re
import sys
from typing import Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console
from assay.scanner.cli.suggesting import Suggesting
from assay.scanner.override import override


class Version(click.ParamType):  # type: ignore[type-arg]
    """The number of a release."""

    name = "VERSION"

    @override
    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if not re.fullmatch(r"[0-9][0-9A-Za-z.!+-]{0,40}", value):
            self.fail(f"{value!r} is no version; give one such as 3.3.30", param, ctx)
        return str(value)


@click.group("checkov", cls=Suggesting)
def command() -> None:
    """Another scanner, whose opinion `assay scan --with checkov` shows beside ours."""


@command.command("install")
@click.option("--version", type=Version(), help="The release to install.  [default: the newest that pip finds]")
def install(version: str | None) -> None:
    """Install checkov with pip into an environment of its own, below XDG_DATA_HOME or ~/.local/share.

    It needs the network, as no scan does: pip asks the package index that it is configured for. Nothing of Assay's own environment changes.
    """
    sys.exit(_install(version))


def _install(version: str | None) -> int:
    from assay.scanner.opinions import install as installing
    from assay.scanner.opinions.interface import OpinionError
    from assay.scanner.opinions.running import home

    console.tell(f"assay: installing checkov into {home()}")
    try:
        program = installing.install(home(), version)
    except OpinionError as error:
        console.refused(error)
        return EXIT_USAGE
    console.show(f"{program} is installed: assay scan PATH --with checkov")
    return EXIT_OK
