"""Artifact Registry by its REST resource.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories
"""

from __future__ import annotations

from assay.scanner.facts.bindings import INHERITED, OWN
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside

from .artifact_registry import BucketAt, RepositoryAt, ScansAt, bucket, repository, scans
from .kinds import ImageRepository, ScannedRepository

READERS = (
    Reader(
        ImageRepository,
        ("artifactregistry.googleapis.com/Repository",),
        repository,
        RepositoryAt(
            bindings=OWN,
            inherited=INHERITED,
            format="format",
            mode="mode",
        ),
        always=False,
    ),
    Reader(
        ScannedRepository,
        ("artifactregistry.googleapis.com/Repository",),
        scans,
        ScansAt(
            format="format",
            mode="mode",
            asked="vulnerabilityScanningConfig.enablementConfig",
            state="vulnerabilityScanningConfig.enablementState",
            apis=(Beside("serviceusage.googleapis.com/Service", path="serviceName|name|resourceID"),),
        ),
        always=False,
    ),
    Reader(ImageRepository, ("storage.googleapis.com/Bucket",), bucket, BucketAt(bindings=OWN), always=False),
)
