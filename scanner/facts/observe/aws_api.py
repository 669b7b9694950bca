"""Access logs in the live account. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliverySources.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import ACLS, BALANCERS, CLASSIC_BALANCERS, CLOUDFRONT_ACLS, DISTRIBUTIONS, STAGES
from assay.scanner.facts.observe import aws_config
from assay.scanner.facts.observe.aws import (
    BalancerAt,
    DistributionAt,
    StageAt,
    WebAclAt,
    balancer,
    deliveries,
    distribution,
    sources,
    stage,
    web_acl,
)
from assay.scanner.facts.observe.buckets import BucketAt, bucket
from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.observe.trails import TrailsAt, trails
from assay.scanner.facts.spelling import Another
from assay.scanner.facts.storage.aws_api import ACL, BLOCK, BUCKET_AT, BUCKETS, LOGGING, OWNERSHIP, POLICY, POLICY_STATUS
from assay.scanner.sources.aws.calls import Call, Listing

# Those of CloudFront are in us-east-1, where the distribution is everywhere.
SOURCES = Listing(
    "logs.delivery_source",
    Call("logs", "DescribeDeliverySources", page_size=50),
    entries="deliverySources",
    id="arn",
    joined_across_regions=True,
)
DELIVERIES = Listing(
    "logs.delivery", Call("logs", "DescribeDeliveries", page_size=50), entries="deliveries", id="arn", joined_across_regions=True
)
# Each region lists the trails that record there, those of other regions and of the organisation too, about which it is asked by their ARN:
# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
STATUS = Call("cloudtrail", "GetTrailStatus", (("Name", "TrailARN"),))
SELECTORS = Call("cloudtrail", "GetEventSelectors", (("TrailName", "TrailARN"),))
TRAILS = Listing(
    "cloudtrail.trail",
    Call("cloudtrail", "DescribeTrails"),
    entries="trailList",
    id="TrailARN",
    joined_across_regions=True,
    gone=("TrailNotFoundException",),
    details=(STATUS, SELECTORS),
    recorded=aws_config.TRAIL,
)
LISTINGS = (SOURCES, DELIVERIES, TRAILS)
_SOURCES = sources(SOURCES.type, "resourceArns")
_DELIVERIES = deliveries(DELIVERIES.type, "deliverySourceName")
TRAILS_AT = TrailsAt(
    trails=trails(TRAILS.type, STATUS.name, SELECTORS.name),
    called="Name",
    logging=f"{STATUS.name}.IsLogging",
    basic=f"{SELECTORS.name}.EventSelectors",
    advanced=f"{SELECTORS.name}.AdvancedEventSelectors",
)
_CONFIG = "get_distribution_config.DistributionConfig"

READERS = (
    Reader(
        EdgeLog,
        (BALANCERS.type,),
        balancer,
        BalancerAt(
            name="LoadBalancerName",
            attributes="describe_load_balancer_attributes.Attributes",
            sources=_SOURCES,
            deliveries=_DELIVERIES,
            source_name="name",
        ),
    ),
    Reader(
        EdgeLog,
        (CLASSIC_BALANCERS.type,),
        balancer,
        BalancerAt(name="LoadBalancerName", type="", enabled="describe_load_balancer_attributes.LoadBalancerAttributes.AccessLog.Enabled"),
    ),
    Reader(
        EdgeLog,
        (DISTRIBUTIONS.type,),
        distribution,
        DistributionAt(
            serving="Enabled",
            name="Comment",
            bucket="",
            enabled=f"{_CONFIG}.Logging.Enabled",
            behaviors=(f"{_CONFIG}.DefaultCacheBehavior", f"{_CONFIG}.CacheBehaviors.Items"),
            sources=_SOURCES,
            deliveries=_DELIVERIES,
            source_name="name",
        ),
    ),
    *(
        Reader(
            EdgeLog,
            (listing.type,),
            web_acl,
            WebAclAt(name="Name", logging="get_logging_configuration.LoggingConfiguration.LogDestinationConfigs"),
        )
        for listing in (ACLS, CLOUDFRONT_ACLS)
    ),
    Reader(
        EdgeLog,
        (STAGES.type,),
        stage,
        StageAt(name="stageName", types="endpointTypes", destination="accessLogSettings.destinationArn"),
    ),
    Reader(
        EdgeLog,
        (BUCKETS.type,),
        bucket,
        BucketAt(
            name=BUCKET_AT.name,
            names=BUCKET_AT.names,
            bucket=Another(BUCKET_AT.granting),
            calls=tuple(call.name for call in (BLOCK, POLICY, POLICY_STATUS, ACL, OWNERSHIP)),
            logging=(f"{LOGGING.name}.LoggingEnabled",),
            trails=TRAILS_AT,
        ),
    ),
)
