"""What a comparison shows: everything but the texts that the code marks as sensitive, which a state may hold in full."""

from __future__ import annotations

from msgspec import structs

from assay.scanner.compare.model import ComparedRow, Comparison, Half, Side
from assay.scanner.results import shown
from assay.scanner.results.model import Report
from assay.scanner.sources.sensitive import Sensitive


def shown_of(comparison: Comparison, sensitive: Sensitive) -> Comparison:
    """The comparison without the texts that are not to be shown."""
    if not sensitive:
        return comparison
    rows = [_row(row, sensitive) for row in comparison.rows]
    return structs.replace(
        comparison,
        rows=rows,
        gaps=[shown.gap_of(gap, sensitive) for gap in comparison.gaps],
        code=_side(comparison.code, sensitive),
        live=_side(comparison.live, sensitive),
    )


def report_of(report: Report, sensitive: Sensitive) -> Report:
    """The report of a side, which may quote what is sensitive on the other."""
    if not sensitive:
        return report
    coverage = structs.replace(report.coverage, gaps=[shown.gap_of(gap, sensitive) for gap in report.coverage.gaps])
    return structs.replace(report, results=[shown.result_of(result, sensitive) for result in report.results], coverage=coverage)


def _side(side: Side, sensitive: Sensitive) -> Side:
    """A side whose gaps may quote what is sensitive on the other."""
    return structs.replace(side, gaps=[shown.gap_of(gap, sensitive) for gap in side.gaps])


def _row(row: ComparedRow, sensitive: Sensitive) -> ComparedRow:
    mask = sensitive.mask
    return structs.replace(
        row, reason=mask(row.reason), settles_it=mask(row.settles_it), code=_half(row.code, sensitive), live=_half(row.live, sensitive)
    )


def _half(half: Half, sensitive: Sensitive) -> Half:
    mask = sensitive.mask
    resources = [
        structs.replace(resource, id=mask(resource.id), name=mask(resource.name), address=mask(resource.address))
        for resource in half.resources
    ]
    findings = [
        structs.replace(finding, message=mask(finding.message), element=mask(finding.element), address=mask(finding.address))
        for finding in half.findings
    ]
    return structs.replace(half, resources=resources, findings=findings)
