"""2,000 inputs of the fuzzer (tests/hostile/fuzzing), in processes without threads: workers are forked from them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.scans import ROOT

SHARES, INPUTS = 4, 250


def fuzz(kind: str, share: int) -> None:
    command = [sys.executable, "-m", "tests.hostile.fuzzing", "--kind", kind, "--inputs", str(INPUTS), "--seed", str(share * INPUTS)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert ran.returncode == 0 and f"{INPUTS} {kind} in" in ran.stderr, ran.stdout + ran.stderr


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_no_damage_ends_a_run(share: int) -> None:
    fuzz("damaged", share)


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_no_disguise_hides_a_failure(share: int) -> None:
    fuzz("disguised", share)
