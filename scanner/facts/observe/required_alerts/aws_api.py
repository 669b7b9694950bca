"""Alarms of a region of the live account: each region answers for itself, and the answer as a whole is the region.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html, .../API_ListTagsForResource.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.scaling.aws_api import ALARM_TAGS, ALARMS
from assay.scanner.facts.observe.alerts.aws_api import ALARM, COMPOSITES
from assay.scanner.facts.observe.required_alerts.aws import AlertsAt, by_region, of_region
from assay.scanner.facts.observe.required_alerts.kinds import AlertSet
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.aws.calls import Listing

REGIONS = Listing("cloudwatch.region", ALARMS.call, entries="", id="arn:{partition}:cloudwatch:{region}:{account}:alarm")
LISTINGS = (REGIONS,)
READERS = (
    Reader(
        AlertSet,
        (REGIONS.type,),
        of_region,
        AlertsAt(
            alarms=Index((ALARMS.type, COMPOSITES.type), by_region, calls=(ALARM_TAGS.name,)),
            alarm=ALARM,
            composites=(COMPOSITES.type,),
            queries="Metrics.MetricStat.Metric",
            state="StateValue",
            tags=ALARM_TAGS.name,
        ),
    ),
)
