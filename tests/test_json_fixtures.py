"""Every case of Terraform code says the same in Terraform's JSON syntax: what is accepted of it, but for the places."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest
import yaml

from assay.scanner.fixtures import CaseResult, run_fixtures
from tests.sources.terraform.json_form import json_form
from tests.test_fixtures import expected

TOP = Path(__file__).parents[1] / "fixtures" / "controls"
BY_PATH = "environments-separated"
"""A control that tells environments by their paths, which a copy does not have."""
CONTROLS = sorted({path.parents[1] for path in TOP.glob("*/*/terraform/*")} - {TOP / "estate" / BY_PATH})


def in_json(case: Path, target: Path) -> None:
    """A copy of a case with every file of code in JSON."""
    shutil.copytree(case, target)
    for path in sorted(target.rglob("*.tf")):
        path.with_suffix(".tf.json").write_text(json.dumps(json_form(path.read_bytes()), indent=1), "utf-8")
        path.unlink()


def without_places(result: CaseResult) -> tuple[str, ...]:
    return (result.address, result.element, result.verdict, result.message.replace(".tf.json", ".tf"))


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{control.parent.name}.{control.name}")
def test_json_syntax_says_the_same(control: Path, tmp_path: Path) -> None:
    id_ = f"{control.parent.name}.{control.name}"
    wanted = {
        name: verdicts for name, verdicts in expected(id_).items() if name.startswith("terraform/") and list((control / name).rglob("*.tf"))
    }
    copied = tmp_path / control.parent.name / control.name
    for name in wanted:
        in_json(control / name, copied / name)
    (copied / "expected.yaml").write_text(yaml.safe_dump(wanted), "utf-8")
    if (control / "assay.yaml").is_file():
        shutil.copy(control / "assay.yaml", copied)
    accepted = msgspec.json.Decoder(CaseResult).decode_lines((control / "results.jsonl").read_bytes())
    differ: dict[str, object] = {}
    for case in run_fixtures(tmp_path, [id_], []):
        of_hcl = sorted(without_places(result) for result in accepted if result.case == case.name)
        of_json = sorted(map(without_places, case.results))
        if case.problems or of_json != of_hcl:
            differ[case.name] = (case.problems, sorted({*of_json} ^ {*of_hcl}))
    assert not differ
