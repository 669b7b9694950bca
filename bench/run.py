"""Measures Assay against checkov and against a bare tfparse call, on the same trees, in one run. Prints a Markdown table.

    python bench/run.py [--runs N]

checkov has a virtual environment of its own below the cache directory, made on the first run. Figures are CPU seconds (user and system) of
whole processes, medians of several runs; memory is the peak of the process.
"""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from generate import generate

TOP = Path(__file__).resolve().parents[1]
ASSAY = [sys.executable, "-m", "assay", "scan", "--no-config", "--report"]
TFPARSE = "import sys, tfparse; tfparse.load_from_path(sys.argv[1])"
CHECKOV = ["--framework", "terraform", "--skip-download", "--quiet", "--compact", "-o", "json", "-d"]
TARGETS = {"reference": 12.0, "600": 12.0, "6,000": 6.0}
"""Times less CPU than checkov."""


def measure(command: Sequence[str], runs: int) -> tuple[float, float, float]:
    """(CPU seconds, wall seconds, peak MB): medians. A command may exit with any code: findings are not errors."""
    cpu, wall, peak = [], [], []
    for _ in range(runs):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=TOP)
        _, _, usage = os.wait4(process.pid, 0)
        wall.append(time.perf_counter() - started)
        cpu.append(usage.ru_utime + usage.ru_stime)
        peak.append(usage.ru_maxrss / 1024)
    return statistics.median(cpu), statistics.median(wall), max(peak)


def bytecode() -> None:
    """Compile what is measured, as an installation does, whatever this environment says about writing it."""
    for package in ("scanner", "reports"):
        compileall.compile_dir(TOP / package, quiet=1)


def checkov() -> str:
    """The program, installed where it is not there yet."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay-bench" / "checkov"
    program = home / "bin" / "checkov"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "checkov"], check=True)
    return str(program)


def main() -> None:
    runs = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 5
    peer = checkov()
    bytecode()
    scratch = Path(tempfile.mkdtemp(prefix="assay-bench-"))
    trees = {
        "reference": TOP / "fixtures" / "trade_streamer" / "aws" / "terraform" / "environments" / "prod",
        "600": generate(scratch / "600", 600),
        "6,000": generate(scratch / "6000", 6000),
    }
    print("| tree | assay CPU s | wall s | peak MB | tfparse CPU s | assay beyond tfparse | checkov CPU s | checkov / assay | target |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    missed = False
    times = {}
    for name, tree in trees.items():
        ours, wall, peak = measure([*ASSAY, f"json={scratch / 'out.json'}", str(tree)], runs)
        floor, _, _ = measure([sys.executable, "-c", TFPARSE, str(tree)], runs)
        theirs, _, _ = measure([peer, *CHECKOV, str(tree)], max(1, runs // 2))
        times[name] = ours
        missed |= theirs / ours < TARGETS[name]
        print(
            f"| {name} | {ours:.2f} | {wall:.2f} | {peak:.0f} | {floor:.2f} | {(ours - floor) / floor:+.0%} | {theirs:.1f} "
            f"| {theirs / ours:.1f} | {TARGETS[name]:.0f} |"
        )
    small = generate(scratch / "20", 24)
    _, version, _ = measure([sys.executable, "-m", "assay", "--version"], runs)
    _, first, _ = measure([*ASSAY, f"json={scratch / 'out.json'}", str(small)], runs)
    print(f"\n- `assay --version`: {version * 1000:.0f} ms (limit 150)\n- a module of 24 resources: {first * 1000:.0f} ms (limit 300)")
    print(f"- 10 times the resources cost {times['6,000'] / times['600']:.1f} times the CPU")
    shutil.rmtree(scratch)
    sys.exit(1 if missed or version > 0.15 or first > 0.3 else 0)


if __name__ == "__main__":
    main()
