"""Background services of Google in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_region_network_endpoint_group
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.background.google import JobAt, RunAt, job, pool, serverless_groups, service
from assay.scanner.facts.compute.background.kinds import Worker

_GROUPS = serverless_groups("google_compute_region_network_endpoint_group", "cloud_run.service", "cloud_function.function")
_NAMES = ("name", "id")
READERS = (
    Reader(
        Worker,
        ("google_cloud_run_v2_service",),
        service,
        RunAt(
            name="name",
            names=_NAMES,
            least=("template.scaling.min_instance_count", "scaling.min_instance_count"),
            manual="scaling.manual_instance_count",
            mode="scaling.scaling_mode",
            ingress="ingress",
            address_disabled="default_uri_disabled",
            groups=_GROUPS,
        ),
    ),
    Reader(
        Worker,
        ("google_cloud_run_service",),
        service,
        RunAt(
            name="name",
            names=_NAMES,
            annotations=("template.metadata.annotations", "metadata.annotations"),
            notes="metadata.annotations",
            groups=_GROUPS,
        ),
    ),
    Reader(
        Worker,
        ("google_cloudfunctions2_function",),
        service,
        RunAt(
            name="name",
            names=_NAMES,
            sort="function",
            least=("service_config.min_instance_count",),
            ingress="service_config.ingress_settings",
            groups=_GROUPS,
        ),
    ),
    Reader(
        Worker,
        ("google_cloudfunctions_function",),
        service,
        RunAt(
            name="name",
            names=_NAMES,
            sort="function",
            least=("min_instances",),
            ingress="ingress_settings",
            event="event_trigger",
            groups=_GROUPS,
        ),
    ),
    Reader(Worker, ("google_cloud_run_v2_job",), job, JobAt(name="name", names=_NAMES)),
    Reader(Worker, ("google_cloud_run_v2_worker_pool",), pool, RunAt(name="name", names=_NAMES, manual="scaling.manual_instance_count")),
)
