"""The JSON contract itself, `schemas/assay-results-2.json`: the same run gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from assay.reports.view import identity
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.words import defused_json

_NO_RESULTS = b'\n  "results": []'


def render(report: Report, context: Context) -> bytes:
    """UTF-8, indented by two, with a final line feed. Half a surrogate pair, which UTF-8 cannot hold, is written out."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same in parts, result by result: a report of a large estate is many times larger as text than in memory."""
    ordered = _ordered(report)
    before, _, after = _formatted(msgspec.structs.replace(ordered, results=[])).partition(_NO_RESULTS)
    yield before + _NO_RESULTS[:-1]
    for index, result in enumerate(ordered.results):
        # No string of JSON holds a line feed, so that each one begins a line of the text.
        yield (b",\n    " if index else b"\n    ") + _formatted(result).replace(b"\n", b"\n    ")
    yield (b"\n  ]" if ordered.results else b"]") + after + b"\n"


def encoded(value: Any) -> bytes:
    """JSON in one line, which may be printed to a log or a terminal. Half a surrogate pair is written out."""
    return defused_json(_encoded(value))


def _encoded(value: Any, order: Literal["deterministic"] | None = None) -> bytes:
    try:
        return msgspec.json.encode(value, order=order)
    except UnicodeEncodeError:
        return msgspec.json.encode(encodable(msgspec.to_builtins(value)), order=order)


def _formatted(value: Any) -> bytes:
    return defused_json(msgspec.json.format(_encoded(value, "deterministic"), indent=2))


def _ordered(report: Report) -> Report:
    """The report with its lists in an order that does not depend on the order of evaluation."""
    gaps = sorted(report.coverage.gaps, key=lambda gap: (gap.scope, gap.line, gap.code, gap.reason, gap.settles_it))
    accounts = sorted(report.coverage.accounts, key=lambda named: (named.scope, named.name, named.path))
    calls = sorted(
        report.coverage.calls, key=lambda call: (call.account, call.region, call.service, call.operation, call.outcome, call.code)
    )
    return msgspec.structs.replace(
        report,
        controls=sorted(report.controls, key=lambda control: control.id),
        results=sorted(report.results, key=identity),
        coverage=msgspec.structs.replace(report.coverage, gaps=gaps, accounts=accounts, calls=calls),
    )


def document(value: Any) -> bytes:
    """A value as a document of JSON, as reports are written. Half a surrogate pair, which UTF-8 cannot hold, is written out."""
    return _formatted(value) + b"\n"


def encodable(data: Any) -> Any:
    """Plain data whose strings can all be encoded."""
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode()
    if isinstance(data, list):
        return [encodable(element) for element in data]
    if isinstance(data, dict):
        return {encodable(key): encodable(value) for key, value in data.items()}
    return data
