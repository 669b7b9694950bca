"""The fixes of controls mend the cases that fail: what is told of each stands in `fixes.jsonl` beside them (cases.py writes it)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.fix.cases import Fixed, accepted, controls, failing
from tests.test_cloudformation_fixtures import errors
from tests.test_fixtures import expected

AREAS = sorted({control.split(".")[0] for control in controls()})
TEMPLATES = ("cloudformation", "config_connector", "deployment_manager")


def fixed(area: str, where: Path, inputs: tuple[str, ...] = ()) -> dict[str, list[Fixed]]:
    """The cases of an area that fail, fixed in a folder."""
    chosen = [control for control in controls() if control.startswith(f"{area}.")]
    return {control: [Fixed(control, name, where / control) for name in failing(control, inputs)] for control in chosen}


def unformatted(where: Path) -> set[str]:
    """The files below a folder that `terraform fmt` would change."""
    ran = subprocess.run(["terraform", "fmt", "-check", "-recursive", "."], cwd=where, capture_output=True, encoding="utf-8", check=False)
    return set(ran.stdout.split())


@pytest.mark.parametrize("area", AREAS)
def test_every_case_that_fails_is_mended_or_told_why_not(area: str, tmp_path: Path, terraform: bool) -> None:
    for control, cases in fixed(area, tmp_path / "after").items():
        assert sorted(line for case in cases for line in case.told()) == accepted(control), f"python -m tests.fix.cases {control}"
        for input_ in {case.name.split("/")[0] for case in cases}:
            of_input = [case for case in cases if case.name.startswith(f"{input_}/")]
            assert any(case.outcome.fixed for case in of_input), f"{control} mends no case of {input_}"
        for case in cases:
            if case.outcome.files:
                again = case.fixing()
                wanted = {result.fingerprint for result in again.findings(lambda result, case=case: result.fingerprint in case.findings)}
                assert not wanted & {proposal.fingerprint for proposal in case.outcome.fixed}, case.name
                assert again.run(lambda result, wanted=wanted: result.fingerprint in wanted, unsafe=True).files == {}, (
                    f"{case.name} is edited again"
                )
            if terraform and case.name.startswith("terraform/"):
                case.write(tmp_path / "before" / control, case.before)
    if (tmp_path / "before").is_dir():
        assert unformatted(tmp_path / "after") <= unformatted(tmp_path / "before")


@pytest.mark.parametrize("area", AREAS)
def test_a_case_that_passes_is_left_as_it_is(area: str, tmp_path: Path) -> None:
    for control in (each for each in controls() if each.startswith(f"{area}.")):
        passing = [name for name, verdicts in expected(control).items() if set(verdicts.values()) == {"pass"}]
        for name in [name for name in passing if name.split("/")[0] in controls()[control].fix][:2]:
            case = Fixed(control, name, tmp_path / control)
            assert case.findings == {} and case.after == case.before


@pytest.mark.long
def test_cfn_lint_finds_no_more_in_fixed_templates_than_before(tmp_path: Path) -> None:
    cases = [case for area in AREAS for of in fixed(area, tmp_path / area, ("cloudformation",)).values() for case in of]
    after = set(errors(*(case.path for case in cases)))
    for case in cases:
        case.path.write_text(case.before[case.path.name], "utf-8")
    known = {error.split(": ", 1)[1] for error in errors(*(case.path for case in cases))}
    assert {error for error in after if error.split(": ", 1)[1] not in known} == set()
