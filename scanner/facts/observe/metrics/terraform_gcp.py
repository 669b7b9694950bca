"""Cloud Monitoring in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/container_cluster"""

from __future__ import annotations

from assay.scanner.facts.audit.recorders.google import ServiceAt
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.metrics.google import ClusterAt, cluster, service
from assay.scanner.facts.observe.metrics.kinds import MetricSource

READERS = (
    Reader(
        MetricSource,
        ("google_container_cluster",),
        cluster,
        ClusterAt(
            name="name", service="monitoring_service", components="monitoring_config.enable_components", autopilot="enable_autopilot"
        ),
    ),
    Reader(MetricSource, ("google_project_service",), service, ServiceAt(service="service"), always=False),
)
