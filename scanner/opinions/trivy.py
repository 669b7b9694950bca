"""Results of Trivy (`trivy config --format json`): misconfigurations.

The shape is that of `Report` and `DetectedMisconfiguration` (https://github.com/aquasecurity/trivy/blob/main/pkg/types/report.go,
misconfiguration.go) and `CauseMetadata` (pkg/fanal/types/misconf.go). What passes is there with `--include-non-failures` only, and what was
suppressed with `--show-suppressed` (https://trivy.dev/latest/docs/configuration/filtering/). What passes by a check that looks at a
configuration as a whole names no resource and no line: it passes for all of its cloud
(https://github.com/aquasecurity/trivy/blob/main/pkg/iac/scan/result.go, AddPassedRego).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.scanner.opinions.interface import Claim, Claims, collected, decoded
from assay.scanner.results.opinion import TheirVerdict

SCANNER = "trivy"
_VERDICTS: dict[str, TheirVerdict] = {"PASS": "pass", "FAIL": "fail", "EXCEPTION": "skipped"}


class _Occurrence(msgspec.Struct, rename="pascal"):
    """A call of the module that the resource is in."""

    filename: str = ""


class _Cause(msgspec.Struct, rename="pascal"):
    resource: str = ""
    provider: str = ""
    start_line: int = 0
    end_line: int = 0
    occurrences: list[_Occurrence] | None = None


class _Misconfiguration(msgspec.Struct):
    id: str = msgspec.field(name="ID", default="")
    avdid: str = msgspec.field(name="AVDID", default="")
    title: str = msgspec.field(name="Title", default="")
    message: str = msgspec.field(name="Message", default="")
    status: str = msgspec.field(name="Status", default="FAIL")
    cause: _Cause | None = msgspec.field(name="CauseMetadata", default=None)


class _Modified(msgspec.Struct):
    """A finding that was suppressed: `Finding` is of the kind that `Type` names."""

    type: str = msgspec.field(name="Type", default="")
    statement: str = msgspec.field(name="Statement", default="")
    finding: msgspec.Raw = msgspec.field(name="Finding", default=msgspec.Raw(b"{}"))


class _Target(msgspec.Struct):
    target: str = msgspec.field(name="Target", default="")
    misconfigurations: list[_Misconfiguration] | None = msgspec.field(name="Misconfigurations", default=None)
    modified: list[_Modified] | None = msgspec.field(name="ExperimentalModifiedFindings", default=None)


class _Tool(msgspec.Struct, rename="pascal"):
    version: str = ""


class _Report(msgspec.Struct, rename="pascal"):
    schema_version: int
    artifact_name: str = ""
    """What was scanned: files of the targets are relative to it."""
    trivy: _Tool | None = None
    results: list[_Target] | None = None


def read(content: bytes, file: str) -> Claims:
    """The results in a file. Raises OpinionError."""
    report: _Report = decoded(content, _Report, file, "Trivy (--format json)")
    claims = [claim for target in report.results or [] for claim in _claims(target, file)]
    return collected(
        SCANNER,
        report.trivy.version if report.trivy else "",
        claims,
        failures_only=not any(claim.verdict == "pass" for claim in claims),
        base=report.artifact_name,
    )


def _claims(target: _Target, file: str) -> Iterator[Claim]:
    for finding in target.misconfigurations or []:
        yield _claim(target, finding, _VERDICTS.get(finding.status, "unknown"), finding.message or finding.title)
    for modified in target.modified or []:
        if modified.type == "misconfiguration":
            finding = decoded(bytes(modified.finding), _Misconfiguration, file, "Trivy (--format json)")
            yield _claim(
                target, finding, "skipped", f"{finding.message or finding.title} (suppressed: {modified.statement or 'no reason given'})"
            )


def _claim(target: _Target, finding: _Misconfiguration, verdict: TheirVerdict, reason: str) -> Claim:
    cause = finding.cause or _Cause()
    whole = verdict == "pass" and not cause.resource and not cause.start_line
    callers = tuple(dict.fromkeys(call.filename for call in cause.occurrences or [] if call.filename))
    return Claim(
        finding.avdid or finding.id,
        verdict,
        reason,
        cause.resource,
        file=target.target,
        line=cause.start_line,
        end_line=cause.end_line,
        callers=callers,
        cloud=cause.provider.casefold() if whole else "",
    )
