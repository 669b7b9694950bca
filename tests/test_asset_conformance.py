"""Asset exports of other projects, with the assets that their authors expect to violate a check of theirs.

They are not part of this project: the folder is named by ASSAY_CONFORMANCE, or lies beside the repository. A line of `assets.jsonl` has the
`paths` of exports, the `parameters` of the check, the names of the `violating` assets and the `controls` that say the same.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.rules.load import builtin_folder, load
from assay.scanner.run import Options, Scan
from tests.scans import ROOT

FOLDER = Path(os.environ.get("ASSAY_CONFORMANCE") or ROOT.parent / "shared" / "conformance")
LISTED = FOLDER / "assets.jsonl"
CONTROLS = {control.control.id for control in load([builtin_folder()]).controls}
# What the export of a case leaves out, so that an asset which its author accepts is not known to pass here (docs/disagreements.md).
LEFT_OUT = {"keys.rotation-and-policy": "the export holds no IAM policies"}
# (check, asset) that are judged otherwise on purpose, explained in docs/disagreements.md.
EXPLAINED = {
    (
        "GCPIAMRestrictServiceAccountKeyTypeConstraintV1",
        "//iam.googleapis.com/projects/forseti-system-test/serviceAccounts/111111-compute@developer.gserviceaccount.com/keys/1234567890abcdef",
    )
}
OTHER = {"GCPStorageLoggingConstraintV1", "GCPIAMAuditLogConstraintV1"}
"""Constraints which ask something else than the controls that they map to (docs/disagreements.md)."""
ASKED = {"GCPSQLPublicIpConstraintV1": ["data.no-public-address"]}
"""Constraints to the controls that ask the same, where the list names others."""


def cases() -> list[dict[str, Any]]:
    if not LISTED.is_file():
        return []
    records = [json.loads(line) for line in LISTED.read_text(encoding="utf-8").splitlines() if line.strip()]
    records = [case | {"controls": ASKED.get(case["check"], case["controls"])} for case in records]
    return [case for case in records if CONTROLS & set(case["controls"]) and case["check"] not in OTHER]


pytestmark = pytest.mark.skipif(not LISTED.is_file(), reason="set ASSAY_CONFORMANCE to a folder with assets.jsonl to run it")


def control_params(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters of the check as ours: the longest period between rotations, a year where the check has no other."""
    periods = [parameter["period"] for parameter in case["parameters"] if parameter and "period" in parameter]
    hours = int(periods[0].removesuffix("h")) if periods else 365 * 24
    return {"keys.rotation-and-policy": {"max_rotation_days": hours / 24}}


def exempt(case: dict[str, Any]) -> set[str]:
    return {name for parameter in case["parameters"] if parameter for name in parameter.get("exemptions", ())}


def judged(case: dict[str, Any]) -> dict[str, list[Any]]:
    """Asset to the results of the case's controls."""
    by_id: dict[str, list[Any]] = {}
    options = Options(
        paths=[str(FOLDER / path) for path in case["paths"]],
        controls=sorted(CONTROLS & set(case["controls"])),
        control_params=control_params(case),
    )
    for result in Scan(options):
        by_id.setdefault(result.resource.id, []).append(result)
    return by_id


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['check']} {case['parameters']}")
def test_the_authors_verdict_is_ours(case: dict[str, Any]) -> None:
    results = judged(case)
    assert set(case["violating"]) <= results.keys()
    opposite = []
    for name, judgements in results.items():
        verdicts = {result.verdict for result in judgements}
        if (case["check"], name) in EXPLAINED or name in exempt(case):
            continue
        if name in case["violating"]:
            opposite += [] if "fail" in verdicts else [f"{name}: {verdicts}, the author says fail"]
        else:
            reasons = {unknown.reason for result in judgements for unknown in result.unknown}
            left_out = {LEFT_OUT[control] for control in case["controls"] if control in LEFT_OUT}
            undecided = verdicts == {"unknown"} and reasons <= left_out
            opposite += (
                [] if verdicts <= {"pass", "not_applicable"} or undecided else [f"{name}: {verdicts} {reasons}, the author says pass"]
            )
    assert opposite == []


def test_there_are_cases() -> None:
    assert {control for case in cases() for control in case["controls"]} >= {"keys.rotation-and-policy", "storage.uniform-access"}
