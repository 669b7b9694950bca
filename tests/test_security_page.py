"""The promises of docs/security.md: each names the tests that keep it."""

from __future__ import annotations

import re

from assay.scanner.sources import budget, packed
from assay.scanner.sources.terraform import bodies, literals, modules, operators
from assay.scanner.sources.terraform.functions import collections
from tests.scans import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISED = (
    "Nothing hides", "One input costs only itself", "What is done with input", "The configuration", "Reports", "Run folders", "Live accounts", "Secrets",
    "Permissions and files",
)  # fmt: skip


def _tests() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)}


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 50 and named - _tests() == set()


def test_every_promise_has_a_test() -> None:
    for title in PROMISED:
        section = re.search(rf"^## {title}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
        assert section
        promises = re.findall(r"^- (.*?)(?=^- |^\n|^$|\Z)", section[1], re.MULTILINE | re.DOTALL)
        assert promises and [promise for promise in promises if "`test_" not in promise] == []


def test_every_limit_of_the_page_is_that_of_the_code() -> None:
    """Those that a constant says: the page is wrong as soon as the constant is another."""
    limits = {
        "Evaluation steps of a collection": f"{budget.MAX_STEPS:,}",
        "Bytes of the values": f"{budget.MAX_SIZE // 1_000_000} MB",
        "Instances of a root module": f"{bodies.MAX_INSTANCES:,}",
        "Depth of module calls": str(modules.MAX_DEPTH),
        "Elements of one list": f"{operators.MAX_ELEMENTS:,}",
        "Characters of one text": f"{operators.MAX_TEXT:,}",
        "Digits of one number": str(literals.MAX_DIGITS),
        "Elements of `range()`": f"{collections.MAX_RANGE:,}",
        "Compressed data": f"{packed.MAX_RATIO} times its size",
    }
    for what, limit in limits.items():
        row = re.search(rf"^\| {re.escape(what)}[^|]*\|([^|]*)\|", PAGE, re.MULTILINE)
        assert row and limit in row[1], what
