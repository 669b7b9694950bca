"""Measures a run in shards: whether its cost is linear, its memory flat, and what cutting, merging and a Ray cluster add.

    python bench/shards.py [--resources N] [--ray]

Terraform code in root modules of 120 resources is generated (generate.py). CPU seconds are of a command with its workers; wall seconds say
something on an idle machine alone. Prints Markdown tables; ends with 1 where cost is not linear within 15 %, or memory grows by more.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
from generate import generate

PER_ROOT = 120
LINEAR = 1.15
ASSAY = [sys.executable, "-m", "assay"]


class Cost(NamedTuple):
    cpu: float
    wall: float
    megabytes: float

    def row(self, *names: object) -> str:
        cells = [*map(str, names), f"{self.cpu:.1f}", f"{self.wall:.1f}", f"{self.megabytes:.0f}"]
        return f"| {' | '.join(cells)} |"


def measured(arguments: list[str], folder: Path, codes: tuple[int, ...] = (0, 1, 3)) -> Cost:
    """What a command costs, with the processes that it started and waited for; the peak memory is that of the largest of them."""
    started = time.monotonic()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen([*ASSAY, *arguments], cwd=folder, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in codes, (arguments, process.returncode)
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024)


def tree(folder: Path, resources: int) -> str:
    name = f"code{resources}"
    (folder / name).mkdir()
    for number in range(resources // PER_ROOT):
        generate(folder / name / f"root{number:05}", PER_ROOT)
    return name


def shards(folder: Path, code: str, of: int) -> list[Cost]:
    asked = ["scan", code, "--no-config", "--quiet", "--jobs", "1", "--out", f"{code}-{of}"]
    return [measured([*asked, "--shard", f"{number}/{of}"], folder) for number in range(1, of + 1)]


def linear(folder: Path, sizes: tuple[int, int]) -> tuple[bool, str]:
    """One shard of a small and of a large tree, and their merges."""
    costs, merges = {}, {}
    print("| resources | what | CPU s | wall s | peak MB |\n| --- | --- | --- | --- | --- |")
    for size in sizes:
        code = tree(folder, size)
        (costs[size],) = shards(folder, code, 1)
        merges[size] = measured(["merge", f"{code}-1", "--quiet", "--no-config", "-r", "jsonl=merged.jsonl"], folder)
        print(costs[size].row(f"{size:,}", "one shard"))
        print(merges[size].row(f"{size:,}", "merge, jsonl"), flush=True)
    small, large = sizes
    ratios = [table[large].cpu / large / (table[small].cpu / small) for table in (costs, merges)]
    grown = [table[large].megabytes / table[small].megabytes for table in (costs, merges)]
    told = (
        f"- {large / small:g} times the resources, in a shard and its merge: {ratios[0]:.2f} and {ratios[1]:.2f} times the CPU for each, "
        f"{grown[0]:.2f} and {grown[1]:.2f} times the memory"
    )
    return max(ratios) <= LINEAR and max(grown) <= LINEAR, told


def cut(folder: Path, size: int) -> None:
    """The same tree in one and more shards, and by one and two workers."""
    code = f"code{size}"
    print("\n| shards | CPU s in all | longest shard, CPU s | peak MB |\n| --- | --- | --- | --- |")
    for of in (2, 8):
        costs = shards(folder, code, of)
        whole, longest = sum(cost.cpu for cost in costs), max(cost.cpu for cost in costs)
        print(f"| {of} | {whole:.1f} | {longest:.1f} | {max(cost.megabytes for cost in costs):.0f} |", flush=True)
    print("\n| jobs | CPU s | wall s | peak MB |\n| --- | --- | --- | --- |")
    for jobs in (1, 2):
        cost = measured(["scan", code, "--no-config", "--quiet", "--jobs", str(jobs), "-r", "jsonl=scan.jsonl"], folder)
        print(cost.row(jobs), flush=True)


def on_ray(folder: Path, size: int) -> None:
    """Eight shards on clusters of one and two nodes with a core each, beside the same processes without a cluster."""
    from ray.cluster_utils import Cluster

    from assay.scanner.shards import on_ray

    os.environ.update({**on_ray._SETTINGS, "RAY_AUTH_MODE": "disabled"})
    code, asked = f"code{size}", ["--no-config", "--quiet", "--jobs", "1"]
    print("\n| how | wall s |\n| --- | --- |")
    for nodes in (1, 2):
        started = time.monotonic()
        waiting = [["scan", code, *asked, "--shard", f"{number}/8", "--out", f"bare{nodes}"] for number in range(1, 9)]
        running: list[subprocess.Popen[bytes]] = []
        while waiting or running:
            running = [process for process in running if process.poll() is None]
            while waiting and len(running) < nodes:
                running.append(subprocess.Popen([*ASSAY, *waiting.pop(0)], cwd=folder))
            time.sleep(0.02)
        bare = time.monotonic() - started
        print(f"| 8 processes, {nodes} at a time | {bare:.1f} |", flush=True)
        head = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80_000_000}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        for _ in range(nodes - 1):
            cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
        os.environ["RAY_ADDRESS"] = cluster.address
        own = on_ray.Cluster("ray")
        started = time.monotonic()
        failed = on_ray.judge(
            own,
            lambda index, nodes=nodes: ["scan", code, *asked, "--shard", f"{index + 1}/8", "--out", f"ray{nodes}"],  # type: ignore[misc]
            range(8),
            str(folder),
            lambda _: None,
        )
        assert not failed, failed
        taken = time.monotonic() - started
        own.close()
        cluster.shutdown()
        del os.environ["RAY_ADDRESS"]
        print(f"| 8 tasks of Ray, {nodes} {'node' if nodes == 1 else 'nodes'} | {taken:.1f} ({taken / bare:.2f} times) |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--resources", type=int, default=24_000)
    parser.add_argument("--ray", action="store_true", help="on Ray clusters of this machine as well")
    arguments = parser.parse_args()
    size = arguments.resources // PER_ROOT * PER_ROOT
    small = size // 4 // PER_ROOT * PER_ROOT
    with tempfile.TemporaryDirectory() as folder:
        good, told = linear(Path(folder), (small, size))
        cut(Path(folder), size)
        if arguments.ray:
            on_ray(Path(folder), size)
    print(f"\n{told} (target: {LINEAR})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
