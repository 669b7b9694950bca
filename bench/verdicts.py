"""Measures what a verdict costs: CPU of judging alone, in this process, with the resources read beforehand. Prints a Markdown table.

    python bench/verdicts.py [--runs N]

Judging is everything between a resource and its results: the map that CEL sees, evaluation, evidence, messages, fingerprints. Figures are
the least of several runs, since CPU seconds of the same work differ only by what else the machine does. Exits with 1 beyond the target.
"""

from __future__ import annotations

import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from generate import generate

from assay.scanner import targets
from assay.scanner.facts import reading
from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.judge import Rules
from assay.scanner.options import Options
from assay.scanner.results.findings import results
from assay.scanner.run import Scan
from assay.scanner.sources import inputs

TOP = Path(__file__).resolve().parents[1]
CASE = TOP / "fixtures" / "controls" / "storage" / "versioning-enabled" / "terraform" / "aws-pass"
MOST = 150.0
"""Microseconds of CPU for a verdict."""


def read(paths: list[str], rules: Rules) -> Iterator[Any]:
    """Every resource of the kinds that the rules judge."""
    sources, *_ = targets.sources(Options(paths=paths))
    for source in sources():
        known = catalogue(*inputs.readers(source.input)) if source.input else catalogue()
        for collection in source.collect(rules.wanted(known)):
            types = dict.fromkeys(item.type for item in collection.items)
            yield from reading.read_all(known, ItemIndex(collection), types, rules.judges.applies_to, lambda item, error: None)


def judged(resources: list[Any], rules: Rules) -> int:
    """Judge all of them; gives the number of verdicts, which are all kept until the end as in a run."""
    kept = []
    for resource in resources:
        kept += results(resource, "bench", rules.judges.judge(type(resource).__name__, resource))
    return len(kept)


def least(work: Callable[[], Any], runs: int) -> float:
    """CPU seconds of the quickest run."""
    seconds = []
    for _ in range(runs):
        gc.collect()
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return min(seconds)


def main() -> None:
    runs = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 5
    scratch = Path(tempfile.mkdtemp(prefix="assay-bench-"))
    trees = {"6,000 generated": generate(scratch / "6000", 6000), "reference deployments": TOP / "fixtures" / "trade_streamer"}
    rules = Rules(Options())
    missed = False
    print("| input | resources judged | verdicts | microseconds a verdict | at most |\n| --- | --- | --- | --- | --- |")
    for name, path in trees.items():
        resources = list(read([str(path)], rules))
        verdicts = judged(resources, rules)
        cost = least(lambda resources=resources: judged(resources, rules), runs) / verdicts * 1e6
        missed |= cost > MOST
        print(f"| {name} | {len(resources):,} | {verdicts:,} | {cost:.0f} | {MOST:.0f} |")
    shutil.rmtree(scratch)
    options = Options(paths=[str(CASE)], controls=["storage.versioning-enabled"])
    small = least(lambda: [list(Scan(options)) for _ in range(20)], runs) / 20
    print(f"\n- a further scan of one small directory in the same process: {small * 1000:.1f} ms")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
