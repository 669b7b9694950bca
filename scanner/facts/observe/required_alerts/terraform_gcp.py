"""Alert policies of a project in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/logging_metric
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.terraform_gcp import POLICY, TYPE
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
            filters=("condition_threshold.filter", "condition_absent.filter"),
            metrics=Index(("google_logging_metric",), by_name),
        ),
        always=False,
    ),
)
