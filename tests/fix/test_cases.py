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
from tests.linted import MENDED, of_file, to_check
from tests.test_cloudformation_fixtures import errors
from tests.test_fixtures import expected


def fixed(input_: str, where: Path) -> dict[str, list[Fixed]]:
    """Control to the cases of an input in which it fails, fixed in a folder; controls that have none are left out."""
    cases = {control: [Fixed(control, name, where / control) for name in failing(control, (input_,))] for control in controls()}
    return {control: of_control for control, of_control in cases.items() if of_control}


def check(control: str, cases: list[Fixed], input_: str) -> None:
    """Each finding is mended, for good, or it is told why not."""
    told = sorted(line for case in cases for line in case.told())
    assert told == [line for line in accepted(control) if line.case.startswith(f"{input_}/")], f"python -m tests.fix.cases {control}"
    assert any(case.outcome.fixed for case in cases), f"{control} mends no case of {input_}"
    for case in cases:
        if case.outcome.files:
            again = case.fixing()
            wanted = {result.fingerprint for result in again.findings(lambda result, case=case: result.fingerprint in case.findings)}
            assert not wanted & {proposal.fingerprint for proposal in case.outcome.fixed}, case.name
            edits = again.run(lambda result, wanted=wanted: result.fingerprint in wanted, unsafe=True).files
            assert edits == {}, f"{case.name} is edited again"


@pytest.mark.parametrize("input_", ["config_connector", "deployment_manager"])
def test_manifests_and_configurations_that_fail_are_mended_or_told_why_not(input_: str, tmp_path: Path) -> None:
    for control, cases in fixed(input_, tmp_path).items():
        check(control, cases, input_)


@pytest.mark.long
def test_templates_that_fail_are_mended_or_told_why_not(tmp_path: Path) -> None:
    mend_templates(tmp_path)


def mend_templates(where: Path) -> dict[str, Path]:
    """The templates that fixes made, by their digests, after cfn-lint looked at those that are not known to be valid."""
    of_controls = fixed("cloudformation", where)
    for control, cases in of_controls.items():
        check(control, cases, "cloudformation")
    cases = [case for of_control in of_controls.values() for case in of_control]
    templates = {case.path.parent / name: text for case in cases for name, text in case.before.items() if case.after[name] != text}
    made = {of_file(path): path for path in templates}
    looked_at = to_check(MENDED, list(templates), of_file)
    assert new_errors({path: templates[path] for path in looked_at}) == []
    return made


def new_errors(templates: dict[Path, str]) -> list[str]:
    """What cfn-lint says of templates as they are now, and not of their texts before, which are written in their place."""
    now = errors(*templates)
    named = {error.split(":")[0] for error in now}
    for path, text in templates.items():
        path.write_text(text, "utf-8")
    before = errors(*(path for path in templates if path.name in named)) if now else []
    known = {(error.split(":")[0], error.split(": ", 1)[1]) for error in before}
    return [error for error in now if (error.split(":")[0], error.split(": ", 1)[1]) not in known]


@pytest.mark.long
def test_code_that_fails_is_mended_or_told_why_not(tmp_path: Path, terraform: bool) -> None:
    cases = mend_code(tmp_path)
    if not terraform:
        pytest.skip("the terraform program is not installed: all else holds")
    check_code(tmp_path, cases)


def mend_code(where: Path) -> list[Fixed]:
    of_controls = fixed("terraform", where / "after")
    for control, cases in of_controls.items():
        check(control, cases, "terraform")
    return [case for of_control in of_controls.values() for case in of_control]


def check_code(where: Path, cases: list[Fixed]) -> set[str]:
    """The digests of what fixes made of code, after terraform looked at its form, and the AWS provider at what is not known to be valid."""
    for case in cases:
        case.write(where / "before" / case.control, case.before)
    assert unformatted(where / "after") <= unformatted(where / "before")
    edited = [case for case in cases if case.outcome.files and providers(case) == {"aws"}]
    check_with_provider(where / "after", to_check(MENDED, edited, Fixed.digest))
    return set(map(Fixed.digest, edited))


def check_fixes(where: Path) -> set[str]:
    """The digests of all that fixes make of cases, after it was looked at."""
    return {*mend_templates(where / "templates"), *check_code(where / "code", mend_code(where / "code"))}


def unformatted(where: Path) -> set[str]:
    """The files below a folder that `terraform fmt` would change."""
    ran = subprocess.run(["terraform", "fmt", "-check", "-recursive", "."], cwd=where, capture_output=True, encoding="utf-8", check=False)
    return set(ran.stdout.split())


def check_with_provider(where: Path, cases: list[Fixed]) -> None:
    """All modules that were edited, as modules of one root: `validate` starts the provider once."""
    try:
        mirror = find_mirror()
    except SystemExit:
        pytest.skip("no mirror of the AWS provider: all else holds")
    directories = sorted({str(Path(file).parent) for case in cases for file in case.outcome.files})
    calls = [call(f"case_{number}", where, Path(directory).relative_to(where)) for number, directory in enumerate(directories)]
    (where / "main.tf").write_text("\n".join(calls), "utf-8")
    run = functools.partial(subprocess.run, cwd=where, capture_output=True, encoding="utf-8", check=False)
    ran = run(["terraform", "init", "-backend=false", "-input=false", f"-plugin-dir={mirror}"])
    assert ran.returncode == 0, ran.stderr
    now = refused(where)
    if now:  # cases of what this version of the provider does not have
        named = {str((where / file).parent) for file, _, _ in now}
        for case in cases:
            case.write(where / case.control, case.before)
        chosen = [made for made, directory in zip(calls, directories, strict=True) if directory in named]
        (where / "main.tf").write_text("\n".join(chosen), "utf-8")
        now -= refused(where)
    assert now == set()


@pytest.mark.parametrize("control", controls())
def test_a_case_that_passes_is_left_as_it_is(control: str, tmp_path: Path) -> None:
    passing = [name for name, verdicts in expected(control).items() if set(verdicts.values()) == {"pass"}]
    for name in [name for name in passing if name.split("/")[0] in controls()[control].fix][:2]:
        case = Fixed(control, name, tmp_path / control)
        assert case.findings == {} and case.after == case.before


def providers(case: Fixed) -> set[str]:
    """What the types of a case begin with: `aws`, `google`, `random`."""
    return {name for text in case.after.values() for name in re.findall(r'^(?:resource|data) "([a-z]+)_', text, re.M)}


def refused(where: Path) -> set[tuple[str, str, str]]:
    """File, summary and detail of what `terraform validate` refuses."""
    ran = subprocess.run(["terraform", "validate", "-json"], cwd=where, capture_output=True, encoding="utf-8", check=False)
    problems = [problem for problem in json.loads(ran.stdout)["diagnostics"] if problem["severity"] == "error"]
    return {(problem["range"]["filename"], problem["summary"], problem["detail"]) for problem in problems}


def call(name: str, top: Path, directory: Path) -> str:
    """The call of a module with no value for what it takes."""
    source = "".join(path.read_text("utf-8") for path in sorted((top / directory).glob("*.tf")))
    names = [match[1] for match in re.finditer(r'^variable "(\w+)" \{(.*?)^\}|^variable "(\w+)" \{\}$', source, re.M | re.S)]
    given = "".join(f"  {variable} = null\n" for variable in names if variable)
    return f'module "{name}" {{\n  source = "./{directory}"\n{given}}}\n'
