"""How container images are built, and what of secrets the building leaves in them."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Exposure(Part):
    """An instruction that leaves a secret in an image, its history, or the cache of its build."""

    known_by: ClassVar = ("name", "what")
    name: Fact[str]
    """The instruction, without any value: `ENV DB_PASSWORD`, `COPY .env`, `RUN`."""
    what: Fact[str]
    """What it leaves: `a password`, `a private key`."""
    way: Fact[str]
    """How: `sets`, `brings in`, `writes`."""
    baked: Fact[bool]


class ImageBuild(Resource, kw_only=True):
    """Instructions that a container image is built by: a Dockerfile, or the steps of a pipeline that build one."""

    exposures: Fact[list[Exposure]]
    """Every instruction, of every stage, that may leave a secret: what a stage holds stays in the cache and the history of the build."""


KINDS = (ImageBuild,)
