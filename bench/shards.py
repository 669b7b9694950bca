"""Measures a run in shards: whether its cost is linear, its memory flat, and what cutting, merging and a Ray cluster add.

    python bench/shards.py [--resources N] [--ray]
    python bench/shards.py --assets N [--control GLOB]... [--ray]

Terraform code in root modules of 120 resources is generated (generate.py), or an export of assets (assets.py). CPU seconds are of a command
with its workers, and of a cluster with all its processes; wall seconds say something on an idle machine alone. Prints Markdown tables; ends
with 1 where cost is not linear within 15 %, or memory grows by more: of an export, by more than the names of its assets.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
from assets import write
from generate import generate

PER_ROOT = 120
LINEAR = 1.15
BYTES = 700
"""Of memory, for each asset of an export: where its record is, under its name."""
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


def cpu_below(process: int) -> float:
    """CPU seconds of the processes that one started, of those that these did, and of what ended and was waited for by any of them."""
    spent = 0.0
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            with contextlib.suppress(OSError):
                spent += sum(map(int, Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:15])) / os.sysconf("SC_CLK_TCK")
                spent += cpu_below(child)
    return spent


def on_ray(folder: Path, asked: list[str], of: int) -> None:
    """Shards on clusters of one and two nodes with a core each, beside the same processes without a cluster."""
    from ray.cluster_utils import Cluster

    from assay.scanner.shards import on_ray

    os.environ.update({**on_ray._SETTINGS, "RAY_AUTH_MODE": "disabled"})
    print("\n| how | CPU s | wall s |\n| --- | --- | --- |")
    started = time.monotonic()
    costs = [measured([*asked, "--shard", f"{number}/{of}", "--out", "bare"], folder) for number in range(1, of + 1)]
    bare = sum(cost.cpu for cost in costs)
    print(f"| {of} processes, one after the other | {bare:.1f} | {time.monotonic() - started:.1f} |", flush=True)
    for nodes in (1, 2):
        head = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80_000_000}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        for _ in range(nodes - 1):
            cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
        os.environ["RAY_ADDRESS"] = cluster.address
        own = on_ray.Cluster("ray")
        started, before, here = time.monotonic(), cpu_below(os.getpid()), time.process_time()
        failed = on_ray.judge(
            own,
            lambda index, nodes=nodes: [*asked, "--shard", f"{index + 1}/{of}", "--out", f"ray{nodes}"],  # type: ignore[misc]
            range(of),
            str(folder),
            lambda _: None,
        )
        assert not failed, failed
        wall, cpu = time.monotonic() - started, cpu_below(os.getpid()) - before + time.process_time() - here
        own.close()
        cluster.shutdown()
        del os.environ["RAY_ADDRESS"]
        name = "node" if nodes == 1 else "nodes"
        print(f"| {of} tasks of Ray, {nodes} {name} | {cpu:.1f} ({cpu / bare:.2f} times) | {wall:.1f} |", flush=True)


def inventories(folder: Path, size: int, controls: list[str], ray: bool) -> tuple[bool, str]:
    """Exports of assets in projects of a thousand: a tenth and the whole by one process, the whole by two, and on Ray."""
    asked = [part for control in controls for part in ("--control", control)]
    costs = {}
    print("| assets | jobs | CPU s | wall s | peak MB |\n| --- | --- | --- | --- | --- |")
    for assets, jobs in ((size // 10, 1), (size, 1), (size, 2)):
        export = folder / f"export{assets}"
        if not export.exists():
            write(export, assets)
        cost = measured(["scan", export.name, "--no-config", "--quiet", "--jobs", str(jobs), *asked, "-r", "jsonl=scan.jsonl"], folder)
        costs[assets, jobs] = cost
        print(cost.row(f"{assets:,}", jobs), flush=True)
    if ray:
        on_ray(folder, ["scan", f"export{size}", "--no-config", "--quiet", "--jobs", "1", *asked], 4)
    small, large = costs[size // 10, 1], costs[size, 1]
    ratio, kept = large.cpu / small.cpu / 10, (large.megabytes - small.megabytes) * 1e6 / (size - size // 10)
    told = f"- 10 times the assets: {ratio:.2f} times the CPU for each, and {kept:.0f} bytes of memory for each (at most {BYTES})"
    return ratio <= LINEAR and kept <= BYTES, told


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--resources", type=int, default=24_000)
    parser.add_argument("--ray", action="store_true", help="on Ray clusters of this machine as well")
    parser.add_argument("--assets", type=int, help="exports of so many assets, instead of Terraform code")
    parser.add_argument("--control", action="append", default=[], help="of these exports, judge by these controls only")
    arguments = parser.parse_args()
    if arguments.assets:
        with tempfile.TemporaryDirectory() as folder:
            good, told = inventories(Path(folder), arguments.assets, arguments.control, arguments.ray)
        print(f"\n{told}; at most {LINEAR} times")
        return 0 if good else 1
    size = arguments.resources // PER_ROOT * PER_ROOT
    small = size // 4 // PER_ROOT * PER_ROOT
    with tempfile.TemporaryDirectory() as folder:
        good, told = linear(Path(folder), (small, size))
        cut(Path(folder), size)
        if arguments.ray:
            on_ray(Path(folder), ["scan", f"code{size}", "--no-config", "--quiet", "--jobs", "1"], 8)
    print(f"\n{told} (target: {LINEAR})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
