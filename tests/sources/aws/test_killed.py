"""An audit of an organisation that is killed and started again: accounts that were done are asked for nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner.sources import snapshot

CHOSEN = ["--organization", "--no-config", "--regions", "us-east-1,eu-west-1", "--services", "s3,kms", "--control", "storage.*"]
ACCOUNTS = 5


@pytest.fixture(scope="module")
def crowd() -> Iterator[dict[str, Any]]:
    """An organisation, the last account of which answers a hundred times slower than the others."""
    command = [sys.executable, "-m", "fixtures.crowd", f"--accounts={ACCOUNTS}", "--latency=0.005", "--throttled=0", "--slow=100"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout and server.stdin
    yield json.loads(server.stdout.readline())
    server.stdin.close()
    server.wait()


def environment(crowd: dict[str, Any], which: str) -> dict[str, str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
    return {**variables, **own, "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": crowd[which]}


def audit(crowd: dict[str, Any], which: str, out: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "assay", "audit", "aws", *CHOSEN, "--snapshot", str(out), *arguments]
    return subprocess.Popen(command, env=environment(crowd, which), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def calls(crowd: dict[str, Any]) -> dict[str, int]:
    with urllib.request.urlopen(f"{crowd['quick']}/-/calls") as answer:
        calls: dict[str, int] = json.load(answer)["calls"]
    return calls


def done(partial: Path) -> set[str]:
    """The accounts that a file has whole, as far as it can be read."""
    members = set()
    try:
        for line in snapshot.lines(str(partial)):
            record = msgspec.json.decode(line)
            if record["record"] == "account_end" and record["complete"]:
                members.add(record["account"])
    except (snapshot.CutOff, OSError):
        pass
    return members


def verdicts(report: Path) -> set[tuple[str, ...]]:
    results = json.loads(report.read_text())["results"]
    return {(result["control"], result["resource"]["root"], result["resource"]["address"], result["verdict"]) for result in results}


@pytest.mark.long
def test_an_audit_that_was_killed_asks_accounts_that_are_done_for_nothing(crowd: dict[str, Any], tmp_path: Path) -> None:
    out, slow = tmp_path / "tonight.gz", crowd["accounts"][-1]
    process = audit(crowd, "slow", out)
    until = time.monotonic() + 60
    while len(done(tmp_path / "tonight.gz.partial")) < ACCOUNTS:  # all but the slow one, and that of the organisation itself
        assert process.poll() is None and time.monotonic() < until, process.communicate()
        time.sleep(0.1)
    process.kill()
    process.communicate()
    finished = done(tmp_path / "tonight.gz.partial")
    assert slow not in finished and not out.exists()
    before = calls(crowd)
    assert before[slow] > 0
    again = audit(crowd, "quick", out, "--resume", "-r", f"json={tmp_path / 'resumed.json'}")
    _, said = again.communicate(timeout=60)
    assert again.returncode == 1, said
    after = calls(crowd)
    assert {account: after[account] for account in crowd["accounts"][:-1]} == {
        account: before[account] for account in crowd["accounts"][:-1]
    }
    assert after[slow] > before[slow]
    assert done(out) == finished | {slow} and len(done(out)) == ACCOUNTS + 1
    whole = audit(crowd, "quick", tmp_path / "whole.gz", "-r", f"json={tmp_path / 'whole.json'}")
    whole.communicate(timeout=60)
    assert verdicts(tmp_path / "resumed.json") == verdicts(tmp_path / "whole.json")
    assert len({root for _, root, _, _ in verdicts(tmp_path / "whole.json")}) > ACCOUNTS
