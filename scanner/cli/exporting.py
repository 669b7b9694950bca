"""The catalogue that `assay controls export` writes: the controls, and what the frameworks are that they serve."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from assay.scanner import __version__
from assay.scanner.results.formats import Catalogue, FrameworkSource
from assay.scanner.rules.load import RuleSet, builtin_folder
from assay.scanner.rules.model import MAX_SIZE
from assay.scanner.sources.overlay import DISK


def catalogue(rules: RuleSet, folders: Iterable[str]) -> Catalogue:
    """The controls of some rules, with the frameworks of the built-in folder and of these."""
    every = [builtin_folder(), *map(Path, folders)]
    sources = [source for folder in every for source in _sources(folder / "frameworks")]
    controls = [compiled.control for compiled in rules.controls]
    return Catalogue(controls, {source.id: source for source in sources}, __version__, rules.digest, _now())


def _sources(folder: Path) -> list[FrameworkSource]:
    """What the files of a folder say. One that cannot be read says nothing: the controls that serve it name it all the same."""
    files = sorted(entry.path for entry in os.scandir(folder) if entry.name.endswith((".yaml", ".yml"))) if folder.is_dir() else []
    return [source for file in files if (source := _source(file)) is not None]


def _source(file: str) -> FrameworkSource | None:
    import yaml

    from assay.scanner.rules import yaml_lines

    try:
        content: Any = yaml_lines.load(DISK.read(file, MAX_SIZE).decode())[0]
        return msgspec.convert(content, FrameworkSource)
    except (OSError, UnicodeError, yaml.YAMLError, msgspec.ValidationError):
        return None


def _now() -> str:
    """The present, or what stands in its place where a build has to be the same twice:
    https://reproducible-builds.org/specs/source-date-epoch/"""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(told) if told.isdecimal() and len(told) < 12 else int(time.time())
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
