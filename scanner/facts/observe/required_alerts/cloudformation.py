"""Alarms of a region in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-metricfilter.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.cloudformation import ALARM, TYPES
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
            queries="Metrics.MetricStat.Metric",
            filters=Index(("AWS::Logs::MetricFilter",), filtered("MetricTransformations", "MetricName", "MetricNamespace")),
        ),
        always=False,
    ),
)
