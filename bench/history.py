"""Measures what a history costs: nights of many findings, one in a hundred of which changes each night.

    python bench/history.py [--findings N] [--nights N] [--url postgresql://…]

Figures are CPU seconds of this process for entering one run, without the run itself. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import resource
import statistics
import sys
import tempfile
import time

from assay.scanner.history import asked
from assay.scanner.history.database import opened
from assay.scanner.history.entering import enter
from assay.scanner.results.model import ControlOutcome, Report, ResourceRef, Result, Run, Summary, Tool, fingerprint
from assay.scanner.sources.coverage import Coverage

NIGHT_SECONDS, MEGABYTES = 3.0, 100
CONTROLS = [f"storage.control-{number}" for number in range(115)]
BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def result(number: int, verdict: str) -> Result:
    """A result of one of 300 accounts."""
    account = f"{100_000_000_000 + number % 300}"
    ref = ResourceRef(
        id=f"arn:aws:s3:::bucket-{number}", kind="Bucket", name=f"bucket-{number}", cloud="aws", account=account, region="us-east-1",
        address=f"s3.bucket/bucket-{number}", root=f"aws:{account}", blocks=[], type="s3.bucket", named=True,
    )  # fmt: skip
    control = CONTROLS[number % len(CONTROLS)]
    mark = fingerprint(control, "0", "aws", ref.root, ref.id, "")
    return Result(control, "A control", "high", verdict, mark, f"bucket-{number} is not as it should be", "", ref, [], [])  # type: ignore[arg-type]


def report(night: int, results: list[Result]) -> Report:
    """A run of one night."""
    at = (BEGIN + datetime.timedelta(days=night)).isoformat().replace("+00:00", "Z")
    return Report(
        tool=Tool("assay", "0.1.0", "0" * 64),
        run=Run(f"run-{night}", at, at, [], ["aws"]),
        summary=Summary({}, len(results), len(CONTROLS)),
        controls=[ControlOutcome(control, "", "high", "fail", 1) for control in CONTROLS],
        results=results,
        coverage=Coverage(),
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--url")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        where = given.url or os.path.join(scratch, "history.db")
        seconds = nights(where, given.findings, given.nights)
        size = 0 if given.url else os.path.getsize(where) / 1e6
        began = time.process_time()
        with opened(where) as connection:
            told = asked.told(connection, "account", 30)
        answered = time.process_time() - began
    later = sorted(seconds[1:])
    typical, worst = later[len(later) // 2], later[-1]
    print(f"{given.nights} nights of {given.findings:,} findings: {size:.0f} MB (below {MEGABYTES})")
    print(f"the first night {seconds[0]:.2f} s of CPU; of the others half took {typical:.2f} s or less, none more than {worst:.2f} s")
    of_ten = [statistics.median(seconds[at:][:10]) for at in (1, max(1, len(seconds) - 10))]
    print(f"medians of the ten nights after the first, and of the last ten: {of_ten[0]:.2f} and {of_ten[1]:.2f} s")
    print(f"assay history by account ({len(told.groups)} accounts, {told.runs} runs): {answered:.2f} s of CPU")
    print(f"peak of this process with its reports: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return int(typical > NIGHT_SECONDS or size > MEGABYTES)


def nights(where: str, findings: int, number: int) -> list[float]:
    """CPU seconds of entering each night."""
    failing, passing = ([result(at, verdict) for at in range(findings)] for verdict in ("fail", "pass"))
    fails, chance, seconds = [True] * findings, random.Random(1), list[float]()
    for night in range(number):
        for at in chance.sample(range(findings), findings // 100) if night else ():
            fails[at] = not fails[at]
        made = report(night, [failing[at] if fails[at] else passing[at] for at in range(findings)])
        began = time.process_time()
        with opened(where, make=True) as connection:
            enter(connection, made, complete=True)
        seconds.append(time.process_time() - began)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
