"""Alarms of the live account. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.posture.aws_api import EVENTS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import DESCRIBE_SERVICE, SERVICES
from assay.scanner.facts.compute.scaling.aws_api import ALARM_TAGS, ALARMS
from assay.scanner.facts.messaging.aws_api import SUBSCRIPTION, SUBSCRIPTIONS, TOPICS
from assay.scanner.facts.observe.alerts.actions import SubscriptionsAt, by_topic
from assay.scanner.facts.observe.alerts.aws import AlarmAt, alarm
from assay.scanner.facts.observe.alerts.kinds import Alert
from assay.scanner.facts.observe.alerts.watching import API, WatchAt, by_metric
from assay.scanner.facts.spelling import Index, Link, Referrer
from assay.scanner.sources.aws.calls import Call, Listing

# Without the type, metric alarms alone are answered.
COMPOSITES = Listing(
    "cloudwatch.composite_alarm",
    Call("cloudwatch", "DescribeAlarms", (("AlarmTypes", '=["CompositeAlarm"]'),), page_size=100),
    entries="CompositeAlarms",
    id="AlarmArn",
    gone=("ResourceNotFoundException",),
    details=(ALARM_TAGS,),
)
LISTINGS = (COMPOSITES,)
_SUBSCRIPTIONS = SubscriptionsAt(
    subscriptions=Index((SUBSCRIPTIONS.type,), by_topic("TopicArn"), calls=(SUBSCRIPTION.name,)),
    topics=Link("AlarmActions", (TOPICS.type,)),
    filter=f"{SUBSCRIPTION.name}.Attributes.FilterPolicy",
    confirmed="SubscriptionArn",
)


def _at(sort: str) -> AlarmAt:
    return AlarmAt(
        names=("AlarmName",),
        sort=sort,
        subscriptions=_SUBSCRIPTIONS,
        composites=every(COMPOSITES.type),
        events=EVENTS,
        guards=(
            Referrer(
                SERVICES.type,
                f"{DESCRIBE_SERVICE.name}.services.deploymentConfiguration.alarms.alarmNames",
                calls=(DESCRIBE_SERVICE.name,),
            ),
        ),
    )


ALARM = _at("alarm")
WATCH = WatchAt(watched=Index((ALARMS.type,), by_metric(*API)), alarm=ALARM, state="StateValue")
READERS = (
    Reader(Alert, (ALARMS.type,), alarm, ALARM),
    Reader(Alert, (COMPOSITES.type,), alarm, _at("composite alarm")),
)
