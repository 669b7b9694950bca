"""What may be a secret does not reach a file: values of environment variables, which the inventory gives with functions and services."""

from __future__ import annotations

from typing import Any

HIDDEN = "(redacted)"
_MAPS = ("environmentVariables", "buildEnvironmentVariables", "environment_variables", "build_environment_variables")


def redacted(data: Any) -> Any:
    """The same data with every value of an environment variable hidden."""
    if isinstance(data, dict):
        return {
            name: _variables(each) if name in _MAPS else _named(each) if name == "env" else redacted(each) for name, each in data.items()
        }
    return [redacted(each) for each in data] if isinstance(data, list) else data


def _variables(data: Any) -> Any:
    return dict.fromkeys(data, HIDDEN) if isinstance(data, dict) else HIDDEN


def _named(data: Any) -> Any:
    """A list of {name, value}, or a name in another sense."""
    if isinstance(data, list) and all(isinstance(each, dict) for each in data):
        return [{**each, "value": HIDDEN} if "value" in each else each for each in data]
    return redacted(data)
