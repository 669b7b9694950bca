"""Registries that container images are pushed to."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource
from assay.scanner.facts.policies import Grant


class ImageRepository(Resource, kw_only=True):
    """A repository of container images: of ECR, of Artifact Registry, or the bucket that Container Registry kept them in."""

    # The name of a repository of Google stands within a place that it leaves out.
    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `repository`, `public repository`, `bucket of images`."""
    images: Fact[bool]
    """Images are kept in it, rather than other packages."""
    public: Fact[bool]
    """It is of a gallery that everybody pulls from: ECR Public."""
    grants: Fact[list[Grant]]
    """Access by its policy or bindings."""


class ScannedRepository(Resource, kw_only=True):
    """A repository whose images the provider can look through: of ECR, of Artifact Registry."""

    naming: ClassVar = {"google": Naming(unique=False)}

    images: Fact[bool]
    """As above."""
    scanned: Fact[bool]
    """Images are looked through for known vulnerabilities when they are pushed, or all the time."""


KINDS = (ImageRepository, ScannedRepository)
