"""Results of any tool in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html).

Section 3.27.9: `kind` says what a result means, and is `fail` where it is absent; 3.27.23: a result with accepted suppressions does not
count; 3.27.5 to 3.27.7: the rule is named by `ruleId`, `rule.id` or its index, which is into the rules of an extension where `rule` names
one (3.52.7); 3.27.24: a result that is `absent` was there before and is no more; 3.27.10: `none` is the level of what is no failure; 3.4.3,
3.4.5: relative URIs are resolved as the consumer sees fit, and an artifact may be named by its index alone.
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


class _Component(msgspec.Struct):
    index: int = -1


class _Rule(msgspec.Struct, rename="camel"):
    id: str = ""
    index: int = -1
    tool_component: _Component | None = None


class _Driver(msgspec.Struct, rename="camel"):
    name: str
    version: str = ""
    semantic_version: str = ""
    rules: list[_Rule] = []


class _Tool(msgspec.Struct):
    driver: _Driver
    extensions: list[_Driver] = []


class _Artifact(msgspec.Struct, rename="camel"):
    uri: str = ""
    uri_base_id: str = ""
    index: int = -1


class _File(msgspec.Struct):
    location: _Artifact | None = None


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
    level: str = ""
    baseline_state: str = ""
    message: _Message | None = None
    locations: list[_Location] = []
    suppressions: list[_Suppression] | None = None


class _Run(msgspec.Struct, rename="camel"):
    tool: _Tool
    original_uri_base_ids: dict[str, _Artifact] = {}
    artifacts: list[_File] = []
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
    claims = [claim for result in run.results or [] for claim in _claims(result, run)]
    return collected(
        driver.name.casefold(),
        driver.semantic_version or driver.version,
        claims,
        failures_only=not any(claim.verdict == "pass" for claim in claims),
        base=_base(run),
    )


def _base(run: _Run) -> str:
    """The directory that relative files are relative to, where the log says one (3.14.14)."""
    used = {location.uri_base_id for location in _artifacts(run)} - {""}
    directories = {_path(run.original_uri_base_ids[name].uri) for name in used if name in run.original_uri_base_ids}
    return directories.pop() if len(directories) == 1 else ""


def _artifacts(run: _Run) -> Iterator[_Artifact]:
    for result in run.results or []:
        for location in result.locations:
            if location.physical_location and location.physical_location.artifact_location:
                yield location.physical_location.artifact_location


def _claims(result: _Result, run: _Run) -> Iterator[Claim]:
    verdict, check = _verdict(result), _check(result, run.tool)
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
        file = _path(_uri(physical.artifact_location, run)) if physical.artifact_location else ""
        yield Claim(check, verdict, reason, logical, (), file, region.start_line, region.end_line or region.start_line)


def _verdict(result: _Result) -> TheirVerdict | None:
    """None for what says nothing of the code as it is."""
    if result.baseline_state == "absent" or (result.kind == "fail" and result.level == "none"):
        return None
    return _VERDICTS.get(result.kind)


def _check(result: _Result, tool: _Tool) -> str:
    rule = result.rule or _Rule()
    if named := result.rule_id or rule.id:
        return named
    component = rule.tool_component.index if rule.tool_component else -1
    rules = tool.extensions[component].rules if 0 <= component < len(tool.extensions) else tool.driver.rules
    index = result.rule_index if result.rule_index >= 0 else rule.index
    return rules[index].id if 0 <= index < len(rules) else ""


def _uri(artifact: _Artifact, run: _Run) -> str:
    if artifact.uri or not 0 <= artifact.index < len(run.artifacts):
        return artifact.uri
    location = run.artifacts[artifact.index].location
    return location.uri if location else ""


def _path(uri: str) -> str:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return unquote(parts.path) if parts.scheme in ("", "file") else ""
