"""Background services of Google by their REST resources.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services,
https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.background.google import JobAt, RunAt, job, pool, serverless_groups, service
from assay.scanner.facts.compute.background.kinds import Worker

_GROUPS = serverless_groups("compute.googleapis.com/NetworkEndpointGroup", "cloudRun.service", "cloudFunction.function")
READERS = (
    Reader(
        Worker,
        ("run.googleapis.com/Service",),
        service,
        RunAt(
            name="metadata.name|name",
            least=("template.scaling.minInstanceCount", "scaling.minInstanceCount"),
            annotations=("spec.template.metadata.annotations", "metadata.annotations"),
            manual="scaling.manualInstanceCount",
            mode="scaling.scalingMode",
            ingress="ingress",
            address_disabled="defaultUriDisabled",
            notes="metadata.annotations",
            groups=_GROUPS,
        ),
    ),
    Reader(
        Worker,
        ("cloudfunctions.googleapis.com/Function",),
        service,
        RunAt(
            name="name",
            sort="function",
            least=("serviceConfig.minInstanceCount",),
            ingress="serviceConfig.ingressSettings",
            groups=_GROUPS,
        ),
    ),
    Reader(
        Worker,
        ("cloudfunctions.googleapis.com/CloudFunction",),
        service,
        RunAt(name="name", sort="function", least=("minInstances",), ingress="ingressSettings", event="eventTrigger", groups=_GROUPS),
    ),
    Reader(Worker, ("run.googleapis.com/Job",), job, JobAt(name="metadata.name|name")),
    Reader(Worker, ("run.googleapis.com/WorkerPool",), pool, RunAt(name="metadata.name|name", manual="scaling.manualInstanceCount")),
)
