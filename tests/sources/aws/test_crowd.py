"""A thousand buckets in three accounts and four regions: bounded memory, and progress on a terminal that tells the truth."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.aws.crowd import ACCOUNTS, BUCKETS, REGIONS
from tests.sources.aws.estate import enter

MEGABYTES = 250


@pytest.fixture
def crowd() -> Iterator[str]:
    server = subprocess.Popen([sys.executable, "-m", "tests.sources.aws.crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    server.kill()
    server.communicate()


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_thousand_buckets(crowd: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    variables = {
        **os.environ,
        **enter("300000000000", crowd).environment(),
        "AWS_ENDPOINT_URL": crowd,
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TERM": "xterm",
        "COLUMNS": "160",
    }
    roles = [part for account in ACCOUNTS for part in ("--role-arn", f"arn:aws:iam::{account}:role/audit")]
    command = [
        sys.executable,
        "-m",
        "assay",
        "audit",
        "aws",
        "--no-config",
        *roles,
        "--regions",
        ",".join(REGIONS),
        "--control",
        "storage.versioning-enabled",
        "--control",
        "data.pitr-enabled",
        "-r",
        f"json={report}",
    ]
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    shown: list[bytes] = []
    reading = threading.Thread(target=read, args=(leader, shown))
    reading.start()
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.05)
    reading.join(10)
    text = b"".join(shown).decode(errors="replace")
    assert process.returncode == 1, text[-2000:]
    assert 20 < peak < MEGABYTES
    results = json.loads(report.read_text())["results"]
    buckets = [result["verdict"] for result in results if result["control"] == "storage.versioning-enabled"]
    assert (len(buckets), buckets.count("pass"), buckets.count("fail")) == (BUCKETS, BUCKETS // 2, BUCKETS // 2)
    assert sum(result["control"] == "data.pitr-enabled" for result in results) == len(ACCOUNTS) * len(REGIONS)
    counts = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) calls", text)]
    calls = json.loads(report.read_text())["coverage"]["calls"]
    assert counts == sorted(counts), "progress never goes back"
    assert len(set(counts)) > 5
    assert counts[-1] <= sum(call["count"] for call in calls) + 1
    done = [int(number) for number in re.findall(r"(\d+) of 3 accounts done", text)]
    assert done and done == sorted(done)


def resident(process: int) -> int:
    """The most memory that a process has held, in megabytes. (What wait4 tells counts what its parent held when it was started.)"""
    try:
        match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:
        match = None
    return int(match.group(1)) // 1024 if match else 0


def read(leader: int, shown: list[bytes]) -> None:
    while select.select([leader], [], [], 60)[0]:
        try:
            shown.append(os.read(leader, 65536))
        except OSError:  # the other side is closed
            return
