"""A report of more results than one page holds: an index with everything but the table of all results, and a page for each account or root.

A page has the results of its account with the evidence, the table and the equation of these; the questions of the pages add up to that of
the index. An account with more results than a page holds has several pages, cut between two resources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from assay.reports import html, html_data
from assay.reports.html_sums import questions, where
from assay.reports.view import WORDS
from assay.scanner.results.formats import Context
from assay.scanner.results.model import WORST, GateReport, Report, Result, Summary, Verdict, worst
from assay.scanner.sources.coverage import Coverage


class Part(msgspec.Struct, frozen=True):
    """A page of an account."""

    name: str
    """The account or root, with the number of the page where it has several."""
    file: str
    results: int
    questions: int
    counts: list[tuple[Verdict, str, int]]
    """Verdict, its word, questions that have it; the worst first, those that occur."""


def written(report: Report, context: Context, index: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files, the pages first. `index`: what the index is called."""
    if len(report.results) <= html_data.MOST_ON_A_PAGE:
        yield index, html.page(report, context)
        return
    parts, stem = list[Part](), "" if index == "index.html" else f"{index.removesuffix('.html')}-"
    for number, (name, account, results) in enumerate(_parts(report.results), 1):
        file = f"{stem}{number:04}-{re.sub(r'[^A-Za-z0-9._-]+', '-', account)[-60:].strip('-.') or 'page'}.html"
        part, worst_of = _report(report, account, results)
        counts = {verdict: sum(each.verdict == verdict for each in worst_of) for verdict in WORST}
        told = [(verdict, WORDS[verdict], counts[verdict]) for verdict in WORST if counts[verdict]]
        parts.append(Part(name, file, len(results), len(worst_of), told))
        yield file, html.page(part, context, heading=f"Compliance report of {name}", index=index)
    yield index, html.page(report, context, parts=parts)


def _parts(results: Iterable[Result]) -> Iterator[tuple[str, str, list[Result]]]:
    """(name of the page, account, its results), in the order of the accounts."""
    by_account: dict[str, dict[tuple[str, ...], list[Result]]] = {}
    for result in results:
        held = result.resource
        asked = (result.control, held.root, held.address, held.id)
        by_account.setdefault(where(result), {}).setdefault(asked, []).append(result)
    for account in sorted(by_account):
        pages: list[list[Result]] = [[]]
        for _, together in sorted(by_account[account].items()):  # what answers one question stays on one page
            if pages[-1] and len(pages[-1]) + len(together) > html_data.MOST_ON_A_PAGE:
                pages.append([])
            pages[-1] += together
        for number, page in enumerate(pages, 1):
            yield (f"{account} ({number} of {len(pages)})" if len(pages) > 1 else account), account, page


def _report(report: Report, account: str, results: list[Result]) -> tuple[Report, list[Result]]:
    """What a page is of, and the worst result of each of its questions. What was accepted and found as a whole is in the index."""
    calls = [call for call in report.coverage.calls if call.account == account]
    part = msgspec.structs.replace(
        report, results=results, gate=GateReport(), opinions=[], history=msgspec.UNSET,
        coverage=Coverage(gaps=report.coverage.gaps, calls=calls),
    )  # fmt: skip
    worst_of = questions(part)
    asked: dict[str, list[str]] = {}
    for result in worst_of:
        asked.setdefault(result.control, []).append(result.verdict)
    controls = [
        msgspec.structs.replace(each, verdict=worst(asked[each.id]), resources=len(asked[each.id]))
        for each in report.controls
        if each.id in asked
    ]
    verdicts: dict[str, int] = {}
    for result in results:
        verdicts[result.verdict] = verdicts.get(result.verdict, 0) + 1
    met = len({(each.resource.root, each.resource.address, each.resource.id) for each in results})
    return msgspec.structs.replace(part, controls=controls, summary=Summary(verdicts, met, len(controls))), worst_of
