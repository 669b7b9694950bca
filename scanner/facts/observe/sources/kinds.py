"""What writes logs while it runs, and where these go."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Target(Part):
    """An account or a project to which everything that is logged goes, or in which it can be seen."""

    known_by: ClassVar = ("owner",)
    owner: Fact[str]
    """Number of an account, id of a project."""


class Stream(Part):
    """What one container writes to its standard output and error."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    driver: Fact[str | None]
    """The log driver of the container; `Cloud Logging` on Google Cloud; None where it has no log configuration."""
    kept: Fact[bool]
    """Google: a sink of its project, or of what this is in, takes what it writes, and no exclusion drops all of that. AWS: True."""
    targets: Fact[list[Target]]


class LogSource(Resource, kw_only=True):
    """What runs containers: a task definition of ECS, a job definition of AWS Batch, a service, a job or a worker pool of Cloud Run, a
    Cloud Function."""

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    sort: Fact[str]
    """In words."""
    streams: Fact[list[Stream]]


KINDS = (LogSource,)
