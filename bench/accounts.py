"""Measures an audit of an organisation of 300 accounts against a bare boto3 loop over the same calls.

    python bench/accounts.py [--accounts N] [--latency SECONDS] [--throttled SHARE] [--slow TIMES]

The organisation is one of a moto server with a server before it (fixtures/crowd.py) that answers for all accounts, after so many seconds
and so often throttled. Both run in a process of their own, which is not measured. Figures are CPU seconds (user and system) of whole
processes. The bare loop makes the calls that an audit of one account made, one after another, with one client for each service and region:
for a few accounts at the same server, since it waits for each answer, and for all of them where none is throttled or waited for, so that a
call costs least. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from typing import Any

from live import LOOP, RECORD
from run import TOP, bytecode, measure

BARE = 1.5
"""Most CPU beside the bare loop."""
FEW = 10
"""Accounts that the bare loop waits for."""
REGIONS = "us-east-1,eu-west-1"
SERVICES = "s3,kms,dynamodb,secretsmanager,iam"
CHOSEN = ["--no-config", "--regions", REGIONS, "--services", SERVICES]
LOOPS = LOOP.replace("in json.load(open(sys.argv[1])):", "in json.load(open(sys.argv[1])) * int(sys.argv[2]):")


@contextlib.contextmanager
def crowd(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """An organisation, as fixtures/crowd.py tells of it."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true"
    )
    asked = [f"--{name}={getattr(options, name)}" for name in ("accounts", "latency", "throttled", "slow")]
    server = subprocess.Popen([sys.executable, "-m", "fixtures.crowd", *asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=TOP)
    assert server.stdout and server.stdin
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait()


def calls(url: str) -> dict[str, int]:
    """How many calls each account was asked so far."""
    with urllib.request.urlopen(f"{url}/-/calls") as answer:
        calls: dict[str, int] = json.load(answer)["calls"]
    return calls


def compare(options: argparse.Namespace) -> int:
    """Measure and print; 1 where a target is missed."""
    with crowd(options) as served, tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch:
        slow, quick, recorded, one = served["slow"], served["quick"], f"{scratch}/calls.json", f"{scratch}/one.gz"
        os.environ["AWS_ENDPOINT_URL"] = quick
        record = RECORD.replace('"--no-config"]', '"--no-config", "--services", sys.argv[4], "--role-arn", sys.argv[5]]')
        role = f"arn:aws:iam::{served['accounts'][0]}:role/audit"
        subprocess.run(
            [sys.executable, "-c", record, recorded, one, REGIONS, SERVICES, role], check=True, cwd=TOP, stderr=subprocess.DEVNULL
        )
        loop, assay = [sys.executable, "-c", LOOPS, recorded], [sys.executable, "-m", "assay"]
        chosen = ["--organization", "--quiet", *CHOSEN]
        rows = []
        for what, url, command in (
            (f"bare boto3 loop, {FEW} accounts", slow, [*loop, str(FEW)]),
            ("bare boto3 loop, no latency", quick, [*loop, str(options.accounts)]),
            ("assay snapshot", slow, [*assay, "snapshot", "aws", "-o", f"{scratch}/all.gz", *chosen]),
            ("assay audit, judged", slow, [*assay, "audit", "aws", "-r", f"jsonl={scratch}/all", "-r", f"rollup={scratch}/sums", *chosen]),
        ):
            os.environ["AWS_ENDPOINT_URL"] = url
            before = sum(calls(quick).values())
            cpu, wall, peak = measure(command, 1)
            rows.append((what, cpu, wall, peak, sum(calls(quick).values()) - before))
    return told(rows, options)


def told(rows: list[tuple[str, float, float, float, int]], options: argparse.Namespace) -> int:
    """Print what was measured: what, CPU, wall seconds, MB, calls. 1 where a target is missed."""
    print("| | calls | CPU s | ms CPU a call | wall s | peak MB |\n| --- | --- | --- | --- | --- | --- |")
    for what, cpu, wall, peak, count in rows:
        print(f"| {what} | {count:,} | {cpu:.1f} | {cpu / count * 1000:.2f} | {wall:.0f} | {peak:.0f} |")
    bare, hot, ours = (cpu / count for _, cpu, _, _, count in rows[:3])
    _, _, wall, _, count = rows[2]
    told = f"a call takes {ours / bare:.2f} times the CPU of one of the bare loop (at most {BARE})"
    print(f"\n- {told}; {ours / hot:.2f} where that never waits")
    print(f"- one call after another would wait {count * options.latency:,.0f} s for answers; all of it took {wall:.0f} s")
    return int(ours / bare > BARE)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--latency", type=float, default=0.04)
    parser.add_argument("--throttled", type=float, default=0.02)
    parser.add_argument("--slow", type=float, default=5.0, help="how many times slower the last account answers")
    bytecode()
    sys.exit(compare(parser.parse_args()))


if __name__ == "__main__":
    main()
