"""Measures `assay fix` beside `assay scan` of the same tree, each a process of its own. Prints a Markdown table.

    python bench/fix.py [--resources N] [--runs N]

A fix is proven by judging again, so that it costs some times a scan, however many findings there are. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from bench.generate import generate  # noqa: E402

TIMES = 10
"""As much CPU as a scan may a fix take."""


class Measured(NamedTuple):
    """The least of some runs: CPU and wall seconds of the process and its workers, and what it told."""

    cpu: float
    wall: float
    told: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=600)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    print("| tree | scan CPU s | fix CPU s | wall s | findings mended | fix / scan | at most |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(shutil.copytree(TOP / "fixtures" / "demo_fix", Path(folder, "demo")))
        large = generate(Path(folder, "tree"), asked.resources)
        trees = {"a module of seven defects": demo, f"{asked.resources:,} resources in one root module": large}
        for name, tree in trees.items():
            scan = measured(["scan", "--no-config", "--quiet", tree], asked.runs)
            fix = measured(["fix", "--no-config", "--unsafe", "--quiet", tree], asked.runs)
            mended = re.search(r"([\d,]+) findings? can be fixed", fix.told)
            times = fix.cpu / scan.cpu
            missed = missed or times > TIMES
            count = mended[1] if mended else "0"
            print(f"| {name} | {scan.cpu:.2f} | {fix.cpu:.2f} | {fix.wall:.2f} | {count} | {times:.1f} | {TIMES} |")
    return int(missed)


def measured(arguments: Sequence[str | Path], runs: int) -> Measured:
    """What a command takes."""
    return min(_once(arguments) for _ in range(runs))


def _once(arguments: Sequence[str | Path]) -> Measured:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ran = subprocess.run([sys.executable, "-m", "assay", *map(str, arguments)], capture_output=True, encoding="utf-8", check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode not in (0, 1, 3):
        raise SystemExit(ran.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(cpu, time.monotonic() - started, ran.stderr)


if __name__ == "__main__":
    sys.exit(main())
