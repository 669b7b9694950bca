"""Cloud IDS in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_ids_endpoint, .../compute_packet_mirroring
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.detection.google import EndpointAt, endpoint
from assay.scanner.facts.observe.detection.kinds import ThreatDetection
from assay.scanner.facts.spelling import Referrer

READERS = (
    Reader(
        ThreatDetection,
        ("google_cloud_ids_endpoint",),
        endpoint,
        EndpointAt(
            name="name",
            collectors=every("google_compute_packet_mirroring"),
            mirrorings=Referrer("google_compute_packet_mirroring", "collector_ilb.url"),
            switch="",
            state="",
            serverless=every(
                "google_cloud_run_v2_service",
                "google_cloud_run_v2_job",
                "google_cloud_run_v2_worker_pool",
                "google_cloud_run_service",
                "google_cloudfunctions2_function",
                "google_cloudfunctions_function",
            ),
        ),
    ),
)
