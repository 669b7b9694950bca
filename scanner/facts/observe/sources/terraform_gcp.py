"""What becomes of the logs of Cloud Run and Cloud Functions in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/logging_project_sink, .../logging_project_exclusion
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.terraform_gcp import SINK, SINKS
from assay.scanner.facts.observe.sources.google import RoutedAt, routed
from assay.scanner.facts.observe.sources.kinds import LogSource

_EXCLUSIONS = every("google_logging_project_exclusion")
TYPES = {
    "google_cloud_run_v2_service": "service",
    "google_cloud_run_service": "service",
    "google_cloud_run_v2_job": "job",
    "google_cloud_run_v2_worker_pool": "worker pool",
    "google_cloudfunctions2_function": "function",
    "google_cloudfunctions_function": "first generation function",
}

READERS = tuple(
    Reader(LogSource, (type_,), routed, RoutedAt(name="name", sort=sort, sinks=SINKS, sink=SINK, exclusions=_EXCLUSIONS, project="project"))
    for type_, sort in TYPES.items()
)
