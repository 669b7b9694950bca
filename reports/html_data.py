"""All results as a table that a browser unpacks: columns of numbers that stand for texts, as JSON, gzipped, in base64.

A hundred thousand results have few different texts; written out, they would be twenty times as large. Base64 holds nothing that could end
a script element. The browser unpacks it by DecompressionStream: https://developer.mozilla.org/en-US/docs/Web/API/DecompressionStream
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from typing import Any

import msgspec

from assay.reports.findings import accepted
from assay.reports.history_view import word
from assay.reports.view import WORDS, where
from assay.scanner.results.model import Result
from assay.scanner.results.telling import message_of, place
from assay.scanner.words import visible

PREFIX = 12
"""Digits of a fingerprint, by which the page links to a finding; two findings of a million share them once in 500 reports."""
MOST_ON_A_PAGE = 250_000
"""Results in the table of one page, which a browser holds in memory."""
FACETS = ("verdict", "severity", "control", "account", "region", "file", "standing")
OF_HISTORY = ("state", "since")
"""Facets of a run with a history: what a finding is in it, and since which day."""
_TEXTS = ("address", "element", "message", "root", "note")
_LISTS = ("evidence", "unknown")
"""Columns of lists. A fact in one is four texts, one behind the other."""
LONGEST = 2000
"""Characters of a text in the table; what is cut ends in a mark, and the JSON report has it whole."""


class _Texts:
    """Numbers for texts: the same text gets the same number."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        if len(text) > LONGEST:
            text = text[: LONGEST - 1] + "…"
        return self.numbers.setdefault(text, len(self.numbers))

    def known(self) -> list[str]:
        return [visible(text, keep="\n\t") for text in self.numbers]


class _Table:
    """The columns, as numbers of texts."""

    def __init__(self, history: bool) -> None:
        self.texts = _Texts()
        names = (*FACETS, *OF_HISTORY) if history else FACETS
        self.facets = {name: _Texts() for name in names}
        self.columns: dict[str, list[Any]] = {name: [] for name in (*names, *_TEXTS, *_LISTS, "line")}
        self.prints: list[str] = []
        self.titles: dict[str, str] = {}

    def add(self, result: Result) -> None:
        """One result as a row."""
        seen = place(result)
        ref = result.resource
        facets = {
            "verdict": WORDS[result.verdict],
            "severity": result.severity,
            "control": result.control,
            "account": ref.account or "",
            "region": ref.region or "",
            "file": seen.file if seen else "",
            "standing": result.standing,
        }
        if "state" in self.facets:
            facets |= {"state": word(result.course), "since": result.course.since[:10]} if result.course else {"state": "", "since": ""}
        note = accepted(result.waiver) if result.waiver else ""
        texts = (ref.address, result.element, message_of(result), ref.root, note)
        for name, text in facets.items():
            self.columns[name].append(self.facets[name].number(text))
        for name, text in zip(_TEXTS, texts, strict=True):
            self.columns[name].append(self.texts.number(text))
        self.columns["line"].append(seen.line if seen else 0)
        self._add_list("evidence", [(fact.fact, fact.observed, fact.expected, where(fact.location)) for fact in result.evidence])
        self._add_list("unknown", [(fact.fact, fact.reason, fact.settles_it, where(fact.location)) for fact in result.unknown])
        self.prints.append(result.fingerprint[:PREFIX].encode("ascii", "replace").decode().ljust(PREFIX, "0"))
        self.titles.setdefault(result.control, result.title)

    def _add_list(self, name: str, rows: list[tuple[str, str, str, str]]) -> None:
        self.columns[name].append([self.texts.number(text) for row in rows for text in row])


def packed(results: Iterable[Result], history: bool = False) -> str:
    """The table in base64; the same results give the same text."""
    table = _Table(history)
    for result in results:
        table.add(result)
    data = {
        "texts": table.texts.known(),
        "facets": {name: facet.known() for name, facet in table.facets.items()},
        "titles": {visible(control): visible(title, keep="\n\t") for control, title in table.titles.items()},
        "columns": table.columns,
        "prints": "".join(table.prints),
        "prefix": PREFIX,
    }
    return base64.b64encode(gzip.compress(msgspec.json.encode(data), mtime=0)).decode()
