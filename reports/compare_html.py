"""A comparison as the page that a run has (html.py), with a chapter in which code and cloud stand side by side."""

from __future__ import annotations

from msgspec import structs

from assay.reports.compare_view import EXISTENCE, WORDS, by_resource, outcome, places, sections
from assay.reports.html import page
from assay.reports.in_force import in_force
from assay.scanner.compare.merged import of_rows
from assay.scanner.compare.model import Comparison
from assay.scanner.results.formats import Context
from assay.scanner.results.model import InForce, Report

_WITHOUT_RULES = Context(controls={}, source=lambda _file, _first, _last: [])


def render(
    comparison: Comparison,
    *,
    width: int = 0,
    color: bool = False,
    quiet: bool = False,
    sides: Report | None = None,
    context: Context = _WITHOUT_RULES,
) -> bytes:
    """UTF-8. Every value is escaped; characters that could reorder or hide others are written out.

    `sides`: both sides as one report (compare/merged.py); without it the page has of each finding what the comparison has.
    """
    return page(
        sides or of_rows(comparison),
        context,
        heading="Code and cloud side by side",
        comparison=comparison,
        live=False,  # the code is of a commit
        outcome=outcome(_briefly(comparison)),
        sections=sections(comparison),
        colours=WORDS,
        existence=EXISTENCE,
        by_resource=by_resource,
        places=places,
        told_in_force=in_force,
    )


def _briefly(comparison: Comparison) -> Comparison:
    """Without what was in force, which the page says in its appendix."""
    sides = {name: structs.replace(getattr(comparison, name), in_force=InForce()) for name in ("code", "live")}
    return structs.replace(comparison, in_force=InForce(), **sides)
