"""Report formats, found by entry points: a name to a module, or an object, with a function `render`.

The group `assay.reports` holds formats of a report, `assay.comparisons` those of a comparison of code and cloud, `assay.diffs`
those of two runs, `assay.catalogues` those of the controls that there are. Others add formats by entry points of their own.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from assay.scanner import plugins
from assay.scanner.errors import AssayError
from assay.scanner.results.fixes import Fix
from assay.scanner.results.model import Report, Result, Run, Tool
from assay.scanner.rules.model import Control, Framework

if TYPE_CHECKING:
    from assay.scanner.sources.answers import AnswerKey


class Context(msgspec.Struct, frozen=True):
    """What a format may use beside the report: the controls by id, lines of source code, and how the output is shown."""

    controls: Mapping[str, Control]
    source: Callable[[str, int, int], list[str]]
    """(file, first line, last line) to the lines of code, empty where they cannot be read."""
    answers: Callable[[Collection[AnswerKey]], Mapping[AnswerKey, str]] = lambda _asked: {}
    """Answers of live accounts that are looked for, to those that a snapshot holds, as a text of a few lines."""
    color: bool = False
    width: int = 100
    quiet: bool = False
    verbose: bool = False
    """Lists that a report cuts are told whole."""
    auditor: bool = False
    """The edition for an audit: with a cover, a block for signatures, and what passes in a line each."""
    frameworks: Mapping[str, Framework] = {}
    """The frameworks that controls may serve, by id."""
    fixes: Mapping[str, Fix] = {}
    """Proven fixes of failures by their fingerprints, where they were asked for."""
    diff: str = ""
    """The unified diff of the change that is reviewed; empty where none was given."""


class FormatError(AssayError):
    """Why a format cannot be written: what it needs is not there. Names the way out."""


class FrameworkSource(msgspec.Struct, frozen=True):
    """What a framework is, and where its publisher has it."""

    id: str
    title: str
    publisher: str = ""
    url: str = ""


class Catalogue(msgspec.Struct, frozen=True):
    """The controls that there are, for formats of the group `assay.catalogues`, which have `render(catalogue) -> bytes`."""

    controls: list[Control]
    frameworks: Mapping[str, FrameworkSource]
    """By their ids, as far as files of the rules say what they are."""
    version: str
    digest: str
    """Of the rules."""
    made: str
    """When it is written, RFC 3339."""


class ReportFormat(Protocol):
    """A format of a report. One that can also has `chunks`, which gives the same in parts, so that it never stands in memory whole; one
    that needs a program has `ready`, which raises FormatError where that is not there, before the run."""

    def render(self, report: Report, context: Context) -> bytes:
        """The whole report."""


class FolderFormat(Protocol):
    """A format that can also be written as a folder of several files."""

    def folder(self, report: Report, context: Context, index: str = "index.html") -> Iterable[tuple[str, bytes]]:
        """Names and contents; `index` is the file that leads to the others."""


class FilesFormat(Protocol):
    """A format that is always a folder of several files, which may be large."""

    def files(self, report: Report, context: Context) -> Iterable[tuple[str, Iterable[bytes]]]:
        """Names and contents in parts; each is taken before the next is asked for."""


class StreamedFormat(Protocol):
    """A format that is written while a run goes on."""

    def opening(self, tool: Tool, run: Run) -> bytes:
        """What is written before the first result."""

    def line(self, result: Result) -> bytes:
        """One result."""

    def closing(self, report: Report) -> bytes:
        """What is written once everything is judged."""


def names(group: str = plugins.REPORTS) -> list[str]:
    """The formats that are installed."""
    return list(plugins.installed(group))


def load(name: str, group: str = plugins.REPORTS) -> Any:
    """The module or object of a format. Raises KeyError for a name that is none."""
    module, _, attribute = plugins.installed(group)[name].partition(":")
    imported = importlib.import_module(module)
    return getattr(imported, attribute) if attribute else imported


def streamed(name: str) -> StreamedFormat | None:
    """The format, if it is one that is written while a run goes on."""
    format_ = load(name)
    return format_ if all(hasattr(format_, part) for part in ("opening", "line", "closing")) else None


def in_passes(name: str, path: str) -> bool:
    """Whether a format passes over the results of a report, from the first to the last and as often as it needs, and keeps none: its module
    says `IN_PASSES`, or `IN_PASSES_AS_FOLDER` where it does as a folder alone (`DIR/`). They then need not be in memory."""
    format_ = load(name)
    return bool(getattr(format_, "IN_PASSES", False) or (path.endswith(("/", os.sep)) and getattr(format_, "IN_PASSES_AS_FOLDER", False)))


def in_folder(name: str) -> Callable[..., Iterable[tuple[str, bytes]]] | None:
    """The function that writes a format as a folder; None for one that is a single file."""
    return getattr(load(name), "folder", None)


def as_files(name: str) -> Callable[[Report, Context], Iterable[tuple[str, Iterable[bytes]]]] | None:
    """The function that writes a format as several files; None for one that can be a single file."""
    return getattr(load(name), "files", None)


def parts(name: str) -> Callable[[Report, Context], Iterable[bytes]]:
    """A report in parts, as one after the other is written."""
    format_: ReportFormat = load(name)
    return getattr(format_, "chunks", None) or (lambda report, context: [format_.render(report, context)])
