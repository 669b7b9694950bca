"""Runs the fixtures of controls: `<area>/<control>/expected.yaml` maps a case to the verdict of each resource that the control judges.

Params come from an `assay.yaml` in the folder of the case, else from one beside the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from assay.scanner import config
from assay.scanner.results.model import worst
from assay.scanner.run import Options, Scan


class Case(msgspec.Struct):
    """One case of a control: what differs from the expected verdicts, and the verdicts that it has."""

    control: str
    name: str
    problems: list[str]
    verdicts: dict[str, str] = {}
    """Resource address to its worst verdict; `(code)` to the reason of a gap."""


def run_fixtures(folder: Path, controls: Iterable[str], policies: list[str]) -> Iterator[Case]:
    """Every case of the given controls. A control without fixtures is one case with that problem."""
    from assay.scanner.rules import yaml_lines

    for control in controls:
        area, _, slug = control.partition(".")
        listed = folder / area / slug / "expected.yaml"
        if not listed.is_file():
            yield Case(control, "", [f"{listed} does not exist: a control needs cases that pass and fail"])
            continue
        expected, _ = yaml_lines.load(listed.read_text(encoding="utf-8"))
        for needed in {"pass", "fail"} - {verdict for case in expected.values() for verdict in case.values()}:
            yield Case(control, "", [f"no case of {listed} expects {needed}"])
        for name, wanted in expected.items():
            judged = verdicts(control, listed.parent / name, policies, params=configured(listed.parent, name))
            yield Case(control, name, _compare(wanted, judged), judged)


def configured(folder: Path, case: str = "") -> dict[str, Any]:
    """The params that a case of the control with this folder is judged with."""
    files = (place / config.DEFAULT_FILE for place in (folder / case, folder))
    return next((config.read(file).params for file in files if file.is_file()), {})


def verdicts(control: str, path: Path, policies: list[str], **options: Any) -> dict[str, str]:
    """Resource address to its verdict, the worst where there are several; `(code)` to the reason of a gap."""
    scan = Scan(Options(paths=[str(path)], controls=[control], policies=policies, **options))
    found: dict[str, list[str]] = {}
    for result in scan:
        found.setdefault(result.resource.address, []).append(result.verdict)
    problems = {f"({gap.code})": gap.reason for gap in scan.coverage.gaps}
    return {address: worst(several) for address, several in found.items()} | problems


def _compare(wanted: dict[str, str], found: dict[str, str]) -> list[str]:
    # A resource that the control does not see is one that it does not apply to.
    seen = {address: found.get(address, "not_applicable") for address in wanted}
    problems = [f"{address}: expected {verdict}, got {seen[address]}" for address, verdict in wanted.items() if seen[address] != verdict]
    return problems + [f"{address}: {verdict}, which is not expected" for address, verdict in found.items() if address not in wanted]
