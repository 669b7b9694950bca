"""`assay.yaml`: what a project would otherwise repeat on every command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.sources.encodings import utf8

DEFAULT_FILE = "assay.yaml"


class ConfigurationError(AssayError):
    """A configuration that cannot be used: names the file, the line and the way out."""


class ControlConfig(msgspec.Struct, forbid_unknown_fields=True):
    """What `controls.ID` sets for one control."""

    params: dict[str, Any] = {}


class Config(msgspec.Struct, forbid_unknown_fields=True):
    """Paths are relative to the file."""

    policies: list[str] = []
    profile: str | None = None
    fail_on: str | None = None
    strict: bool = False
    allow_empty: bool = False
    var_files: list[str] = []
    vars: dict[str, str] = {}
    params: dict[str, Any] = {}
    controls: dict[str, ControlConfig] = {}


def read(path: Path) -> Config:
    """Raises ConfigurationError."""
    import yaml

    from assay.scanner.rules import yaml_lines

    try:
        data, lines = yaml_lines.load(utf8(path.read_bytes()).decode())
        config = msgspec.convert(data or {}, Config)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: not valid UTF-8") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}{_line(str(error), lines)}: {error}; see docs/configuration.md") from None
    near = path.parent
    config.policies = [str(near / each) for each in config.policies]
    config.var_files = [str(near / each) for each in config.var_files]
    return config


def _line(problem: str, lines: dict[Any, int]) -> str:
    import re

    field = re.search(r"field `(\w+)`", problem) or re.search(r"\$\.(\w+)", problem)
    return f":{lines[(field[1],)]}" if field and (field[1],) in lines else ""
