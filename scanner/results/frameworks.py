"""Which frameworks a run has to do with, and how much of them its controls judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.scanner.results.model import FrameworkOutcome
from assay.scanner.rules.frameworks import coverage
from assay.scanner.rules.load import CompiledControl
from assay.scanner.rules.model import Framework


def served(frameworks: Mapping[str, Framework], selected: Sequence[CompiledControl]) -> list[FrameworkOutcome]:
    """The frameworks of which the selected controls judge at least one section, by id."""
    controls = [compiled.control for compiled in selected]
    told = [coverage(framework, controls) for _, framework in sorted(frameworks.items())]
    return [
        FrameworkOutcome(known.id, known.title, known.version, known.publisher, known.url, len(covered.sections), covered.judged)
        for covered in told
        if covered.judged and (known := covered.framework)
    ]
