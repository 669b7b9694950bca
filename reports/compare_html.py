"""A comparison as one self-contained HTML file, in the style and under the rules of reports/html.py."""

from __future__ import annotations

from assay.reports.compare_view import EXISTENCE, WORDS, by_resource, outcome, places, sections
from assay.reports.html import asset, environment, policy
from assay.reports.in_force import in_force
from assay.scanner.compare.model import Comparison


def render(comparison: Comparison, *, width: int = 0, color: bool = False, quiet: bool = False) -> bytes:
    """UTF-8. Every value is escaped; characters that could reorder or hide others are written out."""
    page = (
        environment()
        .get_template("compare.html.j2")
        .render(
            style=asset("style.css"),
            script=asset("filter.js"),
            policy=policy("filter.js"),
            comparison=comparison,
            outcome=outcome(comparison),
            sections=sections(comparison),
            colours=WORDS,
            existence=EXISTENCE,
            by_resource=by_resource,
            places=places,
            in_force=in_force,
        )
    )
    return page.encode() + b"\n"
