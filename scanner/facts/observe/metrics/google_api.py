"""Cloud Monitoring by the REST resources. https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters

Config Connector has the components of a cluster one level higher, and Deployment Manager has the cluster in its request.
"""

from __future__ import annotations

from assay.scanner.facts.audit.recorders.google import SERVICE, ServiceAt
from assay.scanner.facts.audit.recorders.google_api import SERVICES
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.metrics.google import ClusterAt, ProjectAt, cluster, project, service
from assay.scanner.facts.observe.metrics.kinds import MetricSource

_COMPONENTS = "monitoringConfig.componentConfig.enableComponents"
READERS = (
    Reader(
        MetricSource,
        ("container.googleapis.com/Cluster",),
        cluster,
        ClusterAt(
            service="monitoringService|cluster.monitoringService",
            components=f"{_COMPONENTS}|monitoringConfig.enableComponents|cluster.{_COMPONENTS}",
            autopilot="autopilot.enabled|enableAutopilot|cluster.autopilot.enabled",
        ),
    ),
    Reader(MetricSource, (SCOPES[0],), project, ProjectAt(services=SERVICES), always=False),
    Reader(MetricSource, (SERVICE,), service, ServiceAt(), always=False),
)
