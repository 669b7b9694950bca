"""A comparison as JSON, `schemas/assay-compare-1.json`: the same two sides give the same bytes but for `compared`."""

from __future__ import annotations

import msgspec

from assay.reports.json_report import encodable
from assay.scanner.compare.model import Comparison
from assay.scanner.words import defused_json


def render(comparison: Comparison, *, width: int = 0, color: bool = False, quiet: bool = False) -> bytes:
    """UTF-8, indented by two, with a final line feed. Half a surrogate pair, which UTF-8 cannot hold, is written out."""
    try:
        data = msgspec.json.encode(comparison, order="deterministic")
    except UnicodeEncodeError:
        data = msgspec.json.encode(encodable(msgspec.to_builtins(comparison)), order="deterministic")
    return defused_json(msgspec.json.format(data, indent=2)) + b"\n"
