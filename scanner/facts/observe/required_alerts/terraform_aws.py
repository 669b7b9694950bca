"""Alarms of a region in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_metric_filter
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.terraform_aws import ALARM, TYPES
from assay.scanner.facts.observe.required_alerts.aws import AlertsAt, by_region, filtered, of_code
from assay.scanner.facts.observe.required_alerts.kinds import AlertSet
from assay.scanner.facts.spelling import Index

READERS = (
    Reader(
        AlertSet,
        TYPES,
        of_code,
        AlertsAt(
            alarms=Index(TYPES, by_region),
            alarm=ALARM,
            composites=TYPES[1:],
            namespace="namespace",
            metric="metric_name",
            queries="metric_query.metric",
            comparison="comparison_operator",
            threshold="threshold",
            missing="treat_missing_data",
            filters=Index(("aws_cloudwatch_log_metric_filter",), filtered("metric_transformation", "name", "namespace")),
        ),
        always=False,
    ),
)
