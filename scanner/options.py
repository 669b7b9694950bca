"""What a run is asked to do."""

from __future__ import annotations

from typing import Any

import msgspec


class Options(msgspec.Struct, kw_only=True):
    """What to scan and by which rules."""

    paths: list[str] = []
    variables: dict[str, str] = {}
    """Values of root module variables, as on terraform's command line."""
    var_files: list[str] = []
    workspace: str = "default"
    parameters: dict[str, str] = {}
    """Values of template parameters (CloudFormation)."""
    parameter_files: list[str] = []
    region: str | None = None
    """Where templates that do not say it are deployed."""
    account: str | None = None
    code: str | None = None
    """The source that scanned plans were made from."""
    policies: list[str] = []
    """Folders of rules beside the built-in ones."""
    profile: str | None = None
    controls: list[str] = []
    """Ids or globs; empty for all of the profile."""
    params: dict[str, Any] = {}
    """Values for the params of all controls that have them."""
    control_params: dict[str, dict[str, Any]] = {}
    """Values for the params of one control."""
    arguments: list[str] = []
