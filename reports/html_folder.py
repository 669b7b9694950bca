"""A report of several accounts, or of more results than one page holds: an index, and a page for each account or root.

The index has everything but the table of all results. A page has the results of its account with the evidence, the table and the equation
of these; the questions of the pages add up to that of the index. An account with more results than a page holds has several pages, cut
between two resources. Results are sorted by account on disk, and no more than those of one page are in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec

from assay.reports import html, html_data
from assay.reports.html_sums import QuestionCounts, questions, where
from assay.reports.rollup_rows import account_of
from assay.reports.view import WORDS, rank
from assay.scanner import lazy_re
from assay.scanner.results.formats import Context
from assay.scanner.results.keeping import OnDisk
from assay.scanner.results.model import WORST, GateReport, Report, Result, Summary, Verdict, worst
from assay.scanner.sources.coverage import Coverage


class AccountPage(msgspec.Struct, frozen=True):
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
    if len(report.results) <= html_data.MOST_ON_A_PAGE and not _several(report.results):
        yield index, html.page(report, context)
        return
    parts, pages, counts = list[AccountPage](), dict[str, str](), QuestionCounts()
    stem = "" if index == "index.html" else f"{index.removesuffix('.html')}-"
    titles = {account_coverage.scope: account_coverage.name for account_coverage in report.coverage.accounts}
    for number, (name, account, results) in enumerate(_parts(report.results), 1):
        file = f"{stem}{number:04}-{re.sub(r'[^A-Za-z0-9._-]+', '-', account)[-60:].strip('-.') or 'page'}.html"
        part, worst_of = _report(report, account, results)
        counts.take(worst_of)
        of_page = {verdict: sum(result.verdict == verdict for result in worst_of) for verdict in WORST}
        told = [(verdict, WORDS[verdict], of_page[verdict]) for verdict in WORST if of_page[verdict]]
        parts.append(AccountPage(name, file, len(results), len(worst_of), told))
        called = dict.fromkeys(account_of(result) for result in results)
        for one in (account, *called):
            pages.setdefault(one, file)
        title = next((titles[one] for one in called if titles.get(one)), "")
        heading = f"Compliance report of {name}" + (f" ({title})" if title else "")
        yield file, html.page(part, context, heading=heading, index=index)
    yield index, html.page(report, context, parts=parts, pages=pages, counts=counts)


_OF_ACCOUNT = lazy_re.pattern(r"(?:aws:|google:(?:projects/)?(?!organizations/|folders/))([A-Za-z0-9.:-]+)(?=[\s/]|$)")
"""The scope of a gap that is of one account or project: `aws:111122223333/eu-west-1`."""


def _several(results: Iterable[Result]) -> bool:
    """Whether they are of more than one account or project."""
    first = ""
    for result in results:
        if account := result.resource.account:
            first = first or account
            if account != first:
                return True
    return False


def _question(result: Result) -> tuple[str, ...]:
    ref = result.resource
    return result.control, ref.root, ref.address, ref.id


def _by_account(result: Result) -> tuple[Any, ...]:
    """The order of the pages, and within an account what answers one question together."""
    return where(result), *_question(result), *rank(result)


def _parts(results: Iterable[Result]) -> Iterator[tuple[str, str, list[Result]]]:
    """(name of the page, account, its results), in the order of the accounts."""
    sizes: dict[str, list[int]] = {}
    on_disk = OnDisk(key=_by_account)
    on_disk.take(results)
    kept = on_disk.ordered()
    for account, of_account in groupby(kept, where):
        sizes[account] = [len(page) for page in _pages(of_account)]
    for account, of_account in groupby(kept, where):
        number = len(sizes[account])
        for at, page in enumerate(_pages(of_account), 1):
            yield (f"{account} ({at} of {number})" if number > 1 else account), account, page


def _pages(results: Iterable[Result]) -> Iterator[list[Result]]:
    """The results of an account, as many as a page holds at a time; what answers one question stays together."""
    page = list[Result]()
    for _, of_question in groupby(results, _question):
        together = list(of_question)
        if page and len(page) + len(together) > html_data.MOST_ON_A_PAGE:
            yield page
            page = []
        page += together
    yield page


def _report(report: Report, account: str, results: list[Result]) -> tuple[Report, list[Result]]:
    """What a page is of, and the worst result of each of its questions. What was accepted and found as a whole is in the index."""
    calls = [call for call in report.coverage.calls if call.account == account]
    accounts = [account_coverage for account_coverage in report.coverage.accounts if account_coverage.scope.partition(":")[2] == account]
    gaps = [gap for gap in report.coverage.gaps if (own := _OF_ACCOUNT.match(gap.scope)) is None or own[1] == account]
    part = msgspec.structs.replace(
        report, results=results, gate=GateReport(), opinions=[], history=msgspec.UNSET,
        coverage=Coverage(gaps=gaps, calls=calls, accounts=accounts),
    )  # fmt: skip
    worst_of = questions(results)
    asked: dict[str, list[str]] = {}
    for result in worst_of:
        asked.setdefault(result.control, []).append(result.verdict)
    controls = [
        msgspec.structs.replace(outcome, verdict=worst(asked[outcome.id]), resources=len(asked[outcome.id]))
        for outcome in report.controls
        if outcome.id in asked
    ]
    verdicts: dict[str, int] = {}
    for result in results:
        verdicts[result.verdict] = verdicts.get(result.verdict, 0) + 1
    met = len({(entry.resource.root, entry.resource.address, entry.resource.id) for entry in results})
    return msgspec.structs.replace(part, controls=controls, summary=Summary(verdicts, met, len(controls))), worst_of
