"""Alert policies of a project by their REST resource.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.google_api import POLICY, TYPE
from assay.scanner.facts.observe.required_alerts.google import AlertsAt, by_name, by_project, project
from assay.scanner.facts.observe.required_alerts.kinds import AlertSet
from assay.scanner.facts.spelling import Index

READERS = (
    Reader(
        AlertSet,
        (TYPE,),
        project,
        AlertsAt(
            policies=Index((TYPE,), by_project),
            policy=POLICY,
            metrics=Index(("logging.googleapis.com/LogMetric",), by_name),
        ),
        always=False,
    ),
)
