"""The ways that findings stand on, as code flows (3.36): one thread, with a location for each step and for what leads on from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assay.reports.sarif_rules import Object, plain
from assay.scanner.results.model import Result, Step
from assay.scanner.sources.raw import Location
from assay.scanner.words import shown

Physical = Callable[[str, int, int, int, int], Object]
"""File, first and last line, first column and the one behind the last, to a physical location."""


def of_result(result: Result, physical: Physical) -> list[Object]:
    """The one way of a finding; none where it stands on none."""
    if not result.steps:
        return []
    locations = [{"location": location} for step in result.steps for location in _of_step(step, physical)]
    return [{"threadFlows": [{"locations": locations}]}]


def _of_step(step: Step, physical: Physical) -> Iterator[Object]:
    """Two locations where a step is declared in one place, and goes on by what is written in another."""
    apart = step.by_location is not None and _place(step.by_location) != _place(step.location)
    yield _location(step.what if apart or not step.by else f"{step.what}: {step.by}", step.what, step.location, physical)
    if apart:
        yield _location(step.by, step.what, step.by_location, physical)


def _location(text: str, name: str, seen: Location | None, physical: Physical) -> Object:
    built: Object = {"message": {"text": plain(text)}, "logicalLocations": [{"fullyQualifiedName": shown(name), "kind": "resource"}]}
    if seen is not None and seen.file:
        built["physicalLocation"] = physical(seen.file, seen.line, seen.end_line, seen.column, seen.end_column)
    return built


def _place(seen: Location | None) -> tuple[object, ...]:
    return () if seen is None else (seen.file, seen.line, seen.column, seen.operation)
