"""Alarms in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm, .../cloudwatch_composite_alarm,
.../sns_topic_subscription
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.posture.terraform_aws import RULES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.actions import SubscriptionsAt, by_topic
from assay.scanner.facts.observe.alerts.aws import AlarmAt, alarm
from assay.scanner.facts.observe.alerts.kinds import Alert
from assay.scanner.facts.observe.alerts.watching import WatchAt, by_metric
from assay.scanner.facts.spelling import Index, Link, Referrer

_COMPOSITE = "aws_cloudwatch_composite_alarm"
_SUBSCRIPTIONS = SubscriptionsAt(
    subscriptions=Index(("aws_sns_topic_subscription",), by_topic("topic_arn")),
    topics=Link("alarm_actions", ("aws_sns_topic",)),
    filter="filter_policy",
)


def _at(sort: str) -> AlarmAt:
    return AlarmAt(
        name="alarm_name",
        names=("alarm_name", "id"),
        sort=sort,
        actions="alarm_actions",
        switch="actions_enabled",
        subscriptions=_SUBSCRIPTIONS,
        composites=every(_COMPOSITE),
        rule="alarm_rule",
        events=RULES,
        guards=(
            Referrer("aws_ecs_service", "alarms.alarm_names"),
            Referrer("aws_codedeploy_deployment_group", "alarm_configuration.alarms"),
            Referrer("aws_route53_health_check", "cloudwatch_alarm_name"),
        ),
    )


TYPES = ("aws_cloudwatch_metric_alarm", _COMPOSITE)
ALARM = _at("alarm")
WATCH = WatchAt(
    watched=Index(TYPES[:1], by_metric("namespace", "metric_name", "metric_query", "metric", "expression")),
    alarm=ALARM,
    namespace="namespace",
    metric="metric_name",
    statistic="statistic|extended_statistic",
    period="period",
    queries="metric_query",
    expression="expression",
    queried="metric",
    query_statistic="metric.stat",
    query_period="metric.period",
    dimensions="dimensions",
    listed=False,
    periods="evaluation_periods",
    points="datapoints_to_alarm",
    comparison="comparison_operator",
    threshold="threshold",
    missing="treat_missing_data",
)
READERS = (
    Reader(Alert, TYPES[:1], alarm, ALARM),
    Reader(Alert, TYPES[1:], alarm, _at("composite alarm")),
)
