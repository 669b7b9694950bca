"""A report format: a function of a report and a context, registered by name. A new format is one module here and one line below."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from assay.scanner.results.model import Report
from assay.scanner.rules.model import Control

FORMATS = {
    "text": "assay.reports.text",
    "json": "assay.reports.json_report",
    "html": "assay.reports.html",
    "sarif": "assay.reports.sarif",
}


class Context(msgspec.Struct, frozen=True):
    """What a format may use beside the report: the controls by id, lines of source code, and how the output is shown."""

    controls: Mapping[str, Control]
    source: Callable[[str, int, int], list[str]]
    """(file, first line, last line) to the lines of code, empty where they cannot be read."""
    color: bool = False
    width: int = 100
    quiet: bool = False


class Format(Protocol):
    def render(self, report: Report, context: Context) -> bytes: ...


def parts(name: str) -> Callable[[Report, Context], Iterable[bytes]]:
    """Like `load`, for writing: a format that can gives its output in parts, so that it never stands in memory as a whole."""
    module = importlib.import_module(FORMATS[name])
    return getattr(module, "chunks", None) or (lambda report, context: [module.render(report, context)])


def load(name: str) -> Callable[[Report, Context], bytes]:
    """The render function of a format. Raises KeyError for a name that is none."""
    module: Format = importlib.import_module(FORMATS[name])
    return module.render
