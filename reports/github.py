"""Annotations of GitHub Actions: one workflow command a line.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions; the runner undoes the escapes in ActionCommand.cs
(https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs): a message has `%`, CR and LF replaced, a property `:` and
`,` as well. Nothing but commands is written, so that no name can be one.
"""

from __future__ import annotations

from assay.reports.annotations import KINDS, MOST, Annotation, annotated, bounded, escaped, opinions, totals
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report

_MESSAGE = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_MESSAGE, (":", "%3A"), (",", "%2C"))


def render(report: Report, context: Context) -> bytes:
    """At most ten errors, ten warnings and ten notices; the last notice has the counts of all."""
    every = [*annotated(report), *opinions(report)]
    errors, warnings, notices = ([annotation for annotation in every if annotation.kind == kind] for kind in KINDS)
    shown = [*bounded(errors), *bounded(warnings), *bounded(notices, MOST - 1), totals(report)]
    return "".join(f"{_command(annotation)}\n" for annotation in shown).encode()


def _command(annotation: Annotation) -> str:
    given = {"file": annotation.file, "line": annotation.line, "col": annotation.column, "title": annotation.title}
    properties = ",".join(f"{name}={escaped(str(value), _PROPERTY)}" for name, value in given.items() if value)
    return f"::{annotation.kind} {properties}::{escaped(annotation.message, _MESSAGE)}"
