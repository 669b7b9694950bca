"""A pipeline whatever system runs it: jobs with steps in order, and what each does."""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.sources.raw import Unknown

Path = tuple[str | int, ...]
Told = Any
"""True, False or Unknown."""
IMAGE, INFRASTRUCTURE = "image", "infrastructure"


class Act(msgspec.Struct):
    """One thing that a step does: `build`, `scan`, `push`, `deploy`, `sign`, `verify`."""

    does: str
    subject: str
    words: str
    """What does it, short: `trivy image`, `aquasecurity/trivy-action`."""
    place: Path
    stops: Told = True
    """Its step fails where it does: of a scanner, where it finds something."""
    why: str = ""
    """Why it does not."""
    list_: tuple[int, int] = (0, 0)
    """In its step: the number of its list of commands, and its own within."""
    and_after: bool = False
    """What follows in its list runs only where it succeeds: `scan && push`."""


class StepModel(msgspec.Struct):
    """A step of a job."""

    name: str
    place: Path
    acts: list[Act] = []
    tolerated: Told = False
    """The job goes on where it fails."""
    condition: str = ""
    """Under which it runs."""
    always: bool = False
    """It runs though something before it failed."""
    opaque: str = ""
    """What it runs that is not seen and may be a scanner."""


class JobModel(msgspec.Struct):
    """A job: steps that run one after the other until one fails."""

    name: str
    steps: list[StepModel]
    after: list[str] = []
    """The jobs that have to succeed before it starts."""
    tolerated: Told = False
    """What comes after it runs though it fails."""
    condition: str = ""
    """Under which it is in a run at all; what comes after it then runs without it. Empty where what needs it is left out with it."""
    always: bool = False
    """It runs though a job before it failed."""
    asks: str = ""
    """The condition of a job that always runs: it may ask how the jobs before it ended."""
    despite: str = ""
    """The one job before it though whose failure it runs."""
    opaque: str = ""
    """What it runs that is not seen: a workflow of another repository."""


class LoginModel(msgspec.Struct):
    """Credentials for a cloud."""

    job: str
    name: str
    cloud: str
    static: Told
    place: Path


class BuildArgument(msgspec.Struct):
    """What a pipeline hands to the build of an image as a build argument, which stays in its history."""

    name: str
    value: str
    secret: Told
    """It is taken from a store of secrets."""
    place: Path


class PipelineModel(msgspec.Struct):
    """A pipeline."""

    system: str
    jobs: dict[str, JobModel] = {}
    logins: list[LoginModel] = []
    permissions: list[str] | None = None
    arguments: list[BuildArgument] = []
    builds: bool = False
    """It builds an image."""
    before: Unknown | None = None
    """What may have run before it in every run: the caller of a reusable workflow."""
    missing: list[Unknown] = []
    """What belongs to it and is not seen, each with the reason."""
