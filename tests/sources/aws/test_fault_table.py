"""docs/faults.md says what the tests prove: each row names its tests, each test of a fault has its row."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "faults.md"
MODULES = [*(ROOT / "tests" / "sources" / "aws").glob("test_*.py"), ROOT / "tests" / "cli" / "test_audit_command.py"]


def names_in(*paths: Path) -> set[str]:
    return {name for path in paths for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)}


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in lines if not row.startswith(("| What ", "| ---"))]


def test_each_row_names_tests_that_are_there() -> None:
    assert len(rows()) > 25
    for row in rows():
        assert len(row) == 6, row
        named = re.findall(r"`(test_\w+)`", row[-1])
        assert named, row
        assert set(named) <= names_in(*MODULES), row


def test_each_fault_that_is_tested_has_its_row() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    assert names_in(Path(__file__).with_name("test_faults.py")) <= named


def test_codes_of_the_table_are_told_in_the_contract() -> None:
    contract = (ROOT / "docs" / "json-contract.md").read_text(encoding="utf-8")
    for code in ("call_denied", "call_failed", "account_failed", "account_inactive", "interrupted", "incomplete_snapshot", "parse_error"):
        assert f"`{code}`" in contract, code
