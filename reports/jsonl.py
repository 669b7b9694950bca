"""Results as JSON Lines, `schemas/assay-results-lines-2.json`: one a line as they come, between an opening and a closing line.

The lines hold what the JSON report holds. A file without its closing line is of a run that did not come to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from assay.reports.json_report import encodable
from assay.reports.view import identity
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result, Run, Tool
from assay.scanner.words import defused_json

SCHEMA = "assay-results/2"


def render(report: Report, context: Context) -> bytes:
    """A whole run, in a fixed order; a run that is written while it goes on has the order in which its collections are judged."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same line by line."""
    yield opening(report.tool, report.run)
    yield from map(line, sorted(report.results, key=identity))
    yield closing(report)


def opening(tool: Tool, run: Run) -> bytes:
    """The first line: what judges, and what. It is written before anything is judged, so that it does not say when the run ends."""
    return _line({"begin": {"schema": SCHEMA, "tool": tool, "run": msgspec.structs.replace(run, finished="", revisions=[])}})


def line(result: Result) -> bytes:
    """One result."""
    return _line({"result": result})


def closing(report: Report) -> bytes:
    """The last line: everything that is known once all is judged."""
    ends = {name: getattr(report, name) for name in ("run", "summary", "controls", "frameworks", "gate", "opinions", "coverage")}
    if report.history:
        ends["history"] = report.history
    return _line({"end": ends})


def _line(value: Any) -> bytes:
    try:
        data = msgspec.json.encode(value, order="deterministic")
    except UnicodeEncodeError:
        data = msgspec.json.encode(encodable(msgspec.to_builtins(value)), order="deterministic")
    return defused_json(data) + b"\n"
