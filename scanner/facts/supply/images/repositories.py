"""Repositories: whether a tag stays with its image.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html,
https://cloud.google.com/artifact-registry/docs/docker/manage-images
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.supply.registries.artifact_registry import holds_images
from assay.scanner.facts.supply.registries.filters import expression
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of

from .kinds import ImageSource, MovableTags


class EcrAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells it of ECR."""

    mutability: Annotated[Place, "immutable"]
    exclusions: Annotated[str, "movable"]
    filter: Annotated[str, "movable"] = "filter"


def ecr(view: View, at: EcrAt) -> ImageSource:
    """Tags can be moved unless it says otherwise. Of `MUTABLE_WITH_EXCLUSION`, only some cannot."""
    setting = view[at.mutability].default("MUTABLE")
    excluding = setting.equals("IMMUTABLE_WITH_EXCLUSION")
    movable: list[Any] = []
    if excluding.data is not False:
        blocks, more = view.inner(at.exclusions)
        movable = [excluding.unknown or _movable(block[at.filter]) for block in blocks]
        movable += [more] if more else []
    return ImageSource(
        identity=view.identity(view.called(at.name)),
        sort=view.says("repository"),
        keeps=view.says(True),
        immutable=setting.equals("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"),
        movable=view.says(movable),
        images=view.says([]),
    )


def _movable(written: Value[Any]) -> MovableTags:
    filter_ = written.text()
    return MovableTags(filter=filter_, pattern=filter_.then(lambda text: f"^{expression(text)}$"))


class DockerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells it of Artifact Registry."""

    format: str = ""
    mode: str = ""
    immutable: Place = ""


def docker(view: View, at: DockerAt) -> ImageSource | None:
    """Tags can be moved unless it says otherwise. None of a repository into which nothing is pushed."""
    keeps = all_of([holds_images(view, at.format, at.mode), view[at.mode].equals("REMOTE_REPOSITORY").negate()])
    if keeps.data is False:
        return None
    return ImageSource(
        identity=view.identity(short(view.called(at.name)) if at.name else named(view.item)),
        sort=view.says("repository"),
        keeps=keeps,
        immutable=view[at.immutable].default(False).truth(),
        movable=view.says([]),
        images=view.says([]),
    )
