"""Cloud Run and Cloud Functions in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service
"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.google import InvocableAt, invocable
from assay.scanner.facts.compute.kinds import Invocable, Mounting, Runner
from assay.scanner.facts.compute.runners import MACHINE, MACHINES, FixedAt, fixed
from assay.scanner.facts.compute.volumes import FILES, VolumesAt, mounting

_SERVICES = ("google_cloud_run_v2_service", "google_cloud_run_service", "google_cloudfunctions2_function")
"""A function of the second generation is a service of Cloud Run of the same name, whose bindings count:
https://cloud.google.com/functions/docs/securing/managing-access-iam"""

READERS = (
    Reader(
        Invocable,
        _SERVICES,
        invocable,
        InvocableAt(
            name="name",
            names=("name", "id"),
            bindings=(
                # Both name the same resource of the API.
                *iam("google_cloud_run_v2_service_iam", "name"),
                *iam("google_cloud_run_service_iam", "service"),
                *iam("google_cloudfunctions2_function_iam", "cloud_function"),
            ),
            ingress="ingress|service_config.ingress_settings",
            unchecked="invoker_iam_disabled",
            address_disabled="default_uri_disabled",
            proxied="iap_enabled",
            annotations="metadata.annotations",
            # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/iap_web_cloud_run_service_iam
            admitted=iam("google_iap_web_cloud_run_service_iam", "cloud_run_service_name"),
        ),
    ),
    Reader(
        Invocable,
        ("google_cloud_run_v2_job",),
        invocable,
        InvocableAt(name="name", names=("name", "id"), bindings=iam("google_cloud_run_v2_job_iam", "name")),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloudfunctions_function
    Reader(
        Invocable,
        ("google_cloudfunctions_function",),
        invocable,
        InvocableAt(
            name="name",
            names=("name", "id"),
            bindings=iam("google_cloudfunctions_function_iam", "cloud_function"),
            ingress="ingress_settings",
        ),
    ),
    Reader(
        Runner,
        (*_SERVICES, "google_cloud_run_v2_job", "google_cloud_run_v2_worker_pool", "google_cloudfunctions_function"),
        fixed,
        FixedAt(name="name", sort="service", by="Cloud Run", serverless=True),
    ),
    Reader(
        Runner,
        ("google_compute_instance", "google_compute_instance_from_template"),
        fixed,
        FixedAt(name="name", sort="instance", by=MACHINE),
    ),
    Reader(
        Runner,
        ("google_compute_instance_group_manager", "google_compute_region_instance_group_manager"),
        fixed,
        FixedAt(name="name", sort="group of instances", by=MACHINES),
    ),
    Reader(
        Runner,
        ("google_container_cluster",),
        fixed,
        FixedAt(name="name", sort="cluster", by="nodes of its own", unless="enable_autopilot"),
    ),
    Reader(Runner, ("google_container_node_pool",), fixed, FixedAt(name="name", sort="group of nodes", by=MACHINES)),
    Reader(
        Mounting,
        ("google_cloud_run_v2_service", "google_cloud_run_v2_job", "google_cloud_run_v2_worker_pool"),
        mounting,
        VolumesAt(
            name="name",
            volumes=("template.volumes", "template.template.volumes"),
            called="name",
            kept=(("nfs", FILES),),
            buckets=(("gcs", "gcs.read_only"),),
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service
    Reader(
        Mounting,
        ("google_cloud_run_service",),
        mounting,
        VolumesAt(
            name="name",
            volumes=("template.spec.volumes",),
            called="name",
            kept=(("nfs", FILES),),
            driver="csi.driver",
            buckets=(("csi.driver", "csi.read_only"),),
        ),
    ),
)
