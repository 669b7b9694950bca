"""Measures the HTML report of many findings: what it takes to write, and what a browser makes of it. Prints a Markdown table.

    python bench/page.py [--results N] [--folder N]

The browser is the Chromium that is installed, driven by playwright. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import sync_playwright

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TARGETS = {"size, MB": 8.0, "ready, s": 4.0, "first search, s": 0.5, "further search, s": 0.5, "heap, MB": 150.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=int, default=100_000)
    parser.add_argument("--folder", type=int, default=300_000, help="results of the report that is written as a folder; 0 for none")
    asked = parser.parse_args()
    if CHROMIUM is None:
        print("no Chromium is installed", file=sys.stderr)
        return 2
    measurement = measured(asked.results)
    print(f"{asked.results:,} results\n\n| | | at most |\n| --- | --- | --- |")
    for name, value in measurement.items():
        print(f"| {name} | {value:.2f} | {TARGETS.get(name, '')} |")
    if asked.folder:
        print(f"\n{folder(asked.folder)}")
    return int(any(measurement[name] > most for name, most in TARGETS.items()))


def measured(number: int) -> dict[str, float]:
    from assay.reports.html import render
    from tests.reports import samples

    report, context = samples.many(number), samples.context()
    before, memory_before = time.process_time(), memory()
    page = render(report, context)
    made = {
        "written, CPU s": time.process_time() - before,
        "more memory to write, MB": memory() - memory_before,
        "size, MB": len(page) / 1e6,
    }
    with tempfile.TemporaryDirectory() as folder_:
        file = Path(folder_, "report.html")
        file.write_bytes(page)
        return made | in_browser(file)


def in_browser(file: Path) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-precise-memory-info"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        before = time.perf_counter()
        page.goto(file.as_uri(), wait_until="commit")
        until(page, "document.getElementById('table') && document.getElementById('table').dataset.ready")
        made = {"ready, s": time.perf_counter() - before}
        for name, words in (("first search, s", "data_77"), ("further search, s", "stack_13")):
            made[name] = page.evaluate(_SEARCH, words) / 1000
        made["heap, MB"] = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        made["nodes of the document"] = float(page.evaluate("document.querySelectorAll('*').length"))
        browser.close()
    return made


_SEARCH = """(words) => new Promise((done) => {
  const field = document.getElementById("search"), status = document.querySelector("#table [role=status]");
  const began = performance.now();
  new MutationObserver((_, watching) => { watching.disconnect(); requestAnimationFrame(() => done(performance.now() - began)); })
    .observe(status, { childList: true, characterData: true, subtree: true });
  field.value = words;
  field.dispatchEvent(new Event("input"));
})"""
"""Milliseconds from the input to the next frame, the wait for further letters (120 ms) among them."""


def until(page: Any, condition: str) -> None:
    """The policy of the page forbids what `wait_for_function` does."""
    while not page.evaluate(condition):
        time.sleep(0.02)


def folder(number: int) -> str:
    from assay.reports.html import folder as written
    from tests.reports import samples

    report = samples.many(number)
    report.results[:] = [
        msgspec.structs.replace(result, resource=msgspec.structs.replace(result.resource, account=f"{at % 6:012}"))
        for at, result in enumerate(report.results)
    ]
    before, memory_before = time.process_time(), memory()
    sizes = [len(content) for _, content in written(report, samples.context())]
    cpu, more = time.process_time() - before, memory() - memory_before
    return (
        f"{number:,} results as a folder: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, the largest {max(sizes) / 1e6:.1f} MB;"
        f" {cpu:.1f} CPU s, {more:.0f} MB more memory"
    )


def memory() -> float:
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
