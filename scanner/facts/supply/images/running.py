"""What runs images: which ones it names.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html,
https://docs.aws.amazon.com/lambda/latest/dg/images-create.html, https://cloud.google.com/run/docs/deploying#images
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner.facts.google_assets import is_live, named, short
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value

from .kinds import ImageSource, RunImage
from .references import pinned


class TaskAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the images of a task or a job by a list of containers, or its JSON text."""

    sort: str
    containers: Annotated[Place, "images"]
    others: Annotated[tuple[str, ...], "images"] = ()
    """What has containers too, which is not read."""
    pods: Annotated[str, "images"] = ""
    """Of a job that runs on EKS, which is read elsewhere."""


def task(view: View, at: TaskAt) -> ImageSource | None:
    """A task definition of ECS, or a job definition of AWS Batch."""
    if at.pods and view.inner(at.pods)[0]:
        return None
    written = view.link(at.containers) if isinstance(at.containers, str) else view[at.containers]
    images: list[Any] = []
    if written.data not in (None, [], ""):
        images = list(_listed(view, written))
    elif view.exists(*at.others).data is not False:
        reason = f"{view.item.address} has its containers in tasks or in nodes, which are not read"
        images = [Unknown(reason, "look at them there", view.location)]
    return _runs(view, view.called(at.name), at.sort, images)


def _listed(view: View, written: Value[Any]) -> Iterator[RunImage | Unknown]:
    content = decode(written.data)
    many = isinstance(content, list)
    for at, one in enumerate(content if many else [content]):
        if one is None:
            continue
        if not isinstance(one, dict):
            reason = f"which containers {view.item.address} has is not known"
            yield unknown_inside(one) or Unknown(reason, "scan the plan or the live account", view.location)
            continue
        seen = written.seen_inside(content, (at,)) if many else written.seen
        told = {key.lower(): raw for key, raw in one.items()}
        name = describe(told["name"]) if "name" in told else "its container"
        if told.get("image") is not None:
            yield _image(view, Value(name, seen), Value.of(told["image"], seen))


def _image(view: View, container: Value[str], image: Value[Any]) -> RunImage:
    return RunImage(container=container, reference=Value(describe(image.raw), image.seen), pinned=Value(pinned(image.raw), image.seen))


class OneAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the one image of a function or a service."""

    sort: str
    image: Annotated[Place, "images"] = ""
    package: str = ""
    """Of a live function, whether it is an image, of which Lambda keeps the digest."""
    state: Place = ""


def one(view: View, at: OneAt) -> ImageSource | None:
    """None where it runs code that is no image.

    Lambda takes the digest of a tag when a function is updated: https://docs.aws.amazon.com/lambda/latest/dg/images-update.html
    """
    if at.package:
        if view[at.package].equals("Image").data is not True:
            return None
        kept = RunImage(container=view.says("its image"), reference=view.says("a digest"), pinned=view.says(True))
        return _runs(view, view.called(at.name), at.sort, [kept])
    image = view.link(at.image) if isinstance(at.image, str) else view[at.image]
    if image.data in (None, "") or view[at.state].equals("DELETED").data is True:
        return None
    return _runs(view, view.called(at.name), at.sort, [_image(view, view.says("its image"), image)])


class CloudRunAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the images of a service, a job or a worker pool of Cloud Run."""

    sort: str
    containers: Annotated[tuple[str, ...], "images"]
    keeps: bool = False
    """Each revision keeps the digest of the day it was deployed; a job looks its tag up at each execution."""


def cloud_run(view: View, at: CloudRunAt) -> ImageSource:
    """https://cloud.google.com/run/docs/managing/jobs#image-digest, https://cloud.google.com/run/docs/deploying#revision"""
    blocks, more = view.inner(*at.containers)
    images: list[Any] = []
    for block in blocks:
        name, image = block["name"], block.link("image")
        if image.data in (None, ""):
            continue
        container: Value[str] = Value(describe(name.raw) if not name.absent else "its container", (block.location,))
        if at.keeps and is_live(view.item):
            image_of = RunImage(container=container, reference=Value(describe(image.raw), image.seen), pinned=Value(True, image.seen))
            images.append(image_of)
        else:
            images.append(_image(view, container, image))
    name = short(view.called(at.name))
    return _runs(view, named(view.item) if name.absent else name, at.sort, [*images, *([more] if more else [])])


def _runs(view: View, name: Value[Any], sort: str, images: list[Any]) -> ImageSource:
    return ImageSource(
        identity=view.identity(name),
        sort=view.says(sort),
        keeps=view.says(False),
        immutable=view.says(True),
        movable=view.says([]),
        images=view.says(images),
    )
