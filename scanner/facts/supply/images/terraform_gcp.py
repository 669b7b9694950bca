"""Images on Google Cloud in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader

from .kinds import ImageSource
from .repositories import DockerAt, docker
from .running import CloudRunAt, cloud_run

READERS = (
    Reader(
        ImageSource,
        ("google_artifact_registry_repository",),
        docker,
        DockerAt(
            name="repository_id",
            names=("repository_id", "name", "id"),
            format="format",
            mode="mode",
            immutable="docker_config.immutable_tags",
        ),
        always=False,
    ),
    Reader(
        ImageSource,
        ("google_cloud_run_v2_service", "google_cloud_run_v2_worker_pool"),
        cloud_run,
        CloudRunAt(name="name", sort="service", containers=("template.containers",)),
    ),
    Reader(
        ImageSource,
        ("google_cloud_run_v2_job",),
        cloud_run,
        CloudRunAt(name="name", sort="job", containers=("template.template.containers",)),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service
    Reader(
        ImageSource,
        ("google_cloud_run_service",),
        cloud_run,
        CloudRunAt(name="name", sort="service", containers=("template.spec.containers",)),
    ),
)
