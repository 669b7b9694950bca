"""What a comparison is made of: its two sides as they were judged or read, and the run folder of both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from assay.scanner.cli import EXIT_OK, output
from assay.scanner.cli.evidencing import EvidenceFolder
from assay.scanner.cli.excerpts import Excerpts
from assay.scanner.override import override

if TYPE_CHECKING:
    from assay.scanner.compare.model import Comparison
    from assay.scanner.results.formats import Context
    from assay.scanner.results.model import Report
    from assay.scanner.sources.answers import AnswerKey

CODE, LIVE, COMPARED = "reports/code.json", "reports/live.json", "reports/compare.json"
"""In the run folder of a comparison."""


class ScannedSide(msgspec.Struct):
    """One side: the report, and the scan that made it; None for a report that was read."""

    report: Report
    scan: Any = None


class Both(msgspec.Struct):
    """Two sides as far as reports and evidence ask: what one scan would be."""

    code: ScannedSide
    live: ScannedSide
    sensitive: Any
    rules: Any
    """None for two reports that were read, whose rules nobody loaded."""

    @property
    def scans(self) -> list[Any]:
        """Those that were made now."""
        return [side.scan for side in (self.code, self.live) if side.scan is not None]

    @property
    def files(self) -> dict[str, Any]:
        """What became of each file, as a scan has it."""
        return {file: fate for scan in self.scans for file, fate in scan.files.items()}

    def source(self) -> Callable[[str, int, int], list[str]]:
        """Lines of the code that was scanned now."""
        paths = [path for scan in self.scans for path in scan.options.paths]
        return Excerpts(paths, self.sensitive).lines

    def answers(self, asked: Collection[AnswerKey]) -> Mapping[AnswerKey, str]:
        """Answers of the snapshots that were scanned now."""
        return {key: text for scan in self.scans for key, text in output.answers_of(scan)(asked).items()}

    def context(self, **more: Any) -> Context:
        """What a page of both may use."""
        from assay.scanner.results.formats import Context
        from assay.scanner.rules import load

        rules = self.rules or load.load([load.builtin_folder()])
        return Context(controls=rules.by_id(), frameworks=rules.frameworks, source=self.source(), answers=self.answers, **more)


def page(comparison: Comparison, both: Both, **more: Any) -> bytes:
    """The page of a comparison, with the evidence of both sides."""
    from assay.scanner.compare.merged import merged
    from assay.scanner.plugins import COMPARISONS
    from assay.scanner.results import formats

    sides = merged(comparison, both.code.report, both.live.report)
    made: bytes = formats.load("html", COMPARISONS).render(comparison, sides=sides, context=both.context(**more))
    return made


class ComparedEvidence(EvidenceFolder):
    """The run folder of a comparison: the reports of each side, of both as one, and the comparison."""

    comparison: Comparison

    @override
    def _reports(self, report: Report, scan: Any) -> None:
        from assay.scanner.plugins import COMPARISONS
        from assay.scanner.results import formats

        made: dict[str, Callable[[], Sequence[bytes]]] = {
            "reports/results.json": lambda: [as_json(report)],
            CODE: lambda: [as_json(scan.code.report)],
            LIVE: lambda: [as_json(scan.live.report)],
            COMPARED: lambda: [formats.load("json", COMPARISONS).render(self.comparison)],
            "reports/results.html": lambda: [page(self.comparison, scan, auditor=True)],
        }
        if any(name == "text" for name, _ in self._arguments["reports"]):
            made["reports/text.txt"] = lambda: [formats.load("text", COMPARISONS).render(self.comparison)]
        for name, parts in made.items():
            if output.written(name, self._path(name), parts) != EXIT_OK:
                raise self.failed(f"{name}: the report is missing: no evidence is left")


def as_json(report: Report) -> bytes:
    """A report as JSON."""
    from assay.scanner.results import formats

    context = formats.Context(controls={}, source=lambda _file, _first, _last: [])
    return b"".join(formats.parts("json")(report, context))
