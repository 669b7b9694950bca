"""A comparison as JSON, `schemas/assay-compare-1.json`: the same two sides give the same bytes but for `compared`."""

from __future__ import annotations

from assay.reports.json_report import document
from assay.scanner.compare.model import Comparison


def render(comparison: Comparison, *, width: int = 0, color: bool = False, quiet: bool = False) -> bytes:
    """UTF-8, indented by two, with a final line feed."""
    return document(comparison)
