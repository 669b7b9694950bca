"""How Cloud Run and Cloud Functions scale, by their REST resources.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services#RevisionScaling
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.scaling.cloud_run import InstancesAt, PoolAt, instances, pool
from assay.scanner.facts.compute.scaling.kinds import ScaledService

READERS = (
    Reader(
        ScaledService,
        ("run.googleapis.com/Service",),
        instances,
        InstancesAt(
            name="metadata.name",
            least=("template.scaling.minInstanceCount", "scaling.minInstanceCount"),
            most=("template.scaling.maxInstanceCount", "scaling.maxInstanceCount"),
            mode="scaling.scalingMode",
            by_use="template.scaling.cpuUtilization",
            annotations="metadata.annotations",
            of_revision="spec.template.metadata.annotations",
        ),
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#ServiceConfig
    Reader(
        ScaledService,
        ("cloudfunctions.googleapis.com/Function",),
        instances,
        InstancesAt(sort="function", least=("serviceConfig.minInstanceCount",), most=("serviceConfig.maxInstanceCount",)),
    ),
    Reader(ScaledService, ("run.googleapis.com/WorkerPool",), pool, PoolAt(name="metadata.name")),
)
