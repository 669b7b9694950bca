"""Results of any tool in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html).

Section 3.27.9: `kind` says what a result means, and is `fail` where it is absent; 3.27.23: a result with accepted suppressions does not
count; 3.27.5 to 3.27.7: the rule is named by `ruleId`, `rule.id` or its index; 3.4.3: relative URIs are resolved as the consumer sees fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import msgspec

from assay.scanner.opinions.interface import Claim, Claims, OpinionError, collected, decoded
from assay.scanner.results.opinion import TheirVerdict

MAX_RUNS = 20
_VERDICTS: dict[str, TheirVerdict] = {"pass": "pass", "fail": "fail", "open": "unknown", "review": "unknown"}
"""`notApplicable` and `informational` say nothing about a resource."""


class _Message(msgspec.Struct):
    text: str = ""


class _Rule(msgspec.Struct):
    id: str = ""
    index: int = -1


class _Driver(msgspec.Struct, rename="camel"):
    name: str
    version: str = ""
    semantic_version: str = ""
    rules: list[_Rule] = []


class _Tool(msgspec.Struct):
    driver: _Driver


class _Artifact(msgspec.Struct):
    uri: str = ""


class _Region(msgspec.Struct, rename="camel"):
    start_line: int = 0
    end_line: int = 0


class _Physical(msgspec.Struct, rename="camel"):
    artifact_location: _Artifact | None = None
    region: _Region | None = None


class _Logical(msgspec.Struct, rename="camel"):
    fully_qualified_name: str = ""
    name: str = ""


class _Location(msgspec.Struct, rename="camel"):
    physical_location: _Physical | None = None
    logical_locations: list[_Logical] = []


class _Suppression(msgspec.Struct):
    status: str = "accepted"
    justification: str = ""


class _Result(msgspec.Struct, rename="camel"):
    rule_id: str = ""
    rule_index: int = -1
    rule: _Rule | None = None
    kind: str = "fail"
    message: _Message | None = None
    locations: list[_Location] = []
    suppressions: list[_Suppression] | None = None


class _Run(msgspec.Struct):
    tool: _Tool
    results: list[_Result] | None = None


class _Log(msgspec.Struct):
    version: str
    runs: list[_Run]


def read(content: bytes, file: str) -> list[Claims]:
    """The results of each tool of a file. Raises OpinionError."""
    log: _Log = decoded(content, _Log, file, "SARIF 2.1.0")
    if log.version != "2.1.0":
        raise OpinionError(f"{file}: this is SARIF {log.version!r}; write version 2.1.0")
    if len(log.runs) > MAX_RUNS:
        raise OpinionError(f"{file}: more than {MAX_RUNS} runs; give a file for each tool")
    return [_tool(run) for run in log.runs]


def _tool(run: _Run) -> Claims:
    driver = run.tool.driver
    claims = [claim for result in run.results or [] for claim in _claims(result, driver.rules)]
    return collected(
        driver.name.casefold(),
        driver.semantic_version or driver.version,
        claims,
        failures_only=not any(claim.verdict == "pass" for claim in claims),
    )


def _claims(result: _Result, rules: list[_Rule]) -> Iterator[Claim]:
    verdict = _VERDICTS.get(result.kind)
    check = _check(result, rules)
    if verdict is None or not check:
        return
    reason = result.message.text if result.message else check
    accepted = [suppression for suppression in result.suppressions or [] if suppression.status == "accepted"]
    if accepted:
        verdict, reason = "skipped", f"{reason} (suppressed: {accepted[0].justification or 'no reason given'})"
    for location in result.locations or [_Location()]:
        physical = location.physical_location or _Physical()
        region = physical.region or _Region()
        logical = next((logical.fully_qualified_name or logical.name for logical in location.logical_locations), "")
        file = _path(physical.artifact_location.uri) if physical.artifact_location else ""
        yield Claim(check, verdict, reason, logical, (), file, region.start_line, region.end_line or region.start_line)


def _check(result: _Result, rules: list[_Rule]) -> str:
    named = result.rule_id or (result.rule.id if result.rule else "")
    index = result.rule_index if result.rule_index >= 0 else result.rule.index if result.rule else -1
    return named or (rules[index].id if 0 <= index < len(rules) else "")


def _path(uri: str) -> str:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return unquote(parts.path) if parts.scheme in ("", "file") else ""
