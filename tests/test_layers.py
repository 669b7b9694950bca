"""Data flows one way: what is below does not import what is above it (docs/architecture.md)."""

from __future__ import annotations

import re

import pytest

from tests.scans import ROOT

ABOVE = {
    "sources": ("facts", "rules", "results", "live", "compare", "cli", "run"),
    "facts": ("rules", "results", "live", "compare", "cli", "run"),
    "rules": ("live", "compare", "cli", "run"),
    "results": ("live", "compare", "cli", "run"),
}


@pytest.mark.parametrize("layer", ABOVE)
def test_nothing_imports_what_is_above_it(layer: str) -> None:
    above = re.compile(rf"^\s*(?:from|import) scanner\.(?:{'|'.join(ABOVE[layer])})\b|^\s*from scanner import .*\b(?:run|cli)\b", re.M)
    files = list((ROOT / "scanner" / layer).rglob("*.py"))
    assert len(files) > 3
    assert [str(path) for path in files if above.search(path.read_text(encoding="utf-8"))] == []
