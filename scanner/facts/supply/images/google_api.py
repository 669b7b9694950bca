"""Images on Google Cloud by the REST resources. https://cloud.google.com/run/docs/reference/rest/v2/Container"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader

from .kinds import ImageSource
from .repositories import DockerAt, docker
from .running import CloudRunAt, cloud_run

READERS = (
    Reader(
        ImageSource,
        ("artifactregistry.googleapis.com/Repository",),
        docker,
        DockerAt(format="format", mode="mode", immutable="dockerConfig.immutableTags"),
        always=False,
    ),
    Reader(
        ImageSource,
        ("run.googleapis.com/Service", "run.googleapis.com/WorkerPool"),
        cloud_run,
        CloudRunAt(
            name="metadata.name|name", sort="service", containers=("template.containers", "spec.template.spec.containers"), keeps=True
        ),
    ),
    Reader(
        ImageSource,
        ("run.googleapis.com/Job",),
        cloud_run,
        CloudRunAt(
            name="metadata.name|name",
            sort="job",
            containers=("template.template.containers", "spec.template.spec.template.spec.containers"),
        ),
    ),
)
