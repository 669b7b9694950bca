"""Runs the fixtures of controls, `<area>/<control>/` in a folder.

`expected.yaml` maps a case to the verdict of each resource that the control judges, the worst where there are several. Beside it,
`results.jsonl` holds every result of the cases with what it is known by and where that stands, so that a second one that comes or goes,
and another reason for the same verdict, are seen too; `assay controls accept` writes it.
What they are judged with comes from an `assay.yaml` in the folder of the case, else from one beside the list.
"""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from assay.scanner import config
from assay.scanner.compare.table import compare
from assay.scanner.errors import AssayError
from assay.scanner.estate import account_judge
from assay.scanner.results import telling
from assay.scanner.results.model import Result, worst
from assay.scanner.run import Options, Scan
from assay.scanner.sources.raw import Location

_CODE, _LIVE = "code", "live.ndjson"
TODAY = datetime.date(2026, 11, 2)
"""The day on which cases are judged, whenever that is."""


class CaseResult(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What a case says of a resource, or of one element of a list of it. The message tells which assertion it is, and of an unknown why."""

    case: str
    address: str
    element: str
    verdict: str
    message: str
    """Empty for what passes."""
    place: str = ""
    """The file, or call, and the line to look at."""
    evidence: str = ""
    """Each fact that was read, with where it stands; the file of `place` is left out."""

    def __str__(self) -> str:
        element = f" [{self.element}]" if self.element else ""
        said = ": ".join(part for part in (self.verdict, self.message, self.evidence, self.place) if part)
        return f"{self.address}{element}: {said}"


class Case(msgspec.Struct):
    """One case of a control: what differs from what is expected, and what it says."""

    control: str
    name: str
    problems: list[str]
    verdicts: dict[str, str] = {}
    """Resource address to its worst verdict; `(code)` to the reason of a gap."""
    results: list[CaseResult] = []
    """In order, of every result. Of a comparison of code and cloud: of the cloud, what does not pass."""


def run_fixtures(folder: Path, controls: Iterable[str], policies: list[str], overrides: Sequence[str] = ()) -> Iterator[Case]:
    """Every case of the given controls. A control without fixtures is one case with that problem."""
    for control in controls:
        listed = _folder(folder, control) / "expected.yaml"
        if not listed.is_file():
            yield Case(control, "", [f"{listed} does not exist: a control needs cases that pass and fail"])
            continue
        expected = _expected(listed)
        for needed in {"pass", "fail"} - {verdict for case in expected.values() for verdict in case.values()}:
            yield Case(control, "", [f"no case of {listed} expects {needed}"])
        accepted = _accepted(listed.with_name("results.jsonl"))
        for name, wanted in expected.items():
            case = _run(control, name, listed.parent, policies, overrides)
            case.problems = _compare(wanted, case.verdicts)
            if accepted is not None:
                case.problems += _changed(accepted.pop(name, []), case.results)
            yield case
        for name in accepted or {}:
            yield Case(control, name, ["its results are accepted, and there is no such case"])


def accept(folder: Path, cases: Iterable[Case]) -> int:
    """Write what cases say as what they must say, by control. Returns the number of results."""
    of_control: dict[str, list[CaseResult]] = {}
    for case in cases:
        of_control.setdefault(case.control, []).extend(case.results)
    for control, results in of_control.items():
        lines = b"".join(msgspec.json.encode(result) + b"\n" for result in sorted(results))
        (_folder(folder, control) / "results.jsonl").write_bytes(lines)
    return sum(map(len, of_control.values()))


def configured(folder: Path, case: str = "") -> dict[str, Any]:
    """The options that a case of the control with this folder is judged with."""
    files = (place / config.DEFAULT_FILE for place in (folder / case, folder))
    chosen = next((config.read(file) for file in files if file.is_file()), config.Config())
    estate = chosen.described
    if estate is not None:  # a case is a whole estate
        estate = msgspec.structs.replace(estate, directory=str(folder / case))
    return {"params": chosen.params, "roles": chosen.roles, "attestations": chosen.stated, "estate": estate, "today": TODAY}


def verdicts(control: str, path: Path, policies: list[str], **options: Any) -> dict[str, str]:
    """Resource address to its verdict, the worst where there are several; `(code)` to the reason of a gap."""
    return _verdicts(*_scanned(control, path, policies, **options))


def _folder(folder: Path, control: str) -> Path:
    area, _, slug = control.partition(".")
    return folder / area / slug


def _expected(listed: Path) -> dict[str, dict[str, str]]:
    import yaml

    from assay.scanner.rules import yaml_lines

    try:
        expected: dict[str, dict[str, str]] = yaml_lines.load(listed.read_text(encoding="utf-8"))[0]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise AssayError(f"{listed}:{line}: not YAML: {error.problem}; map each case to {{ADDRESS: VERDICT}}") from None
    return expected


def _accepted(path: Path) -> dict[str, list[CaseResult]] | None:
    if not path.is_file():
        return None
    accepted: dict[str, list[CaseResult]] = {}
    for result in msgspec.json.Decoder(CaseResult).decode_lines(path.read_bytes()):
        accepted.setdefault(result.case, []).append(result)
    return accepted


def _run(control: str, name: str, folder: Path, policies: list[str], overrides: Sequence[str]) -> Case:
    if (folder / name / _CODE).exists():
        return _compared(control, name, folder, policies, overrides)
    results, scan = _scanned(control, folder / name, policies, **configured(folder, name), overrides=overrides)
    return Case(control, name, [], _verdicts(results, scan), sorted(_result(name, result, folder) for result in results))


def _result(case: str, result: Result, folder: Path) -> CaseResult:
    """`folder`: of the control."""
    at = telling.place(result)
    texts = [_said(result), _written(at), _known_by(result, at.file if at is not None else "")]
    for place in (folder / case, folder):
        for written in (str(place), os.path.relpath(place)):  # whatever the directory is from which it is run
            texts = [text.replace(f"{written}/", "").replace(written, case) for text in texts]
    return CaseResult(case, result.resource.address, result.element, result.verdict, *texts)


def _said(result: Result) -> str:
    """What is told of a result, with the reasons why something is not known, and what would settle it."""
    reasons = dict.fromkeys(f"{unknown.reason}: {unknown.settles_it}" for unknown in result.unknown)
    return " | ".join([telling.told(result), *reasons]) if result.verdict != "pass" else ""


def _known_by(result: Result, file: str) -> str:
    """The evidence in a line, each fact with where it stands, without the name of `file`; how often, where that is more than once."""
    facts = Counter(f"{fact.fact} is {fact.observed} {_written(fact.location).removeprefix(file)}".rstrip() for fact in result.evidence)
    return "; ".join(f"{number} x {fact}" if number > 1 else fact for fact, number in facts.items())


def _written(location: Location | None) -> str:
    """A file and line, or a call without its time."""
    if location is None:
        return ""
    return f"{location.file}:{location.line or ''}".rstrip(":") if location.file else location.operation


def _compared(control: str, name: str, folder: Path, policies: list[str], overrides: Sequence[str]) -> Case:
    """A case with code and a live account beside it: what a comparison says of the account."""
    options = Options(policies=policies, overrides=overrides, allow_empty=True, **configured(folder, name))
    code, live = (Scan(msgspec.structs.replace(options, paths=(str(folder / name / side),))).report() for side in (_CODE, _LIVE))
    rows = [row for row in compare(code, live, (), (), options.estate, account_judge(options)).rows if row.control == control]
    live_findings = [finding for row in rows for finding in row.live.findings]
    results = [CaseResult(name, one.address, one.element, one.verdict, one.message) for one in live_findings if one.verdict != "pass"]
    return Case(control, name, [], {row.live.resources[0].address: str(row.live.verdict) for row in rows}, sorted(results))


def _scanned(control: str, path: Path, policies: list[str], **options: Any) -> tuple[list[Result], Scan]:
    scan = Scan(Options(paths=[str(path)], controls=[control], policies=policies, allow_empty=True, **options))
    return list(scan), scan


def _verdicts(results: list[Result], scan: Scan) -> dict[str, str]:
    by_address: dict[str, list[str]] = {}
    for result in results:
        by_address.setdefault(result.resource.address, []).append(result.verdict)
    problems = {f"({gap.code})": gap.reason for gap in scan.coverage.gaps}
    return {address: worst(several) for address, several in by_address.items()} | problems


def _compare(wanted: dict[str, str], judged: dict[str, str]) -> list[str]:
    # A resource that the control does not see is one that it does not apply to.
    seen = {address: judged.get(address, "not_applicable") for address in wanted}
    problems = [f"{address}: expected {verdict}, got {seen[address]}" for address, verdict in wanted.items() if seen[address] != verdict]
    more = {address: verdict for address, verdict in judged.items() if address not in wanted and verdict != "not_applicable"}
    return problems + [f"{address}: {verdict}, which is not expected" for address, verdict in more.items()]


def _changed(accepted: list[CaseResult], results: list[CaseResult]) -> list[str]:
    """What came and went. Equal results count as often as they are there."""
    gone, come = list(accepted), []
    for result in results:
        if result in gone:
            gone.remove(result)
        else:
            come.append(result)
    return [f"gone: {result}" for result in gone] + [f"new: {result}" for result in come]
