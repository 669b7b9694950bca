"""`assay.yaml`: what a project would otherwise repeat on every command line.

The file may be part of what is judged, written by whoever opened a pull request: what it names stays below its own directory, and the
report says what it changed (results/model.py, InForce).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.rules.model import MAX_SIZE, SEVERITIES
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import DISK, inside

if TYPE_CHECKING:
    from assay.scanner.rules.yaml_lines import Path as YamlPath

DEFAULT_FILE = "assay.yaml"
NEVER = "never"
"""The value of `fail_on` by which no failure fails a run."""


class ConfigurationError(AssayError):
    """A configuration that cannot be used: names the file, the line and the way out."""


class ControlConfig(msgspec.Struct, forbid_unknown_fields=True):
    """What `controls.ID` sets for one control."""

    params: dict[str, Any] = {}


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of the file. Paths are relative to it."""

    policies: list[str] = []
    overrides: list[str] = []
    """Ids of built-in controls and profiles that own ones may replace."""
    profile: str | None = None
    fail_on: str | None = None
    strict: bool = False
    allow_empty: bool = False
    var_files: list[str] = []
    vars: dict[str, str] = {}
    params: dict[str, Any] = {}
    controls: dict[str, ControlConfig] = {}


class Config(Settings):
    """The settings of a file with its name; those of no file have none."""

    file: str = ""


_WAYS = {"policies": "--policies", "var_files": "--var-file"}
"""Keys with paths to the option that takes such a path from anywhere."""


def of_tree() -> Config:
    """The settings of the `assay.yaml` in the working directory; none where there is no such file. Raises ConfigurationError."""
    if not os.path.lexists(DEFAULT_FILE):
        return Config()
    if not inside(os.path.realpath(DEFAULT_FILE), os.path.realpath(os.curdir)):
        raise ConfigurationError(f"{DEFAULT_FILE}: a link that leads out of the working directory; name its target: --config FILE")
    return read(Path(DEFAULT_FILE))


def read(path: Path) -> Config:
    """The settings of a file. Raises ConfigurationError."""
    data, lines = _data(path)
    try:
        settings = msgspec.convert({} if data is None else data, Settings)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}{_line(str(error), lines)}: {error}; see docs/configuration.md") from None
    if settings.fail_on not in (None, *SEVERITIES, NEVER):
        known = ", ".join((*SEVERITIES, NEVER))
        raise ConfigurationError(f"{path}:{lines['fail_on',]}: fail_on is {settings.fail_on!r}; it is one of {known}")
    for key in _WAYS:
        setattr(settings, key, [_beside(path, key, at, text, lines) for at, text in enumerate(getattr(settings, key))])
    return Config(**msgspec.structs.asdict(settings), file=str(path))


def _data(path: Path) -> tuple[Any, dict[YamlPath, int]]:
    import yaml

    from assay.scanner.rules import yaml_lines

    try:
        content = DISK.read(str(path), MAX_SIZE + 1)
        if len(content) > MAX_SIZE:
            raise ConfigurationError(f"{path}: larger than {MAX_SIZE:,} bytes; put what is not configuration elsewhere")
        return yaml_lines.load(utf8(content).decode())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except UnicodeError:
        raise ConfigurationError(f"{path}: not valid UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigurationError(f"{path}{f':{mark.line + 1}' if mark else ''}: not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not YAML: {' '.join(str(error).split())}") from None


def _beside(file: Path, key: str, at: int, text: str, lines: dict[YamlPath, int]) -> str:
    """A path of the file as the process can open it. Raises ConfigurationError where it leads out of the directory of the file."""
    place = f"{file}:{lines.get((key, at), 1)}: {key}"
    if "\0" in text:
        raise ConfigurationError(f"{place}: {text!r} is no path")
    path = file.parent / text
    if not inside(os.path.realpath(path), os.path.realpath(file.parent)):
        way = f"put it below that directory, or name it on the command line: {_WAYS[key]}"
        raise ConfigurationError(f"{place}: {text!r} leads out of the directory of the configuration file; {way}")
    if key == "var_files" and path.exists() and not path.is_file():
        raise ConfigurationError(f"{place}: {text!r} is no regular file; name a file of variables")
    return str(path)


def _line(problem: str, lines: dict[YamlPath, int]) -> str:
    field = re.search(r"field `(\w+)`", problem) or re.search(r"\$\.(\w+)", problem)
    return f":{lines[(field[1],)]}" if field and (field[1],) in lines else ""
