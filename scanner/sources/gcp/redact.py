"""What may be a secret does not reach a file: values of environment variables, which the inventory gives with functions and services."""

from __future__ import annotations

from typing import Any

HIDDEN = "(redacted)"
_MAPS = ("environmentVariables", "buildEnvironmentVariables", "environment_variables", "build_environment_variables")


def redacted(data: Any) -> Any:
    """The same data with every value of an environment variable hidden."""
    if isinstance(data, dict):
        return {name: _hidden(name, value) for name, value in data.items()}
    return [redacted(element) for element in data] if isinstance(data, list) else data


def _hidden(name: str, value: Any) -> Any:
    """The value of one field without the values of environment variables: of a map, or of `env` where that is a list of {name, value}."""
    if name in _MAPS:
        return dict.fromkeys(value, HIDDEN) if isinstance(value, dict) else HIDDEN
    if name == "env" and isinstance(value, list) and all(isinstance(variable, dict) for variable in value):
        return [{**variable, "value": HIDDEN} if "value" in variable else variable for variable in value]
    return redacted(value)
