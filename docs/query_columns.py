"""The tables in docs/query.md, which follow from scanner/tables/columns.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assay.scanner.tables.columns import documented

PAGE = Path(__file__).parent / "query.md"
BEGIN = "## The tables\n"
"""What is below it is generated."""


def page(_controls: Any) -> str:
    """The page with the tables that there are now."""
    return f"{PAGE.read_text(encoding='utf-8').partition(BEGIN)[0]}{BEGIN}\n{documented()}"
