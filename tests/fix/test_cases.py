"""The fixes of controls mend the cases that fail: what is told of each stands in `fixes.jsonl` beside them (cases.py writes it)."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from pathlib import Path

import pytest

from fixtures.plans import find_mirror
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
    templates = {case.path.parent / name: text for case in cases for name, text in case.before.items() if case.after[name] != text}
    found = errors(*templates)
    named = {error.split(":")[0] for error in found}
    for path, text in templates.items():
        path.write_text(text, "utf-8")
    before = errors(*(path for path in templates if path.name in named)) if found else []
    known = {(error.split(":")[0], error.split(": ", 1)[1]) for error in before}
    assert [error for error in found if (error.split(":")[0], error.split(": ", 1)[1]) not in known] == []


@pytest.mark.long
def test_terraform_takes_what_is_fixed(tmp_path: Path, terraform: bool) -> None:
    """All modules of AWS that were edited, as modules of one root: `validate` starts the provider once."""
    try:
        mirror = find_mirror()
    except SystemExit:
        pytest.skip("no mirror of the AWS provider")
    cases = [case for area in AREAS for of in fixed(area, tmp_path / area, ("terraform",)).values() for case in of]
    aws = [case for case in cases if case.outcome.files and providers(case) == {"aws"}]
    directories = sorted({str(Path(file).parent) for case in aws for file in case.outcome.files})
    calls = [call(f"case_{number}", tmp_path, Path(directory).relative_to(tmp_path)) for number, directory in enumerate(directories)]
    (tmp_path / "main.tf").write_text("\n".join(calls), "utf-8")
    assert terraform
    run = functools.partial(subprocess.run, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    ran = run(["terraform", "init", "-backend=false", "-input=false", f"-plugin-dir={mirror}"])
    assert ran.returncode == 0, ran.stderr
    found = refused(tmp_path)
    if found:  # cases of what this version of the provider does not have
        named = {str((tmp_path / file).parent) for file, _, _ in found}
        for case in aws:
            case.write(tmp_path / case.path.relative_to(tmp_path).parts[0] / case.control, case.before)
        (tmp_path / "main.tf").write_text(
            "\n".join(made for made, directory in zip(calls, directories, strict=True) if directory in named), "utf-8"
        )
        found -= refused(tmp_path)
    assert found == set()


def providers(case: Fixed) -> set[str]:
    """What the types of a case begin with: `aws`, `google`, `random`."""
    return {name for text in case.after.values() for name in re.findall(r'^(?:resource|data) "([a-z]+)_', text, re.M)}


def refused(where: Path) -> set[tuple[str, str, str]]:
    """File, summary and detail of what `terraform validate` refuses."""
    ran = subprocess.run(["terraform", "validate", "-json"], cwd=where, capture_output=True, encoding="utf-8", check=False)
    told = json.loads(ran.stdout)["diagnostics"]
    return {(each["range"]["filename"], each["summary"], each["detail"]) for each in told if each["severity"] == "error"}


def call(name: str, top: Path, directory: Path) -> str:
    """The call of a module with no value for what it takes."""
    source = "".join(path.read_text("utf-8") for path in sorted((top / directory).glob("*.tf")))
    names = [match[1] for match in re.finditer(r'^variable "(\w+)" \{(.*?)^\}|^variable "(\w+)" \{\}$', source, re.M | re.S)]
    given = "".join(f"  {each} = null\n" for each in names if each)
    return f'module "{name}" {{\n  source = "./{directory}"\n{given}}}\n'
