"""Reports of runs with a history, made by hand: one realistic run, and one in which every text is hostile."""

from __future__ import annotations

import hashlib

import msgspec

from assay.scanner.results.formats import Context
from assay.scanner.results.model import Course, HistoryChange, HistoryReport, Night, Report, Result
from tests.reports import samples

RUN = "2026-11-20T08:00:00Z"
BEFORE = "2026-11-19T03:00:00Z"
OLD = "2026-10-11T03:00:00Z"
NEW, BACK, KNOWN = Course("new", RUN, RUN, 1), Course("regressed", OLD, RUN, 2), Course("known", OLD, "2026-11-08T03:00:00Z", 1)
ENUMERATED = frozenset({"state", "event", "first", "since", "previous", "oldest", "nights"})
"""Of a history, strings that the contract limits, and times."""


def change(event: str, address: str = "aws_dynamodb_table.orders", **more: object) -> HistoryChange:
    given: dict[str, object] = {
        "control": "storage.versioning-enabled", "severity": "medium", "root": "storage", "file": "storage/main.tf", "element": "",
        "account": "", "region": "", "since": OLD, "reason": "", "rule_changed": False,
    }  # fmt: skip
    given["fingerprint"] = hashlib.sha256(f"{event} {address}".encode()).hexdigest()
    return HistoryChange(event=event, address=address, **(given | more))  # type: ignore[arg-type]


def changes() -> list[HistoryChange]:
    return [
        change("unobserved", "aws_s3_bucket.lost", reason="its file cannot be read", file="network/broken.tf"),
        change("fixed", rule_changed=True),
        change(
            "gone", "//storage.googleapis.com/old", root="", file="", account="trade-prod", region="eu", element="a:80", control="own.rule"
        ),
        change("settled", "aws_s3_bucket.told", severity="low"),
        change("left_scope", "aws_s3_bucket.away", reason="its root was not a target"),
    ]


def history(**more: object) -> HistoryReport:
    nights = [
        Night(started=f"2026-11-{day:02}T03:00:00Z", complete=day != 17, open=day % 7, new=day % 3, regressed=day % 2, fixed=(day + 1) % 3)
        for day in range(15, 20)
    ]
    given: dict[str, object] = {
        "previous": BEFORE, "open": 7, "oldest": OLD, "waived": 1, "unknown": 6, "unobserved": 2,
        "events": {"new": 2, "regressed": 1, "unobserved": 1, "left_scope": 1, "fixed": 1, "gone": 1, "settled": 1},
        "nights": [*nights, Night(started=RUN, complete=False, open=7, new=2, regressed=1, fixed=1)], "changes": changes(),
    }  # fmt: skip
    return HistoryReport(**(given | more))  # type: ignore[arg-type]


def course(result: Result) -> Course:
    """The failure in the network is back, what is known from the plans is known, all else is new."""
    if result.element == "b:8080":
        return BACK
    return KNOWN if result.verdict != "fail" or result.element == "a:80" else NEW


def remembered(report: Report | None = None, kept: HistoryReport | None = None) -> Report:
    """A run with a history: its first failures are new, one is back, the others were there before."""
    judged_report = samples.report() if report is None else report
    findings = ("fail", "unknown", "error", "waived")
    results = [
        msgspec.structs.replace(result, course=course(result)) if result.verdict in findings else result for result in judged_report.results
    ]
    return msgspec.structs.replace(judged_report, results=results, history=kept or history())


def alone() -> Report:
    """The same without a baseline."""
    report = samples.report()
    return remembered(msgspec.structs.replace(report, gate=msgspec.structs.replace(report.gate, comparisons=[], changes=[])))


def without(report: Report) -> Report:
    """The same run where no history is kept."""
    results = [msgspec.structs.replace(result, course=msgspec.UNSET) for result in report.results]
    return msgspec.structs.replace(report, results=results, history=msgspec.UNSET)


def hostile(text: str, *, valid: bool = False) -> tuple[Report, Context]:
    """As samples.hostile, with a history in which every string is `text` too."""
    plain, context = samples.hostile(text, valid=valid)
    keep = samples.ENUMERATED if valid else {"event", "state"}

    def own(value: str) -> str:
        return text + hashlib.sha256(value.encode()).hexdigest()[:6]

    kept = samples.replaced(history(), own, frozenset({*keep, *(ENUMERATED if valid else ()), "events"}))
    report = remembered(plain, kept)
    if not valid:
        results = [
            msgspec.structs.replace(result, course=samples.replaced(result.course, own, frozenset(keep))) for result in report.results
        ]
        report = msgspec.structs.replace(report, results=results)
    return report, context
