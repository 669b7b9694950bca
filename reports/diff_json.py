"""A diff of two runs as JSON (assay-diff/1): the same two runs give the same bytes but for `made`."""

from __future__ import annotations

from assay.reports.json_report import document
from assay.scanner.diff.model import Diff


def render(diff: Diff, *, width: int = 0, color: bool = False, quiet: bool = False, verbose: bool = False) -> bytes:
    """UTF-8, indented by two, with a final line feed."""
    return document(diff)
