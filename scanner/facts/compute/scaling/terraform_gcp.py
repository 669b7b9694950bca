"""How Cloud Run and Cloud Functions scale in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.scaling.cloud_run import InstancesAt, PoolAt, instances, pool
from assay.scanner.facts.compute.scaling.kinds import ScaledService

READERS = (
    Reader(
        ScaledService,
        ("google_cloud_run_v2_service",),
        instances,
        InstancesAt(
            name="name",
            least=("template.scaling.min_instance_count", "scaling.min_instance_count"),
            most=("template.scaling.max_instance_count", "scaling.max_instance_count"),
            mode="scaling.scaling_mode",
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service
    Reader(
        ScaledService,
        ("google_cloud_run_service",),
        instances,
        InstancesAt(name="name", annotations="metadata.annotations", of_revision="template.metadata.annotations"),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloudfunctions2_function
    Reader(
        ScaledService,
        ("google_cloudfunctions2_function",),
        instances,
        InstancesAt(
            name="name",
            sort="function",
            least=("service_config.min_instance_count",),
            most=("service_config.max_instance_count",),
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_worker_pool
    Reader(ScaledService, ("google_cloud_run_v2_worker_pool",), pool, PoolAt(name="name")),
)
