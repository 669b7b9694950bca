"""One line for each finding, to click on and to search: `path:line:col: SEVERITY control message [address]`; the last line counts all.
What another scanner says stands before it: `path:line:col: NOTE control message` where it differs or finds something alone, and its counts.
Who owns a finding and what a history knows of it end its line; what a run changed, and the findings that are no more, stand before the last
one too.

The form is that of compilers, which editors and terminals know as a place: https://www.gnu.org/prep/standards/html_node/Errors.html
"""

from __future__ import annotations

from assay.reports import history_view, opinions_view
from assay.reports.findings import FINDINGS, counted, said
from assay.reports.history_text import LISTED, briefly
from assay.reports.page import Page
from assay.reports.view import is_in, outcome, severity_rank
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result
from assay.scanner.results.telling import place
from assay.scanner.words import visible

LONGEST = 1_000
"""Characters of a message that are shown."""


def render(report: Report, context: Context) -> bytes:
    """UTF-8 text: what fails, is not known or could not be judged, unless it is accepted or was known before; the last line counts all."""
    page = Page(context.width, context.color)
    for result in sorted(counted(report, *FINDINGS), key=_order):
        told = history_view.aged(_message(result), result, report)
        page.labelled(f"{_at(result)}:", result.severity.upper(), result.severity, f"{result.control} {told}")
    _beside(page, report)
    briefly(page, report, 0 if context.verbose else LISTED)
    outcome_ = outcome(report)
    page.sentence(outcome_.sentence, f"{outcome_.word.upper()}:", outcome_.word)
    return page.encoded()


def _beside(page: Page, report: Report) -> None:
    """What other scanners say."""
    for opinion, row in opinions_view.news(report):
        file, line = opinions_view.seen(row)
        at = f"{file}:{line or 1}:1:" if file else f"{row.root or row.address}:"
        page.labelled(at, "NOTE", "dim", f"{row.control} {opinion.scanner}: {_short(opinions_view.both(row))} [{row.address}]")
    for opinion in report.opinions:
        for check in opinions_view.findings(opinion):
            told = _short(f"{check.id} {opinion.scanner} alone: {check.verdict}: {check.reason}")
            page.labelled(f"{check.file or check.resource}:{check.line or 1}:1:", "NOTE", "dim", f"{told} [{check.resource}]")
        for problem in opinion.problems:
            page.sentence(_short(problem), f"{opinion.scanner}:", "dim")
        page.sentence(opinions_view.summary(opinion), f"Beside {opinions_view.title(opinion)}:", "heading")


def _order(result: Result) -> tuple[str, int, int, int, str, str, str]:
    seen = place(result)
    at = (seen.file, seen.line, seen.column) if seen else ("", 0, 0)
    return (*at, severity_rank(result.severity), result.control, result.resource.address, result.element)


def _at(result: Result) -> str:
    """Where a finding is: the top of its file where no line is known, as in a plan; where there is no file, what it was read from."""
    seen = place(result)
    if seen is None or not seen.file:
        resource = result.resource
        return visible(resource.root or ":".join(filter(None, (resource.cloud, resource.account, resource.region))) or resource.address)
    return f"{visible(seen.file)}:{seen.line or 1}:{seen.column or 1}"


def _short(message: str) -> str:
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"


def _message(result: Result) -> str:
    message = said(result)
    shown = _short(message)
    seen, root = place(result), result.resource.root
    of_module = seen is not None and bool(seen.file) and root not in ("", ".") and not is_in(seen, root) and seen.file != root
    owner = f" of {_short(result.owner)}" if result.owner else ""
    return f"{shown} [{result.resource.address}{f' in {root}' if of_module else ''}]{owner}"
