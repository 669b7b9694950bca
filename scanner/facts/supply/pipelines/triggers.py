"""Triggers of Cloud Build whose build stands in the trigger itself. One that names a file is judged where that file is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.supply.pipelines import cloudbuild, meaning
from assay.scanner.facts.supply.pipelines.kinds import Pipeline
from assay.scanner.facts.supply.pipelines.model import Path, PipelineModel
from assay.scanner.facts.supply.pipelines.steps import listed
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Location, Reference, Text, Unknown, unknown_inside


class TriggerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the build of a trigger: paths in the trigger, and in a step."""

    build: str
    steps: str
    images: str
    options: str = "options"
    image: str = "name"
    arguments: str = "args"
    entrypoint: str = "entrypoint"
    script: str = "script"
    id: str = "id"
    waits: str
    env: str = "env"
    secrets: str
    tolerated: str
    exit_codes: str


def trigger(view: View, at: TriggerAt) -> Pipeline | None:
    """The build of a trigger; None where a file has it, or it releases nothing."""
    read = model(view, at)
    return None if read is None else meaning.resource(view, *read)


def model(view: View, at: TriggerAt) -> tuple[PipelineModel, Callable[[Path], Location]] | None:
    """The build of a trigger, and the places of its parts; None where a file has it. Raises OverBudget."""
    builds, doubt = view.inner(at.build)
    if not builds and doubt is None:
        return None
    places: list[Location] = []
    document: dict[str, Any] = {"steps": [], "images": []}
    missing: list[Unknown] = [doubt] if doubt is not None else []
    for build in builds:
        steps, more = build.inner(at.steps)
        missing += [more] if more is not None else []
        images = build[at.images].data
        document["images"] = images if isinstance(images, list) else [images] if images is not None else []
        document["options"] = _options(build, at)
        for step in steps:
            read = _step(step, at)
            places.append(step.location)
            document["steps"].append(read)
            why = unknown_inside([read[name] for name in ("name", "args", "entrypoint", "script", "id", "waitFor", "allowExitCodes")])
            missing += [why] if why is not None else []
    made = cloudbuild.pipeline(_plain(document), {})
    made.missing += missing

    def place(path: Path) -> Location:
        number = path[2] if len(path) > 2 and path[1] == "steps" else None
        return places[number] if isinstance(number, int) and number < len(places) else view.location

    return made, place


def _options(build: View, at: TriggerAt) -> dict[str, Any]:
    """What all steps have: https://cloud.google.com/build/docs/build-config-file-schema#options"""
    options, doubt = build.inner(at.options)
    told: dict[str, Any] = {"env": [] if doubt is None else [doubt], "secretEnv": []}
    for option in options:
        told["env"] += listed(option[at.env].data)
        told["secretEnv"] += listed(option[at.secrets].data)
    return told


def _step(step: View, at: TriggerAt) -> dict[str, Any]:
    return {
        "name": step[at.image].data,
        "args": step[at.arguments].data,
        "entrypoint": step[at.entrypoint].data,
        "script": step[at.script].data,
        "id": step[at.id].data,
        "waitFor": step[at.waits].data,
        "env": step[at.env].data,
        "secretEnv": step[at.secrets].data,
        "allowFailure": step[at.tolerated].data,
        "allowExitCodes": step[at.exit_codes].data,
    }


_OPEN = ("allowFailure", "env")
"""Of what a build leaves open here, it is told why."""


def _plain(data: Any) -> Any:
    """Data with text for what is known after apply alone, and for what is not known."""
    if isinstance(data, dict):
        return {name: value if name in _OPEN else _plain(value) for name, value in data.items() if value is not None}
    if isinstance(data, list):
        return [_plain(element) for element in data]
    if isinstance(data, Unknown):
        return "${unknown}"
    return str(data) if isinstance(data, (Text, Reference)) else data
