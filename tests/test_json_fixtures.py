"""Every case of Terraform code says the same in Terraform's JSON syntax: the same verdicts, findings and blocks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from assay.scanner import fixtures
from assay.scanner.run import Options, Scan
from tests.sources.terraform.json_form import json_form

TOP = Path(__file__).parents[1] / "fixtures" / "controls"
BY_PATH = {"environments-separated", "environment-guardrail-parity"}
"""Controls whose cases are told apart by their paths, which a copy does not have."""
CONTROLS = sorted({path.parents[1] for path in TOP.glob("*/*/terraform/*")} - {TOP / "estate" / name for name in BY_PATH})


def findings(control: Path, case: Path) -> tuple[list[tuple[str, ...]], list[str], int]:
    """What the control says of the case, wherever it is written; the gaps; and how many blocks there are."""
    name = f"{control.parent.name}.{control.name}"
    chosen = fixtures.configured(control, f"terraform/{case.name}")
    if chosen["estate"] is not None:  # the case, wherever it is written, is a whole estate
        chosen["estate"] = msgspec.structs.replace(chosen["estate"], directory=str(case))
    scan = Scan(Options(paths=[str(case)], controls=[name], **chosen))
    found = [(result.resource.address, result.element, result.verdict, result.message) for result in scan]
    return sorted(found), sorted(gap.code for gap in scan.coverage.gaps), scan.coverage.blocks.found


def in_json(case: Path, target: Path) -> None:
    """A copy of a case with every file of code in JSON."""
    shutil.copytree(case, target)
    for path in sorted(target.rglob("*.tf")):
        path.with_suffix(".tf.json").write_text(json.dumps(json_form(path.read_bytes()), indent=1), "utf-8")
        path.unlink()


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{control.parent.name}.{control.name}")
def test_json_syntax_says_the_same(control: Path, tmp_path: Path) -> None:
    cases = sorted(case for case in (control / "terraform").iterdir() if case.is_dir() and list(case.rglob("*.tf")))
    assert cases
    differ: dict[str, object] = {}
    for case in cases:
        in_json(case, tmp_path / case.name)
        written, made = findings(control, case), findings(control, tmp_path / case.name)
        if written != made:
            differ[case.name] = (written, made)
    assert not differ
