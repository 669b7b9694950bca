"""One verdict for one configuration, wherever it is read: the cases of the controls, and the reference deployment."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import sides, three
from tests.scans import ROOT
from tests.test_fixtures import GOOGLE_ALONE, LIVE_ALONE, OF_FILES

CASES = list(sides.cases())
KNOWN = sides.differences()


def test_inputs_that_differ_have_a_reason() -> None:
    unexplained = [
        f"{case.control}/{case.name}: {case.reference} {case.verdicts[case.reference]}, {input_} {case.verdicts[input_]}"
        for case in CASES
        for input_ in case.differing()
        if not sides.reason(case, input_, KNOWN)
    ]
    assert unexplained == []


def test_every_reason_is_needed() -> None:
    reference = [
        sides.Case(row.control, "aws", f"{three.CASE}:{name}", {"terraform": ("pass",), input_: ()})
        for row in three.compared()
        for input_, names in row.differing.items()
        for name in names
    ]
    pairs = [(case, input_) for case in [*CASES, *reference] for input_ in case.differing()]
    idle = [difference for difference in KNOWN if not any(difference.explains(case, input_) for case, input_ in pairs)]
    assert idle == []


def test_most_cases_are_in_several_inputs() -> None:
    shared = [case for case in CASES if len(case.verdicts) > 1]
    assert len(shared) > len(CASES) / 2
    for control in {case.control for case in CASES} - {*LIVE_ALONE, *OF_FILES}:
        account = "assets" if control in GOOGLE_ALONE else "aws"
        live = [case for case in shared if case.control == control and {"terraform", account} <= case.verdicts.keys()]
        assert {verdict for case in live for verdict in case.verdicts[account]} >= {"pass", "fail"}, control


def test_the_reference_deployment_gets_the_same_verdicts_in_three_inputs() -> None:
    for row in three.compared():
        assert "not explained" not in row.note, row
        assert row.joined > 0 or row.note, row
        assert not any(counts.get("fail") or counts.get("error") for counts in row.counts), row


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)


def setup_controls() -> tuple[str, ...]:
    """The program is run by path, in a process of its own; what it holds is read from its text."""
    tree = ast.parse((ROOT / "fixtures/trade_streamer/aws/live/setup.py").read_text(encoding="utf-8"))
    values = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HOLDS"]
    controls: tuple[str, ...] = ast.literal_eval(values[0])
    return controls


@pytest.mark.long
def test_an_account_that_is_set_up_with_boto3_gets_them_too(tmp_path: Path) -> None:
    """A process of its own: the account's number belongs to the whole server."""
    ran = run("fixtures/trade_streamer/aws/live/setup.py", str(tmp_path / "account.ndjson"))
    assert ran.returncode == 0, ran.stderr
    # The server lists all policies of AWS; those that nothing uses are left out.
    policies = [line for line in (tmp_path / "account.ndjson").read_text().splitlines() if '"type":"iam.policy"' in line]
    assert 0 < len(policies) < 10 and any(":iam::aws:policy/" in line for line in policies)
    assert three.scanned(tmp_path / "account.ndjson", *setup_controls()) == three.scanned(three.INPUTS["aws"], *setup_controls())


@pytest.mark.long
@pytest.mark.skipif(shutil.which("terraform") is None, reason="the terraform program is not installed")
def test_code_that_is_applied_gives_the_recordings() -> None:
    """One case of each shape; `python fixtures/live.py --check` makes all of them again."""
    ran = run("fixtures/live.py", "--check", "storage.versioning-enabled/aws-pass", "keys.rotation-and-policy/aws-fail")
    if "no mirror with the AWS provider" in ran.stderr:
        pytest.skip("there is no mirror with the AWS provider")
    assert (ran.returncode, ran.stdout) == (0, "2 cases, 0 differ\n"), ran.stderr
