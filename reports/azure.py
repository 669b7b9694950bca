"""Issues of Azure Pipelines: one logging command a line, which the pipeline shows in its summary and beside the code.

https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning; the agent undoes the
escapes in Command.cs (https://github.com/microsoft/azure-pipelines-agent/blob/master/docs/design/percentEncoding.md). It takes `##vso[`
wherever it stands in a line, so that each line begins with one of ours, which ends at the first bracket, and the rest is its message.
"""

from __future__ import annotations

from assay.reports.annotations import Annotation, annotated, bounded, escaped, opinions, totals
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.words import defused

_ESCAPES = (("%", "%AZP25"), (";", "%3B"), ("\r", "%0D"), ("\n", "%0A"), ("]", "%5D"))


def render(report: Report, context: Context) -> bytes:
    """At most ten errors and ten warnings, which are all the kinds there are, and lines of text: what other scanners say, which is neither,
    and the counts of all."""
    every = list(annotated(report))
    errors = [annotation for annotation in every if annotation.kind == "error"]
    warnings = [annotation for annotation in every if annotation.kind != "error"]
    lines = [_command(annotation) for annotation in (*bounded(errors), *bounded(warnings))]
    texts = [f"{annotation.title}: {annotation.message}" for annotation in (*bounded(list(opinions(report))), totals(report))]
    return "".join(f"{line}\n" for line in (*lines, *map(defused, texts))).encode()


def _command(annotation: Annotation) -> str:
    given = {
        "type": "error" if annotation.kind == "error" else "warning",
        "sourcepath": annotation.file,
        "linenumber": annotation.line,
        "columnnumber": annotation.column,
        "code": annotation.code,
    }
    properties = "".join(f"{name}={escaped(str(value), _ESCAPES)};" for name, value in given.items() if value)
    return f"##vso[task.logissue {properties}]{escaped(f'{annotation.title}: {annotation.message}', _ESCAPES)}"
