"""Artifact Registry in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/artifact_registry_repository
"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside

from .artifact_registry import BucketAt, RepositoryAt, ScansAt, bucket, repository, scans
from .kinds import ImageRepository, ScannedRepository

READERS = (
    Reader(
        ImageRepository,
        ("google_artifact_registry_repository",),
        repository,
        RepositoryAt(
            name="repository_id",
            names=("repository_id", "name", "id"),
            bindings=iam("google_artifact_registry_repository_iam", "repository"),
            format="format",
            mode="mode",
        ),
        always=False,
    ),
    Reader(
        ScannedRepository,
        ("google_artifact_registry_repository",),
        scans,
        ScansAt(
            name="repository_id",
            format="format",
            mode="mode",
            asked="vulnerability_scanning_config.enablement_config",
            apis=(Beside("google_project_service", path="service"),),
            project="project",
        ),
        always=False,
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/container_registry
    Reader(
        ImageRepository,
        ("google_container_registry",),
        bucket,
        BucketAt(name="id", names=("id",), bindings=iam("google_storage_bucket_iam", "bucket"), always=True),
    ),
    Reader(
        ImageRepository,
        ("google_storage_bucket",),
        bucket,
        BucketAt(name="name", names=("name",), bindings=iam("google_storage_bucket_iam", "bucket")),
        always=False,
    ),
)
