"""Alarms in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html,
.../aws-resource-cloudwatch-compositealarm.html, .../aws-resource-sns-subscription.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.posture.cloudformation import RULES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.actions import SubscriptionsAt, by_topic
from assay.scanner.facts.observe.alerts.aws import AlarmAt, alarm
from assay.scanner.facts.observe.alerts.kinds import Alert
from assay.scanner.facts.observe.alerts.watching import API, WatchAt, by_metric
from assay.scanner.facts.spelling import Index, Link, Referrer

_COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
_SUBSCRIPTIONS = SubscriptionsAt(
    subscriptions=Index(("AWS::SNS::Subscription",), by_topic("TopicArn")),
    topics=Link("AlarmActions", ("AWS::SNS::Topic",)),
    filter="FilterPolicy",
    inline="Subscription",
)


def _at(sort: str) -> AlarmAt:
    return AlarmAt(
        names=("AlarmName",),
        sort=sort,
        subscriptions=_SUBSCRIPTIONS,
        composites=every(_COMPOSITE),
        events=RULES,
        guards=(
            Referrer("AWS::ECS::Service", "DeploymentConfiguration.Alarms.AlarmNames"),
            Referrer("AWS::CodeDeploy::DeploymentGroup", "AlarmConfiguration.Alarms.Name"),
            Referrer("AWS::Route53::HealthCheck", "HealthCheckConfig.AlarmIdentifier.Name"),
        ),
    )


TYPES = ("AWS::CloudWatch::Alarm", _COMPOSITE)
ALARM = _at("alarm")
WATCH = WatchAt(watched=Index(TYPES[:1], by_metric(*API)), alarm=ALARM)
READERS = (
    Reader(Alert, TYPES[:1], alarm, ALARM),
    Reader(Alert, TYPES[1:], alarm, _at("composite alarm")),
)
