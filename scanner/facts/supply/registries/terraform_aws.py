"""ECR in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecr_registry_scanning_configuration"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside, One

from .ecr import RepositoryAt, ScansAt, public, repository, scans
from .kinds import ImageRepository, ScannedRepository

READERS = (
    Reader(
        ImageRepository,
        ("aws_ecr_repository",),
        repository,
        RepositoryAt(
            name="name",
            names=("name", "id"),
            policies=One("aws_ecr_repository_policy", "repository", "policy"),
        ),
    ),
    Reader(
        ScannedRepository,
        ("aws_ecr_repository",),
        scans,
        ScansAt(
            name="name",
            on_push="image_scanning_configuration.scan_on_push",
            registry=Beside("aws_ecr_registry_scanning_configuration"),
            kind="scan_type",
            rules="rule",
            frequency="scan_frequency",
            filters="repository_filter",
            filter="filter",
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecrpublic_repository
    Reader(
        ImageRepository,
        ("aws_ecrpublic_repository",),
        public,
        RepositoryAt(
            name="repository_name",
            names=("repository_name", "id"),
            policies=One("aws_ecrpublic_repository_policy", "repository_name", "policy"),
        ),
    ),
)
