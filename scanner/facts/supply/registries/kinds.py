"""Registries that container images are pushed to."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.sources.values import Value


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


class DeployedImage(Part, kw_only=True):
    """An image that runs."""

    known_by: ClassVar = ("image",)
    image: Fact[str]
    """`trade/api:1.4@sha256:…`, with the digest that a tag stands for, where that is known."""
    scan: Fact[str]
    """What its registry says of its last scan, in words: its status, when it was completed, how many known vulnerabilities it found."""


class ScannedRepository(Resource, kw_only=True):
    """A repository whose images the provider can look through: of ECR, of Artifact Registry."""

    naming: ClassVar = {"google": Naming(unique=False)}

    images: Fact[bool]
    """As above."""
    scanned: Fact[bool]
    """Images are looked through for known vulnerabilities when they are pushed, or all the time."""
    deployed: Fact[list[DeployedImage]] = Value([])
    """Those in it that task definitions of its account name. AWS, live; empty elsewhere."""


KINDS = (ImageRepository, ScannedRepository)
