"""What runs code, and as whom."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Other(Part):
    """Something else that runs as the same identity."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    same: Fact[bool]
    """It is another service: not the same one in another region."""


class RunsAs(Resource, kw_only=True):
    """A service, a job, a function, a task or a machine, with the identity that its code has."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    sort: Fact[str]
    """In words: `task`, `function`, `service`, `job`, `instance`."""
    runs_as: Fact[str | None]
    """The role or the service account; None where its code has no identity at all."""
    default: Fact[bool]
    """It is one that the provider gives to whatever names none (Google)."""
    launches: Fact[bool]
    """It is also what pulls its images and hands it its secrets (the execution role of ECS)."""
    others: Fact[list[Other]]


KINDS = (RunsAs,)
