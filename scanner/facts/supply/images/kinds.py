"""Which image runs, and whether that can become another."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class MovableTags(Part):
    """Tags of a repository that can be given to another image, though others cannot."""

    known_by: ClassVar = ("filter",)
    filter: Fact[str]
    """As the repository says it: `dev-*`."""
    pattern: Fact[str]
    """The same as a regular expression for a whole tag."""


class RunImage(Part):
    """The image of one container."""

    known_by: ClassVar = ("container",)
    container: Fact[str]
    reference: Fact[str]
    """As it is named there."""
    pinned: Fact[bool]
    """It is named by its digest, or the provider keeps the digest of the day it was deployed."""


class ImageSource(Resource, kw_only=True):
    """A repository of images, or what runs some: a task definition, a function, a service, a job."""

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `repository`, `task definition`, `function`, `service`, `job`."""
    keeps: Fact[bool]
    """It is a repository."""
    immutable: Fact[bool]
    """A tag stays with the image that it was given to; but for those of `movable`. True of what runs images."""
    movable: Fact[list[MovableTags]]
    images: Fact[list[RunImage]]
    """Empty of a repository."""


KINDS = (ImageSource,)
