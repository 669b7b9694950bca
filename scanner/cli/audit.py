"""`assay audit` and `assay snapshot`: live accounts and projects, one command for each cloud."""

from __future__ import annotations

import importlib
from typing import Any

import click

from assay.scanner.cli.suggesting import Suggesting

CLOUDS = {"aws": "assay.scanner.cli.audit_aws", "gcp": "assay.scanner.cli.audit_gcp"}
"""Cloud to the module that has its `audit` and `snapshot` commands."""


class _Clouds(Suggesting):
    """Commands by cloud, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(CLOUDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in CLOUDS:
            return None
        command: Any = getattr(importlib.import_module(CLOUDS[name]), str(self.name))
        return command if isinstance(command, click.Command) else None


@click.group("audit", cls=_Clouds)
def command() -> None:
    """Judge live accounts: read-only calls, and only those that the controls need."""


@click.group("snapshot", cls=_Clouds)
def snapshot_command() -> None:
    """Collect what an audit would ask, without judging: `assay scan FILE` judges it later, offline."""
