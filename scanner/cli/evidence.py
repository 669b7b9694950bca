"""`assay evidence`: keys, signatures, checks, replays and samples of run folders, one module for each command."""

from __future__ import annotations

import importlib

import click

from assay.scanner.cli.suggesting import Suggesting
from assay.scanner.override import override

COMMANDS = {name: f"assay.scanner.cli.evidence_{name}" for name in ("keygen", "sign", "verify", "replay", "sample")}


class _Commands(Suggesting):
    """Commands by name, imported when they are called."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name]).command
        return command


@click.group("evidence", cls=_Commands)
def command() -> None:
    """Run folders of assay scan and audit with --evidence: check, judge again, draw samples (docs/evidence.md)."""
