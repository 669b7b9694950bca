"""What pipelines hand to the builds of images that they run: build arguments stay in the history of an image.

https://docs.docker.com/build/building/variables/#arg-usage-example
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.secrets.images.kinds import Exposure, ImageBuild
from assay.scanner.facts.supply.pipelines import triggers
from assay.scanner.facts.supply.pipelines.files import FileAt, model
from assay.scanner.facts.supply.pipelines.model import BuildArgument, Path, PipelineModel
from assay.scanner.facts.supply.pipelines.triggers import TriggerAt
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.repository.item import FileItem
from assay.scanner.sources.secret_detecting import detect, says_secret
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.values import Value

MOST = 500
"""Build arguments of one pipeline that are told."""


def arguments(view: View, at: FileAt) -> ImageBuild | None:
    """The builds of images that a pipeline runs; None where it runs none."""
    assert isinstance(view.item, FileItem)
    return _build(view, model(view, at), view.item.place, view.item.sensitive)


def trigger(view: View, at: TriggerAt) -> ImageBuild | None:
    """The builds of images that the build of a trigger runs; None where it runs none, or a file has it."""
    read = triggers.model(view, at)
    return None if read is None else _build(view, *read, Sensitive())


def _build(view: View, made: PipelineModel, place: Callable[[Path], Location], sensitive: Sensitive) -> ImageBuild | None:
    if not made.builds:
        return None
    told: list[Any] = [_exposure(argument, (place(argument.place), view.location), sensitive) for argument in made.arguments[:MOST]]
    if len(made.arguments) > MOST:
        told.append(Unknown(f"what more than {MOST} build arguments hold", "split the pipeline", view.location))
    return ImageBuild(
        identity=view.identity(view.says(view.item.label)), exposures=view.says([exposure for exposure in told if exposure is not None])
    )


def _exposure(argument: BuildArgument, seen: tuple[Location, ...], sensitive: Sensitive) -> Exposure | None:
    secret = detect(argument.name, argument.value)
    baked: Any = True
    if secret is not None:
        sensitive.add(argument.value[secret.start : secret.end])
        what = secret.kind
    elif argument.secret:
        what = "a secret of the pipeline"
    elif says_secret(argument.name) and "$" in argument.value:
        what = "a secret"
        reason = f"what the build argument {argument.name} is given, which stays in the history of the image"
        baked = Unknown(reason, "hand it over as a secret of the build: docker build --secret", seen[0])
    else:
        return None
    name = f"--build-arg {argument.name}"
    return Exposure(name=Value(name, seen), what=Value(what, seen), way=Value("hands over", seen), baked=Value(baked, seen))
