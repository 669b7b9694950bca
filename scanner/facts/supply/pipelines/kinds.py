"""Pipelines that build, scan, sign and release: workflows of GitHub, pipelines of GitLab, builds of Cloud Build and CodeBuild."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Step(Part):
    """Something that a pipeline does of which it is known what it is for."""

    known_by: ClassVar = ("job", "name", "does")
    job: Fact[str]
    """The job, the stage or the phase that it is in."""
    name: Fact[str]
    """What its author calls it, else the command or action."""
    does: Fact[str]
    """`build`, `scan`, `push`, `deploy`, `sign`, `verify`."""
    subject: Fact[str]
    """What it does that with: `image`, `infrastructure`, or empty."""
    stops: Fact[bool]
    """Of a scanner or a verification: the pipeline ends where it finds something. Of others: where it fails."""
    order: Fact[int]
    """Its place in the file, from 1; what runs before what, `Release.gated` says."""


class Release(Part):
    """A step that hands something on: an image is pushed, a workload or infrastructure deployed."""

    known_by: ClassVar = ("job", "name", "does")
    job: Fact[str]
    name: Fact[str]
    """What its author calls it, else the command or action; with its job, where that is called otherwise."""
    does: Fact[str]
    """In words: `pushes an image`, `deploys`, `changes infrastructure`."""
    gated: Fact[bool]
    """A scanner of such things runs before it in every run that reaches it, and what it finds keeps it from running."""
    lacks: Fact[str]
    """Why it is not gated, in words."""
    signed: Fact[bool]
    """A step that signs images runs in the same pipeline, before or after it."""


class Login(Part):
    """Credentials by which a pipeline reaches a cloud."""

    known_by: ClassVar = ("job", "name", "cloud")
    job: Fact[str]
    name: Fact[str]
    cloud: Fact[str]
    """`aws` or `google`."""
    static: Fact[bool]
    """A key that lasts, rather than a token of the pipeline's own identity (OIDC)."""


class Pipeline(Resource, kw_only=True):
    """A pipeline that pushes images or deploys, by the file or the trigger that defines it."""

    system: Fact[str]
    """`github`, `gitlab`, `cloudbuild`, `codebuild`."""
    steps: Fact[list[Step]]
    releases: Fact[list[Release]]
    logins: Fact[list[Login]]
    permissions: Fact[list[str]]
    """What its token may do, of GitHub: `id-token: write`, of the whole or of a job; null where nothing is declared."""


KINDS = (Pipeline,)
