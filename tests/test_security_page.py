"""The promises of docs/security.md: each names the tests that keep it."""

from __future__ import annotations

import re

from tests.scans import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISED = ("Nothing hides", "One input costs only itself", "The configuration")


def tests() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)}


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 50 and named - tests() == set()


def test_every_promise_has_a_test() -> None:
    for title in PROMISED:
        section = re.search(rf"^## {title}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
        assert section
        promises = re.findall(r"^- (.*?)(?=^- |^\n|^$|\Z)", section[1], re.MULTILINE | re.DOTALL)
        assert promises and [promise for promise in promises if "`test_" not in promise] == []
