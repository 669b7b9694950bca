"""What `make demo` leaves behind is known to git and to `make clean`."""

from __future__ import annotations

import re

from tests.scans import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


def recipe(target: str) -> str:
    match = re.search(rf"^{target}:[^\n]*\n((?:\t[^\n]*\n)+)", MAKEFILE, re.MULTILINE)
    assert match is not None
    return match[1]


def test_what_the_demo_writes_is_ignored_and_cleaned() -> None:
    written = set(re.findall(r"\bdemo[-.][a-z]+(?:\.pub)?\b", recipe("demo")))
    folders = {"demo-evidence", "demo-fix", "demo-shards", "demo-accounts"}
    assert {"demo.html", "demo.json", "demo.sarif", "demo-key", "demo-key.pub", *folders} == written
    assert written <= {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    assert written <= set(recipe("clean").split())


def test_the_demo_ends_with_evidence_that_is_signed_checked_and_judged_again() -> None:
    demo = recipe("demo")
    assert "--evidence demo-evidence --evidence-key demo-key" in demo
    assert demo.index("evidence verify demo-evidence") < demo.index("evidence replay demo-evidence") < demo.index("reports/results.html")
