"""Simulates a night of audits of many accounts: which of calls, processors and stragglers ends it, and what it costs.

    python bench/scheduler.py [--accounts N] [--resources N] [--machines N …]

Every account is a task. It takes the longest of: its calls within the rates of its services (scanner/sources/aws/limits.py), its calls one
after the other in as many threads as an audit has, and its processor time, of which a machine has two cores for all of its tasks. Accounts
are of very different sizes (log-normal), and a machine may be taken away, which costs the tasks that it was at. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
from typing import NamedTuple

CPU_A_CALL, CPU_A_RESOURCE = 0.0024, 0.0013
"""Seconds of a processor: of boto3 for a call, and of reading and judging a resource by all controls (bench/README.md)."""
LATENCY, THREADS = 0.1, 16
"""Seconds of a call from within the same cloud, and calls of one account at a time: assumed."""
SERVICES = {
    # share of the resources, calls for each, calls a second that an audit makes in one account and region, regions that they are in
    "ec2": (0.45, 0.05, 10.0, 4),
    "s3": (0.05, 9.0, 50.0, 1),
    "iam": (0.15, 4.0, 10.0, 1),
    "kms": (0.05, 3.0, 50.0, 4),
    "lambda": (0.15, 2.0, 50.0, 4),
    "logs and the rest": (0.15, 1.0, 50.0, 4),
}
LISTINGS = 17 * 60
"""Calls of an account that has nothing: listings by region."""
SIGMA = 1.3
"""Of the sizes: the largest of 5,000 accounts has some hundred times the median."""
DOLLARS = 2 * 0.04048 + 4 * 0.004445
"""An hour of two vCPU and 4 GB on Fargate, us-east-1: https://aws.amazon.com/fargate/pricing/"""
LOSSES = 0.05
"""Machines that are taken away, each hour (spot)."""
CORES, AT_ONCE = 2, 8
"""Of a machine: its cores, and the accounts that it audits at a time."""


class Night(NamedTuple):
    hours: float
    busy: float
    machine_hours: float
    repeated: int


def calls_of(resources: float) -> dict[str, float]:
    """Calls of an account by service."""
    return {name: resources * share * service for name, (share, service, _, _) in SERVICES.items()}


def seconds_of(resources: float) -> tuple[float, float]:
    """Seconds that an account takes at least, however many cores there are, and seconds of a processor."""
    calls = calls_of(resources)
    paced = max(number / (SERVICES[name][2] * SERVICES[name][3]) for name, number in calls.items())
    total = sum(calls.values()) + LISTINGS
    return max(paced, total * LATENCY / THREADS), total * CPU_A_CALL + resources * CPU_A_RESOURCE


def night(sizes: list[float], machines: int, largest_first: bool, dice: random.Random) -> Night:
    """All accounts on some machines, each of which takes the next account when one is done."""
    waiting = sorted(sizes) if largest_first else dice.sample(sizes, len(sizes))
    slots = [(0.0, number) for number in range(machines * AT_ONCE)]
    heapq.heapify(slots)
    end = cpu = 0.0
    repeated = 0
    while waiting:
        free, slot = heapq.heappop(slots)
        size = waiting.pop()
        least, work = seconds_of(size)
        taken = max(least, work * AT_ONCE / CORES)
        if dice.random() < LOSSES * taken / 3600:
            waiting.append(size)
            repeated += 1
            taken *= dice.random()
        else:
            cpu += work
        end = max(end, free + taken)
        heapq.heappush(slots, (free + taken, slot))
    return Night(end / 3600, cpu / (end * machines * CORES), machines * end / 3600, repeated)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=5_000)
    parser.add_argument("--resources", type=int, default=10_000_000)
    parser.add_argument("--machines", type=int, nargs="+", default=[1, 2, 4, 8, 16, 64])
    arguments = parser.parse_args()
    dice = random.Random(7)
    raw = [dice.lognormvariate(0, SIGMA) for _ in range(arguments.accounts)]
    sizes = [size * arguments.resources / sum(raw) for size in raw]
    total = sum(sum(calls_of(size).values()) + LISTINGS for size in sizes)
    longest = max(seconds_of(size)[0] for size in sizes)
    work = sum(seconds_of(size)[1] for size in sizes) / 3600
    print(f"{arguments.resources:,} resources in {arguments.accounts:,} accounts, the largest {max(sizes):,.0f}:")
    print(f"{total / 1e6:.1f} million calls, {work:.0f} hours of a core; the longest account takes {longest / 60:.0f} minutes at least\n")
    print("| machines | largest first, hours | as they come, hours | cores busy | repeated | dollars |")
    print("| --- | --- | --- | --- | --- | --- |")
    for machines in arguments.machines:
        first, plain = (night(sizes, machines, largest, random.Random(1)) for largest in (True, False))
        dollars = first.machine_hours * DOLLARS
        print(f"| {machines} | {first.hours:.2f} | {plain.hours:.2f} | {first.busy:.0%} | {first.repeated} | {dollars:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
