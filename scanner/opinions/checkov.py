"""Results of checkov (`checkov -o json`): one report for each framework, or a list of them.

The shape is that of `Report.get_dict` and `Record` in checkov/common/output/report.py and record.py
(https://github.com/bridgecrewio/checkov/blob/main/checkov/common/output/record.py). A run that finds nothing to check gives counts alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.opinions.interface import Claim, Claims, OpinionError, collected, decoded
from assay.scanner.results.opinion import TheirVerdict

SCANNER = "checkov"
KEYS_SHOWN = 3
_EVERYWHERE = ("resource_type",)
"""What every check of a graph looks at."""
_VERDICTS: dict[str, TheirVerdict] = {"PASSED": "pass", "FAILED": "fail", "SKIPPED": "skipped", "UNKNOWN": "unknown"}


class _Outcome(msgspec.Struct):
    result: str = ""
    evaluated_keys: Any = None
    suppress_comment: str | None = None


class _Record(msgspec.Struct):
    check_id: str
    check_result: _Outcome
    check_name: str | None = None
    resource: str | None = None
    resource_address: str | None = None
    """In plans, the address with its instance key."""
    file_path: str | None = None
    file_abs_path: str | None = None
    caller_file_path: str | None = None
    """The file that calls the module which the resource is in; from the same directory as `file_path`."""
    file_line_range: list[int] | None = None


class _Results(msgspec.Struct):
    passed_checks: list[_Record] = []
    failed_checks: list[_Record] = []
    skipped_checks: list[_Record] = []
    parsing_errors: list[str] = []


class _Summary(msgspec.Struct):
    checkov_version: str = ""


class _Framework(msgspec.Struct):
    check_type: str = ""
    results: _Results | None = None
    summary: _Summary | None = None
    checkov_version: str = ""


def read(content: bytes, file: str) -> Claims:
    """The results in a file. Raises OpinionError."""
    reports = decoded(content, list[_Framework] | _Framework, file, "checkov (-o json)")
    reports = reports if isinstance(reports, list) else [reports]
    if not any(report.results or _version(report) for report in reports):
        raise OpinionError(f"{file}: these are no results of checkov: write them with checkov -o json")
    passes = any(report.results and report.results.passed_checks for report in reports)
    return collected(
        SCANNER,
        next((version for report in reports if (version := _version(report))), ""),
        (claim for report in reports if report.results for claim in _claims(report.results)),
        failures_only=not passes,
        problems=[f"checkov could not parse {name}" for report in reports if report.results for name in report.results.parsing_errors],
    )


def _version(report: _Framework) -> str:
    return report.checkov_version or (report.summary.checkov_version if report.summary else "")


def _claims(results: _Results) -> Iterator[Claim]:
    for record in (*results.failed_checks, *results.skipped_checks, *results.passed_checks):
        first, last = (record.file_line_range or [0, 0])[:2] if len(record.file_line_range or []) > 1 else (0, 0)
        yield Claim(
            check=record.check_id,
            verdict=_VERDICTS.get(record.check_result.result, "unknown"),
            reason=_reason(record),
            resource=record.resource_address or record.resource or "",
            file=record.file_abs_path or (record.file_path or "").lstrip("/"),
            line=first,
            end_line=last,
            callers=_callers(record),
        )


def _callers(record: _Record) -> tuple[str, ...]:
    caller, path, whole = record.caller_file_path or "", record.file_path or "", record.file_abs_path or ""
    if not caller:
        return ()
    return (whole.removesuffix(path) + caller if path and whole.endswith(path) else caller.lstrip("/"),)


def _reason(record: _Record) -> str:
    keys = record.check_result.evaluated_keys
    names = [key for key in keys if isinstance(key, str) and key not in _EVERYWHERE] if isinstance(keys, list) else []
    looked = ", ".join(names[:KEYS_SHOWN])
    because = f" (skipped: {record.check_result.suppress_comment})" if record.check_result.suppress_comment else ""
    return (record.check_name or record.check_id) + (f" [{looked}]" if looked else "") + because
