"""The command: `make fuzz`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.hostile.fuzzing.cases import write
from tests.hostile.fuzzing.run import ATTEMPTS, Finding, tried
from tests.scans import ROOT

KEPT = ROOT / "build" / "fuzzing"


def main() -> int:
    """Returns the exit code: 1 where an input showed something."""
    parser = argparse.ArgumentParser(description="Damages and disguises the cases of the controls.")
    parser.add_argument("--inputs", type=int, default=2000, help="how many; half of them damaged, half disguised")
    parser.add_argument("--seed", type=int, default=0, help="the first seed: one that a finding names repeats it")
    parser.add_argument("--kind", choices=sorted(ATTEMPTS), help="one of the two alone")
    given = parser.parse_args()
    kinds = [given.kind] if given.kind else list(ATTEMPTS)
    began = time.monotonic()
    counts = tried(kinds, range(given.seed, given.seed + max(1, given.inputs // len(kinds))), _keep)
    print(f"{', '.join(f'{count} {kind}' for kind, count in sorted(counts.items()))} in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return int(any("findings" in kind for kind in counts))


def _keep(finding: Finding) -> None:
    folder: Path = KEPT / f"{finding.seed}-{'-'.join(finding.case.split('/')[1:2])}"
    print(finding)
    print(f"  kept in {folder.relative_to(ROOT)}", flush=True)
    if not folder.exists():
        write(finding.files, folder)


if __name__ == "__main__":
    sys.exit(main())
